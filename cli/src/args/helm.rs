//! Flags for the rendering of charts, and the arguments of `render`.

use std::path::PathBuf;

use clap::Args;

use super::NetworkFlags;

/// How charts are rendered.
#[derive(Args, Clone, Debug)]
pub(crate) struct HelmFlags {
    /// Values file for charts; may be repeated, later ones win
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        help_heading = "Helm charts",
        value_name = "FILES"
    )]
    pub(crate) values: Vec<PathBuf>,
    /// Value for charts: KEY=VALUE[,KEY=VALUE...]; may be repeated
    #[arg(long, global = true, help_heading = "Helm charts", value_name = "VALUES")]
    pub(crate) set: Vec<String>,
    /// Value for charts that stays a string
    #[arg(long, global = true, help_heading = "Helm charts", value_name = "VALUES")]
    pub(crate) set_string: Vec<String>,
    /// Value for charts from a file: KEY=PATH
    #[arg(long, global = true, help_heading = "Helm charts", value_name = "VALUES")]
    pub(crate) set_file: Vec<String>,
    /// Value for charts in JSON: KEY=JSON
    #[arg(long, global = true, help_heading = "Helm charts", value_name = "VALUES")]
    pub(crate) set_json: Vec<String>,
    /// Name of the release
    #[arg(
        long,
        global = true,
        default_value = "release-name",
        help_heading = "Helm charts",
        value_name = "NAME"
    )]
    pub(crate) release_name: String,
    /// Namespace of the release
    #[arg(
        long,
        global = true,
        default_value = "default",
        help_heading = "Helm charts",
        value_name = "NAME"
    )]
    pub(crate) release_namespace: String,
    /// Version of Kubernetes that charts are rendered for
    #[arg(
        long,
        global = true,
        default_value = "1.34.0",
        help_heading = "Helm charts",
        value_name = "VERSION"
    )]
    pub(crate) kube_version: String,
    /// Group versions that the cluster offers beside the usual ones
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        help_heading = "Helm charts",
        value_name = "VERSIONS"
    )]
    pub(crate) api_versions: Vec<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    kubescape render charts/shop                                what a scan of the chart would see\n  \
    kubescape render charts/shop --set image.tag=1.2 | kubectl diff -f -\n  \
    kubescape render shop-1.2.0.tgz --values prod.yaml")]
pub(crate) struct RenderArguments {
    /// Files, folders, charts, globs or addresses of git repositories
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<String>,
    /// Leave out paths, in gitignore syntax relative to the input; may be repeated
    #[arg(long, help_heading = "What is read", value_name = "PATTERN")]
    pub(crate) exclude_path: Vec<String>,
    /// Do not read .kubescapeignore
    #[arg(long, help_heading = "What is read")]
    pub(crate) no_ignore_file: bool,
    #[command(flatten)]
    pub(crate) network: NetworkFlags,
    #[command(flatten)]
    pub(crate) helm: HelmFlags,
}
