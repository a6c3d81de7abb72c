//! Which control library a command uses.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Control library")]
pub(crate) struct LibraryFlags {
    /// Folder of a control library that replaces the built-in one
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) library: Option<PathBuf>,
    /// Framework or control files (JSON) that replace the built-in library
    #[arg(long, global = true, value_delimiter = ',', value_name = "FILE")]
    pub(crate) use_from: Vec<PathBuf>,
    /// Folder of framework, control, inputs, exceptions and attack track files that replaces the built-in library
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) use_artifacts_from: Option<PathBuf>,
    /// Use the files that `kubescape download` left in the cache folder
    #[arg(long, global = true)]
    pub(crate) use_default: bool,
    /// Folder of Rego files, each of which becomes a control of the framework custom-rules
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) custom_rules: Option<PathBuf>,
}
