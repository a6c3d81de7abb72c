//! Objects of a live Kubernetes cluster, read in bounded memory.
//!
//! [`Cluster::connect`] finds the API server; [`Cluster::objects`] lists only the kinds that somebody wants. A small
//! cluster comes in one batch; a large one namespace by namespace, so that no more than a few namespaces are in memory
//! at once. What cannot be listed is told ([`kubescape_model::MissingKind`]), and the rest goes on. Nothing is ever written to the cluster.

pub mod cloud;
mod connect;
mod discovery;
mod error;
mod host_data;
mod journal;
mod list;
mod lister;
mod objects;
mod plan;
mod preflight;
mod provider;
mod request;
mod stream;

use std::sync::Arc;

use kubescape_model::GroupVersionKind;
use kubescape_yaml::{Limits, Node, load_json};
use tokio::runtime::Runtime;

use discovery::Served;
use list::Query;
use request::Requests;

pub use connect::ConnectSettings;
pub use error::{ClusterError, RequestError};
pub use preflight::{Access, Permission};
pub use stream::{Batch, ListSettings, Objects, Streaming};

/// A cluster that answers.
pub struct Cluster {
    runtime: Runtime,
    requests: Arc<Requests>,
    info: ClusterInfo,
}

/// What is known of a cluster as such.
#[derive(Clone, Debug, Default)]
pub struct ClusterInfo {
    /// Name of the context, or `in-cluster`.
    pub context: String,
    /// Address of the API server.
    pub server: String,
    /// What the API server says of its version: `gitVersion` and others.
    pub version: Arc<Node>,
    /// `eks`, `gke` or `aks`.
    pub cloud_provider: Option<&'static str>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cluster")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Cluster {
    /// Finds the API server and asks for its version and a node.
    pub fn connect(settings: &ConnectSettings) -> Result<Self, ClusterError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(ClusterError::Runtime)?;
        let (requests, info) = runtime.block_on(introduce(settings))?;
        Ok(Self {
            runtime,
            requests: Arc::new(requests),
            info,
        })
    }

    /// What is known of the cluster as such.
    pub fn info(&self) -> &ClusterInfo {
        &self.info
    }
}

/// Meets the API server: the way to it, and what it says of itself.
async fn introduce(settings: &ConnectSettings) -> Result<(Requests, ClusterInfo), ClusterError> {
    let connection = connect::connect(settings).await?;
    let requests = Requests::new(connection.client, settings.timeout);
    let version = version(&requests)
        .await
        .map_err(|source| ClusterError::Unreachable {
            server: connection.server.clone(),
            source,
        })?;
    let node = any_node(&requests).await;
    let info = ClusterInfo {
        context: connection.context,
        server: connection.server,
        version: Arc::new(version),
        cloud_provider: node.as_ref().and_then(provider::cloud_provider),
    };
    Ok((requests, info))
}

async fn version(requests: &Requests) -> Result<Node, RequestError> {
    let text = requests.get("/version", "application/json", 1 << 20).await?;
    load_json(&text, &Limits::default()).map_err(|error| RequestError::Malformed(error.to_string()))
}

/// A node, to tell who runs the cluster. Whoever may not see nodes does not learn it.
async fn any_node(requests: &Requests) -> Option<Node> {
    let nodes = Served {
        kind: GroupVersionKind::new("v1", "Node"),
        plural: "nodes".to_owned(),
        namespaced: false,
    };
    let query = Query {
        served: &nodes,
        namespace: None,
        labels: "",
    };
    list::first_page(requests, query, 1)
        .await
        .ok()?
        .objects
        .into_iter()
        .next()
}
