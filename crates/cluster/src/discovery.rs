//! Which kinds the API server offers.

use futures::future::join_all;
use kube::core::discovery::v2::{ACCEPT_AGGREGATED_DISCOVERY_V2, APIGroupDiscoveryList};
use kubescape_model::{GroupVersionKind, MissingKind};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::RequestError;
use crate::request::Requests;

/// Answers of discovery are small; a large cluster's are a few megabytes.
const DISCOVERY_BYTES: usize = 32 << 20;

/// A kind that can be listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Served {
    pub(crate) kind: GroupVersionKind,
    /// `deployments`
    pub(crate) plural: String,
    pub(crate) namespaced: bool,
}

impl Served {
    /// `group/version/plural`, as reports name it.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}/{}", self.kind.group, self.kind.version, self.plural)
    }

    /// Path of the list: of a namespace, or of the cluster.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.kind.group.is_empty() {
            format!("/api/{}", self.kind.version)
        } else {
            format!("/apis/{}/{}", self.kind.group, self.kind.version)
        };
        match namespace {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{}", self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }
}

/// Everything that can be listed, the versions of a group in the server's order of preference, and what could not be
/// asked.
pub(crate) async fn discover(requests: &Requests) -> Result<(Vec<Served>, Vec<MissingKind>), RequestError> {
    let mut served = Vec::new();
    let mut failed = Vec::new();
    for root in ["/api", "/apis"] {
        let text = requests
            .get(root, ACCEPT_AGGREGATED_DISCOVERY_V2, DISCOVERY_BYTES)
            .await?;
        let answer: Json =
            serde_json::from_str(&text).map_err(|error| RequestError::Malformed(error.to_string()))?;
        if answer.get("kind").and_then(Json::as_str) == Some("APIGroupDiscoveryList") {
            let list: APIGroupDiscoveryList =
                serde_json::from_value(answer).map_err(|error| RequestError::Malformed(error.to_string()))?;
            aggregated(list, &mut served, &mut failed);
        } else {
            one_by_one(requests, &group_versions(&answer), &mut served, &mut failed).await;
        }
    }
    Ok((served, failed))
}

/// The answer of servers since 1.26: all at once.
fn aggregated(list: APIGroupDiscoveryList, served: &mut Vec<Served>, failed: &mut Vec<MissingKind>) {
    for group in list.items {
        let name = group
            .metadata
            .and_then(|metadata| metadata.name)
            .unwrap_or_default();
        for version in group.versions {
            let version_name = version.version.unwrap_or_default();
            if version.freshness.as_deref() == Some("Stale") {
                failed.push(unreachable(
                    &name,
                    &version_name,
                    "the server behind this group does not answer",
                ));
            }
            for resource in version.resources {
                let listable = resource.verbs.iter().any(|verb| verb == "list");
                let kind = resource.response_kind.and_then(|kind| kind.kind);
                let (true, Some(kind), Some(plural)) = (listable, kind, resource.resource) else {
                    continue;
                };
                served.push(Served {
                    kind: GroupVersionKind {
                        group: name.clone(),
                        version: version_name.clone(),
                        kind,
                    },
                    plural,
                    namespaced: resource.scope.as_deref() == Some("Namespaced"),
                });
            }
        }
    }
}

/// What older servers list first: group versions, the preferred one of each group first.
fn group_versions(answer: &Json) -> Vec<(String, String)> {
    let text = |value: &Json, key: &str| value.get(key).and_then(Json::as_str).map(ToOwned::to_owned);
    let list = |value: &Json, key: &str| {
        value
            .get(key)
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let mut found: Vec<(String, String)> = list(answer, "versions")
        .iter()
        .filter_map(Json::as_str)
        .map(|version| (String::new(), version.to_owned()))
        .collect();
    for group in list(answer, "groups") {
        let name = text(&group, "name").unwrap_or_default();
        let preferred = group
            .get("preferredVersion")
            .and_then(|version| text(version, "version"));
        let versions = list(&group, "versions");
        let others = versions.iter().filter_map(|version| text(version, "version"));
        let mut all: Vec<String> = preferred.into_iter().collect();
        for version in others {
            if !all.contains(&version) {
                all.push(version);
            }
        }
        found.extend(all.into_iter().map(|version| (name.clone(), version)));
    }
    found
}

#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    resources: Vec<ListedResource>,
}

#[derive(Deserialize)]
struct ListedResource {
    name: String,
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

async fn one_by_one(
    requests: &Requests,
    versions: &[(String, String)],
    served: &mut Vec<Served>,
    failed: &mut Vec<MissingKind>,
) {
    let answers = join_all(versions.iter().map(|(group, version)| async move {
        let path = if group.is_empty() {
            format!("/api/{version}")
        } else {
            format!("/apis/{group}/{version}")
        };
        let text = requests.get(&path, "application/json", DISCOVERY_BYTES).await?;
        serde_json::from_str::<ResourceList>(&text)
            .map_err(|error| RequestError::Malformed(error.to_string()))
    }))
    .await;
    for ((group, version), answer) in versions.iter().zip(answers) {
        match answer {
            Err(error) => failed.push(unreachable(group, version, &error.to_string())),
            Ok(list) => {
                let resources = list.resources.into_iter();
                served.extend(
                    resources
                        .filter(|resource| resource.verbs.iter().any(|verb| verb == "list"))
                        .map(|resource| Served {
                            kind: GroupVersionKind {
                                group: group.clone(),
                                version: version.clone(),
                                kind: resource.kind,
                            },
                            plural: resource.name,
                            namespaced: resource.namespaced,
                        }),
                );
            }
        }
    }
}

/// A whole group version that cannot be asked: any kind of it may be missing.
fn unreachable(group: &str, version: &str, error: &str) -> MissingKind {
    let name = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    MissingKind {
        resource: format!("discovery:{name}"),
        kind: GroupVersionKind {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: "*".to_owned(),
        },
        namespace: None,
        error: error.to_owned(),
    }
}
