//! Flags for scans of a live cluster.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::booleans::boolean;
use super::duration::duration;

/// Which cluster, and how to read it.
#[derive(Args, Clone, Debug)]
pub(crate) struct ClusterFlags {
    /// Kubeconfig file [default: $KUBECONFIG, ~/.kube/config, or the pod's service account]
    #[arg(long, global = true, help_heading = "Live cluster", value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig [default: its current one]
    #[arg(long, global = true, help_heading = "Live cluster", value_name = "NAME")]
    pub(crate) kube_context: Option<String>,
    /// Only objects with these labels, as `kubectl -l` takes them
    #[arg(long, global = true, help_heading = "Live cluster", value_name = "SELECTOR")]
    pub(crate) label_selector: Option<String>,
    /// Only say which kinds you may list; nothing is scanned
    #[arg(long, global = true, help_heading = "Live cluster")]
    pub(crate) dry_run: bool,
    /// Files with what the cloud provider says of the cluster (kind ClusterDescribe and others)
    #[arg(long, global = true, help_heading = "Live cluster", value_name = "PATH")]
    pub(crate) cloud_descriptions: Vec<String>,
    /// Whether to go namespace by namespace [default: for more than 2500 objects]
    #[arg(long, global = true, value_parser = boolean, num_args = 0..=1, default_missing_value = "true", require_equals = true, help_heading = "Live cluster", value_name = "BOOL")]
    pub(crate) enable_streaming: Option<bool>,
    /// Longest wait for one answer of the API server
    #[arg(long, global = true, value_parser = duration, default_value = "30s", help_heading = "Live cluster", value_name = "TIME")]
    pub(crate) request_timeout: Duration,
}

impl ClusterFlags {
    /// The flags that were given, which mean nothing for files.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        [
            ("--dry-run", self.dry_run),
            ("--label-selector", self.label_selector.is_some()),
            ("--cloud-descriptions", !self.cloud_descriptions.is_empty()),
        ]
        .into_iter()
        .filter_map(|(flag, given)| given.then_some(flag))
        .collect()
    }
}
