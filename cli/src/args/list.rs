//! Arguments of `list`.

use clap::{Args, ValueEnum};

use super::{AccountFlags, LibraryFlags};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    kubescape list frameworks\n  \
    kubescape list controls -f json")]
pub(crate) struct ListArguments {
    /// What to list
    #[arg(value_enum)]
    pub(crate) what: ListWhat,
    /// Output format
    #[arg(short = 'f', long, value_enum, default_value = "pretty-print")]
    pub(crate) format: ListFormat,
    #[arg(long, hide = true)]
    pub(crate) id: bool,
    #[command(flatten)]
    pub(crate) account: AccountFlags,
    #[command(flatten)]
    pub(crate) library: LibraryFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListWhat {
    /// Frameworks that can be scanned for
    #[value(alias = "framework")]
    Frameworks,
    /// Controls, with their frameworks
    #[value(alias = "control")]
    Controls,
    /// Exceptions that hold when no file of them is given
    #[value(alias = "exception")]
    Exceptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table
    PrettyPrint,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// Comma-separated values
    Csv,
}
