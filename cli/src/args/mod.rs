//! The command line as clap reads it.

mod booleans;
mod cluster;
mod compatibility;
mod download;
mod duration;
mod helm;
mod library;
mod list;
mod network;
mod scan;
mod small;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use booleans::without_values;
pub(crate) use cluster::ClusterFlags;
pub(crate) use compatibility::{AccountFlags, CompatibilityFlags};
pub(crate) use download::{DownloadArguments, DownloadWhat, ExplainArguments};
pub(crate) use helm::{HelmFlags, RenderArguments};
pub(crate) use library::LibraryFlags;
pub(crate) use list::{ListArguments, ListFormat, ListWhat};
pub(crate) use network::NetworkFlags;
pub(crate) use scan::{ScanArguments, ScanCommand, ScanFlags, View};
pub(crate) use small::{CompletionArguments, TestArguments, TestFormat, VersionArguments, VersionFormat};

use crate::log::Level;

/// Kubernetes security: find what is wrong in manifests, see the line, know the fix.
#[derive(Debug, Parser)]
#[command(
    name = "kubescape",
    version = concat!("v", env!("CARGO_PKG_VERSION")),
    infer_long_args = false,
    max_term_width = 100,
    after_help = "Examples:\n  \
        kubescape scan .                               scan the manifests of a folder\n  \
        kubescape scan framework nsa manifests/ -v     one framework, with every finding\n  \
        kubescape scan control C-0016 pod.yaml         one control\n  \
        kubescape scan . -f json -o report.json        a report for machines\n  \
        kubescape list controls                        what can be checked\n  \
        kubescape explain C-0016                       why, and what to do"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalArguments,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl GlobalArguments {
    /// Flags that are accepted and mean nothing here.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let given = [
            ("--server", self.server.is_some()),
            ("--environment", self.environment.is_some()),
        ];
        given
            .into_iter()
            .filter(|(_, given)| *given)
            .map(|(flag, _)| format!("no effect of {flag}: this program speaks to no service"))
            .collect()
    }
}

/// Flags of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArguments {
    /// Messages from this level upwards: debug, info, success, warning, error, fatal
    ///
    /// Without the flag, the environment's KS_LOGGER counts.
    #[arg(short = 'l', long, global = true, value_name = "LEVEL")]
    pub(crate) logger: Option<Level>,
    /// Folder of downloaded policies [default: .kubescape in the home folder]
    ///
    /// Without the flag, the environment's KS_CACHE_DIR counts.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    #[arg(long, global = true, hide = true)]
    pub(crate) logger_name: Option<String>,
    #[arg(long, global = true, hide = true)]
    pub(crate) server: Option<String>,
    #[arg(long, global = true, hide = true, alias = "env")]
    pub(crate) environment: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan manifests for what is insecure
    Scan(Box<ScanArguments>),
    /// Print the documents that a scan would look at, with charts rendered
    Render(Box<RenderArguments>),
    /// List frameworks or controls
    List(ListArguments),
    /// Explain a control: why it matters and what to do
    Explain(ExplainArguments),
    /// Write the policies to files
    Download(DownloadArguments),
    /// Run the test cases of a control library
    Test(TestArguments),
    /// Print the version
    Version(VersionArguments),
    /// Print the completion script of a shell
    Completion(CompletionArguments),
}
