//! Arguments of the small commands.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    kubescape test --library controls              the library's own cases\n  \
    kubescape test --cases cases/                  a tree RULE/CASE/ against the built-in library\n  \
    kubescape test --library controls non-root-containers\n  \
    kubescape test --custom-rules rules/           rules of your own, with NAME.cases.yaml beside NAME.rego\n  \
    kubescape test --library my-controls --cases cases/ -f json")]
pub(crate) struct TestArguments {
    /// Folder of cases: RULE/CASE/{input/*,expected.json,data.json}. Without it: the cases.yaml files of --library
    #[arg(long, value_name = "DIR", required_unless_present_any = ["library", "custom_rules"])]
    pub(crate) cases: Option<PathBuf>,
    /// Folder of a control library. Without it: the built-in one
    #[arg(long, value_name = "DIR")]
    pub(crate) library: Option<PathBuf>,
    /// Folder of Rego files, each a rule `custom-NAME`: must parse, and pass the cases in NAME.cases.yaml
    #[arg(long, value_name = "DIR")]
    pub(crate) custom_rules: Option<PathBuf>,
    /// Output format
    #[arg(short = 'f', long, value_enum, default_value = "pretty-printer")]
    pub(crate) format: TestFormat,
    /// Run only the cases of these rules
    #[arg(value_name = "RULE")]
    pub(crate) rules: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// Text, with what differs in each failing case
    PrettyPrinter,
    /// JSON
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct VersionArguments {
    /// Output format
    #[arg(short = 'f', long, value_enum, default_value = "text")]
    pub(crate) format: VersionFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VersionFormat {
    /// One line
    Text,
    /// JSON
    Json,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    source <(kubescape completion bash)\n  \
    kubescape completion fish > ~/.config/fish/completions/kubescape.fish")]
pub(crate) struct CompletionArguments {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
