//! What formats are given.

use kubescape_model::{Commit, ControlTexts, ExceptionAudit, Report, Source};

/// A scan as formats see it.
pub struct ScanReport<'a> {
    /// The verdicts.
    pub report: &'a Report,
    /// What was asked and what was looked at.
    pub metadata: &'a Metadata,
    /// What the exceptions were of use for, when that was asked.
    pub audit: Option<&'a ExceptionAudit>,
    /// The library's words and the files' lines.
    pub words: &'a dyn Words,
}

/// Texts that only some formats need.
pub trait Words {
    /// The long texts of a control.
    fn texts(&self, control_id: &str) -> &ControlTexts;
    /// The text of the file that an object came from; `None` when it cannot be read any more.
    fn file(&self, source: &Source) -> Option<std::sync::Arc<str>>;
}

/// What was asked and what was looked at.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// RFC 3339 time of the report.
    pub generation_time: String,
    /// Unique id of the report.
    pub report_id: String,
    /// The input.
    pub target: Target,
    /// `Framework` or `Control`.
    pub target_type: String,
    /// Names of the frameworks or ids of the controls.
    pub target_names: Vec<String>,
    /// Version of the product.
    pub version: String,
    /// File with the inputs of the controls; empty: the library's own.
    pub controls_inputs: String,
    /// Formats of the output.
    pub formats: Vec<String>,
    /// Namespaces that were left out.
    pub excluded_namespaces: Vec<String>,
    /// Namespaces that were singled out.
    pub included_namespaces: Vec<String>,
    /// The compliance gate.
    pub compliance_threshold: f32,
    /// Whether passed resources were asked for.
    pub verbose: bool,
    /// Leave the objects out.
    pub omit_objects: bool,
    /// Labels to copy beside the resources.
    pub labels_to_copy: Vec<String>,
    /// Name of the cluster; empty: none.
    pub cluster_name: String,
}

/// The input of a scan.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// 0 cluster, 1 file, 2 repository that was fetched, 3 repository on disk, 4 folder: the numbers that reports carry.
    pub scanning_target: u8,
    /// Absolute path of the input.
    pub path: String,
    /// Absolute path of the root.
    pub root: String,
    /// Name of this host.
    pub host_name: String,
    /// The cluster, when that was scanned.
    pub cluster: Option<ClusterMetadata>,
    /// The git repository, when the input is in one that has a remote.
    pub repository: Option<RepositoryMetadata>,
}

/// A live cluster.
#[derive(Clone, Debug, Default)]
pub struct ClusterMetadata {
    /// Name of the context.
    pub context: String,
    /// What the API server says of its version.
    pub version: std::sync::Arc<kubescape_yaml::Node>,
    /// `eks`, `gke`, `aks`, or empty.
    pub cloud_provider: &'static str,
    /// Nodes that run ordinary pods.
    pub worker_nodes: usize,
    /// Objects in each namespace.
    pub namespaces: std::collections::BTreeMap<String, usize>,
}

/// A git repository.
#[derive(Clone, Debug, Default)]
pub struct RepositoryMetadata {
    /// `github`, `gitlab`, `azure`, `bitbucket`, or empty.
    pub provider: String,
    /// Name of the repository.
    pub repo: String,
    /// Owner of the repository.
    pub owner: String,
    /// Checked-out branch.
    pub branch: String,
    /// Address of the remote, without `.git`.
    pub remote_url: String,
    /// The commit that is checked out.
    pub last_commit: Commit,
}
