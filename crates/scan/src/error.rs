//! Why a scan cannot run.

use kubescape_policy::SelectionError;
use kubescape_source::CollectError;

/// A scan that gives no report.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The request names something that the library lacks.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// An input gives no objects.
    #[error(transparent)]
    Collect(#[from] CollectError),
    /// There are objects, but no selected control looks at any of them.
    #[error(
        "no resources found to scan: none of the objects is of a kind that the selected controls look at"
    )]
    NothingToScan,
    /// The text names no workload.
    #[error(
        "invalid workload identifier {0:?}: write [NAMESPACE/]KIND[.VERSION[.GROUP]]/NAME, for example Deployment/web"
    )]
    WorkloadName(String),
    /// No object is the workload.
    #[error("k8s resource '{name}' not found{}", did_you_mean(.suggestion.as_ref()))]
    WorkloadNotFound {
        /// What was typed.
        name: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// Secrets are not to be looked at one by one.
    #[error("secrets cannot be scanned as a workload")]
    SecretWorkload,
    /// The cluster cannot be read.
    #[error(transparent)]
    Cluster(#[from] kubescape_cluster::ClusterError),
    /// Several objects are.
    #[error("more than one k8s resource found for '{0}'; add its namespace")]
    WorkloadAmbiguous(String),
    /// The workload belongs to another one.
    #[error("k8s resource '{0}' has an owner; scan the owner instead")]
    WorkloadOwned(String),
}

fn did_you_mean(suggestion: Option<&String>) -> String {
    suggestion
        .map(|name| format!("; did you mean {name}?"))
        .unwrap_or_default()
}
