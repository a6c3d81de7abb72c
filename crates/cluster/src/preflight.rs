//! What the user may list, before anything is scanned.

use futures::future::join_all;

use crate::list::{Query, first_page};
use crate::plan::Plan;
use crate::{Cluster, ClusterError, ListSettings, RequestError};

/// Whether a kind may be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// `group/version/plural`, or `discovery:group/version`.
    pub resource: String,
    /// Where; `None`: in the whole cluster.
    pub namespace: Option<String>,
    /// The answer.
    pub permission: Permission,
}

/// The answer to an attempt to list a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may be listed.
    Granted,
    /// It may not: the server's words.
    Denied(String),
    /// Nobody can tell: what went wrong.
    Unknown(String),
}

impl Cluster {
    /// Tries to list one object of every kind that a scan with these settings would list.
    pub fn preflight(&self, settings: &ListSettings) -> Result<Vec<Access>, ClusterError> {
        self.runtime
            .block_on(self.try_all(settings))
            .map_err(|source| ClusterError::Unreachable {
                server: self.info.server.clone(),
                source,
            })
    }

    async fn try_all(&self, settings: &ListSettings) -> Result<Vec<Access>, RequestError> {
        let plan = Plan::new(&self.requests, settings).await?;
        let mut all: Vec<Access> = plan
            .failures
            .into_iter()
            .map(|failure| Access {
                resource: failure.resource,
                namespace: None,
                permission: Permission::Unknown(failure.error),
            })
            .collect();
        let included = &settings.filter.namespaces.include;
        let hosts = plan.hosts.into_iter().map(|(served, _)| served);
        let kinds: Vec<_> = plan.kinds.into_iter().chain(hosts).collect();
        let tries = kinds.iter().flat_map(|served| {
            let namespaces: Vec<Option<&str>> = match served.namespaced && !included.is_empty() {
                true => included.iter().map(|name| Some(name.as_str())).collect(),
                false => vec![None],
            };
            namespaces.into_iter().map(move |namespace| async move {
                let query = Query {
                    served,
                    namespace,
                    labels: "",
                };
                Access {
                    resource: served.name(),
                    namespace: namespace.map(ToOwned::to_owned),
                    permission: match first_page(&self.requests, query, 1).await {
                        Ok(_) | Err(RequestError::NotFound(_)) => Permission::Granted,
                        Err(error @ RequestError::Forbidden(_)) => Permission::Denied(error.to_string()),
                        Err(error) => Permission::Unknown(error.to_string()),
                    },
                }
            })
        });
        all.extend(join_all(tries).await);
        Ok(all)
    }
}
