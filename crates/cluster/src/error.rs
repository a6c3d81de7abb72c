//! Why a cluster cannot be read.

use std::time::Duration;

/// A cluster that gives nothing at all.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig file cannot be read, or says nothing usable.
    #[error("cannot use the kubeconfig: {reason}; choose another with --kubeconfig or --kube-context")]
    Kubeconfig {
        /// What is wrong.
        reason: String,
    },
    /// There is neither a kubeconfig nor a service account of a pod.
    #[error(
        "there is no cluster to scan: there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is not a pod of a cluster; name files to scan, for example `kubescape scan .`, or a kubeconfig with --kubeconfig"
    )]
    NoCluster,
    /// The runtime for network requests cannot be started.
    #[error("cannot start the network runtime: {0}")]
    Runtime(#[source] std::io::Error),
    /// The API server cannot be asked at all.
    #[error("cannot read the cluster at {server}: {source}")]
    Unreachable {
        /// Its address.
        server: String,
        /// What it answered.
        #[source]
        source: RequestError,
    },
    /// Every list failed.
    #[error("nothing of the cluster at {server} could be listed: {first}")]
    NothingListed {
        /// Its address.
        server: String,
        /// What the first list failed with.
        first: String,
    },
}

/// A request that was not answered as it should be.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RequestError {
    /// 401.
    #[error("the API server does not know who is asking (401): {0}")]
    Unauthorized(String),
    /// 403.
    #[error("{0}")]
    Forbidden(String),
    /// 404.
    #[error("not found: {0}")]
    NotFound(String),
    /// 410: the token of a page has expired.
    #[error("the list changed under way too often (410)")]
    Expired,
    /// 429, to the end of all patience.
    #[error("the API server asks to slow down (429), again and again")]
    Throttled,
    /// Another status.
    #[error("the API server answered {status}: {message}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The server's words.
        message: String,
    },
    /// No whole answer in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The connection could not be made, or broke.
    #[error("{0}")]
    Connection(String),
    /// The answer is larger than anything reasonable.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer is not what the API promises.
    #[error("the answer cannot be understood: {0}")]
    Malformed(String),
}

impl RequestError {
    /// Whether asking again may help.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Throttled | Self::Timeout(_) | Self::Connection(_) => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }
}
