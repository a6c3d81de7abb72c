//! Arguments of `scan`. All flags belong to `scan` and its sub-commands alike.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::booleans::boolean;
use super::duration::duration;
use super::{ClusterFlags, CompatibilityFlags, HelmFlags, LibraryFlags, NetworkFlags};

#[derive(Args, Debug)]
#[command(
    override_usage = "kubescape scan [OPTIONS] [PATH]...\n       kubescape scan [OPTIONS] <COMMAND>",
    after_help = "Examples:\n  \
        kubescape scan                                      the cluster of the current context\n  \
        kubescape scan .                                    everything that is known, worst first\n  \
        kubescape scan --view resource manifests/ -v        every finding, object by object, with its line\n  \
        kubescape scan framework nsa,mitre .                two frameworks\n  \
        kubescape scan control C-0016,C-0017 pod.yaml       two controls\n  \
        kubescape scan workload shop/Deployment/web --file-path manifests/\n  \
        kubescape scan charts/shop --values prod.yaml       a Helm chart, with its values\n  \
        kubescape scan https://github.com/OWNER/REPO        a repository, or a branch or folder of it\n  \
        kubescape scan . --severity-threshold high          exit 1 when something high or worse fails\n  \
        kubescape scan . -f json -o report.json"
)]
pub(crate) struct ScanArguments {
    /// Files, folders, globs or addresses of git repositories; none: the live cluster
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    #[command(subcommand)]
    pub(crate) command: Option<ScanCommand>,
    #[command(flatten)]
    pub(crate) flags: ScanFlags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScanCommand {
    /// Scan for frameworks: NAME[,NAME...] or all
    #[command(after_help = "Examples:\n  \
        kubescape scan framework nsa .\n  \
        kubescape scan framework nsa,mitre,soc2 manifests/ --compliance-threshold 80\n  \
        kustomize build . | kubescape scan framework nsa -")]
    Framework {
        /// Frameworks, separated by commas; `kubescape list frameworks` shows them
        #[arg(value_name = "NAMES")]
        names: Option<String>,
        /// Files, folders, globs or repositories; `-` for standard input
        #[arg(value_name = "PATH")]
        paths: Vec<String>,
    },
    /// Scan for controls: ID[,ID...]
    #[command(after_help = "Examples:\n  \
        kubescape scan control C-0016 .\n  \
        kubescape scan control C-0016,C-0057 pod.yaml -v")]
    Control {
        /// Control ids, separated by commas; `kubescape list controls` shows them
        #[arg(value_name = "IDS")]
        ids: Option<String>,
        /// Files, folders, globs or repositories; `-` for standard input
        #[arg(value_name = "PATH")]
        paths: Vec<String>,
    },
    /// Scan one workload: [NAMESPACE/]KIND[.VERSION[.GROUP]]/NAME
    #[command(after_help = "Examples:\n  \
        kubescape scan workload Deployment/web --file-path manifests/\n  \
        kubescape scan workload Deployment.v1.apps/web -n shop --file-path manifests/")]
    Workload {
        /// The workload
        #[arg(value_name = "WORKLOAD")]
        name: String,
        /// Files or folders that hold it; `-` for standard input
        #[arg(value_name = "PATH")]
        paths: Vec<String>,
        /// Its namespace
        #[arg(short = 'n', long)]
        namespace: Option<String>,
        /// File or folder that holds it
        #[arg(long, value_name = "PATH", conflicts_with = "paths")]
        file_path: Option<String>,
        /// Chart that renders it; --file-path then names the template
        #[arg(long, value_name = "DIR", requires = "file_path")]
        chart_path: Option<String>,
        /// Its apiVersion
        #[arg(long, value_name = "VERSION")]
        api_version: Option<String>,
    },
}

/// How results are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum View {
    /// By category, the gist only
    Security,
    /// By object
    Resource,
    /// By control
    Control,
}

/// Flags of `scan` and its sub-commands.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ScanFlags {
    /// Output format: pretty-printer, json; several separated by commas
    #[arg(
        short = 'f',
        long,
        global = true,
        default_value = "pretty-printer",
        help_heading = "Output",
        value_name = "FORMATS"
    )]
    pub(crate) format: String,
    /// Write the report to this file; the format's extension is added
    #[arg(
        short = 'o',
        long,
        global = true,
        help_heading = "Output",
        value_name = "FILE"
    )]
    pub(crate) output: Option<String>,
    /// Show every finding, and what passed
    #[arg(short = 'v', long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// How results are grouped
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "security",
        help_heading = "Output"
    )]
    pub(crate) view: View,
    /// Show the value that is there now beside each finding
    #[arg(short = 'E', long, global = true, help_heading = "Output")]
    pub(crate) show_evidence: bool,
    /// Show secret values too
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) show_secrets: bool,
    /// Show the ways of attack that failed controls open
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) print_attack_tree: bool,
    /// Leave out results below this severity: low, medium, high, critical
    #[arg(long, global = true, help_heading = "Output", value_name = "SEVERITY")]
    pub(crate) min_severity: Option<String>,
    /// Leave out results above this severity
    #[arg(long, global = true, help_heading = "Output", value_name = "SEVERITY")]
    pub(crate) max_severity: Option<String>,
    /// Copy these labels of the objects into the JSON report
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        help_heading = "Output",
        value_name = "LABELS"
    )]
    pub(crate) labels_to_copy: Vec<String>,
    #[arg(long, global = true, default_value = "v2", hide = true)]
    pub(crate) format_version: String,
    #[arg(long, global = true, hide = true)]
    pub(crate) omit_raw_resources: bool,
    /// Name of the cluster that the JSON report states
    #[arg(long, global = true, help_heading = "Output", value_name = "NAME")]
    pub(crate) cluster_name: Option<String>,

    /// Leave out paths, in gitignore syntax relative to the input; may be repeated
    #[arg(long, global = true, help_heading = "What is read", value_name = "PATTERN")]
    pub(crate) exclude_path: Vec<String>,
    /// Do not read .kubescapeignore
    #[arg(long, global = true, help_heading = "What is read")]
    pub(crate) no_ignore_file: bool,
    /// Only these kinds, separated by commas
    #[arg(long, global = true, help_heading = "What is read", value_name = "KINDS")]
    pub(crate) include_kinds: Option<String>,
    /// Not these kinds
    #[arg(long, global = true, help_heading = "What is read", value_name = "KINDS")]
    pub(crate) exclude_kinds: Option<String>,
    /// Only these namespaces, and objects without one
    #[arg(long, global = true, help_heading = "What is read", value_name = "NAMES")]
    pub(crate) include_namespaces: Option<String>,
    /// Not these namespaces
    #[arg(
        short = 'e',
        long,
        global = true,
        help_heading = "What is read",
        value_name = "NAMES"
    )]
    pub(crate) exclude_namespaces: Option<String>,

    /// Leave these controls out of the scan
    #[arg(
        long,
        global = true,
        value_delimiter = ',',
        help_heading = "Controls",
        value_name = "IDS"
    )]
    pub(crate) exclude_controls: Vec<String>,
    /// Leave these controls out of the report
    #[arg(long, global = true, help_heading = "Controls", value_name = "IDS")]
    pub(crate) skip_controls: Option<String>,
    /// Only these controls in the report
    #[arg(long, global = true, help_heading = "Controls", value_name = "IDS")]
    pub(crate) include_controls: Option<String>,
    /// JSON file with inputs of the controls, lists of texts by name
    #[arg(long, global = true, help_heading = "Controls", value_name = "FILE")]
    pub(crate) controls_config: Option<PathBuf>,
    /// File with exceptions: findings that are accepted
    #[arg(long, global = true, help_heading = "Controls", value_name = "FILE")]
    pub(crate) exceptions: Option<PathBuf>,
    /// Say in the JSON report what each exception was of use for
    #[arg(long, global = true, help_heading = "Controls")]
    pub(crate) audit_exceptions: bool,
    /// Whether annotations such as kubescape.io/skip-controls accept risks [default: true for files]
    #[arg(long, global = true, value_parser = boolean, num_args = 0..=1, default_missing_value = "true", require_equals = true, help_heading = "Controls", value_name = "BOOL")]
    pub(crate) honor_inline_exceptions: Option<bool>,
    /// Longest time for one control; 0 sets no limit [default: 1m]
    #[arg(long, global = true, value_parser = duration, allow_hyphen_values = true, help_heading = "Controls", value_name = "TIME")]
    pub(crate) control_timeout: Option<Duration>,
    /// Longest time for the whole scan, such as 5m
    #[arg(long, global = true, value_parser = duration, allow_hyphen_values = true, help_heading = "Controls", value_name = "TIME")]
    pub(crate) scan_timeout: Option<Duration>,
    /// Show what rules print, as messages of the level debug
    #[arg(long, global = true, help_heading = "Controls")]
    pub(crate) enable_rego_prints: bool,

    /// Exit 1 when compliance is below this percentage
    #[arg(
        long,
        global = true,
        allow_negative_numbers = true,
        default_value_t = 0.0,
        help_heading = "Gates (exit code 1)",
        value_name = "PERCENT"
    )]
    pub(crate) compliance_threshold: f32,
    /// Exit 1 when a control of this severity or worse fails: low, medium, high, critical
    #[arg(
        long,
        global = true,
        help_heading = "Gates (exit code 1)",
        value_name = "SEVERITY"
    )]
    pub(crate) severity_threshold: Option<String>,
    /// Exit 1 when less than this percentage of the controls could be evaluated
    #[arg(
        long,
        global = true,
        allow_negative_numbers = true,
        default_value_t = 0.0,
        help_heading = "Gates (exit code 1)",
        value_name = "PERCENT"
    )]
    pub(crate) fail_coverage_below: f32,
    /// Exit 1 when exceptions or inputs of the controls could not be read
    #[arg(long, global = true, help_heading = "Gates (exit code 1)")]
    pub(crate) fail_on_degraded_config: bool,

    #[command(flatten)]
    pub(crate) cluster: ClusterFlags,
    #[command(flatten)]
    pub(crate) network: NetworkFlags,
    #[command(flatten)]
    pub(crate) helm: HelmFlags,
    #[command(flatten)]
    pub(crate) library: LibraryFlags,
    #[command(flatten)]
    pub(crate) compatibility: CompatibilityFlags,
}
