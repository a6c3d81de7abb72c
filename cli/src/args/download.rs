//! Arguments of `download` and `explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AccountFlags, LibraryFlags};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    kubescape download artifacts                        all policies into the cache folder\n  \
    kubescape download framework nsa -o policies/\n  \
    kubescape download control C-0016 -o c-0016.json\n  \
    kubescape download artifacts --from-url https://example.com/releases/v2 -o policies/")]
pub(crate) struct DownloadArguments {
    /// What to write
    #[arg(value_enum)]
    pub(crate) what: DownloadWhat,
    /// Name of the framework or id of the control; without it all
    pub(crate) name: Option<String>,
    /// Folder, or a file that ends in .json [default: the cache folder]
    #[arg(short = 'o', long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Fetch the files of a published release from this address instead of writing the built-in ones
    #[arg(long, value_name = "URL")]
    pub(crate) from_url: Option<String>,
    /// SHA-256 that a fetched file must have: NAME=HEX; may be repeated
    #[arg(long, value_name = "NAME=HEX", requires = "from_url")]
    pub(crate) sha256: Vec<String>,
    #[command(flatten)]
    pub(crate) account: AccountFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DownloadWhat {
    /// All of the others
    Artifacts,
    /// The attack tracks
    AttackTracks,
    /// A control with its rules
    Control,
    /// The inputs of the controls
    ControlsInputs,
    /// The exceptions that hold by default
    Exceptions,
    /// A framework with its controls
    Framework,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    kubescape explain C-0016")]
pub(crate) struct ExplainArguments {
    /// Id of a control
    pub(crate) control: String,
    #[command(flatten)]
    pub(crate) library: LibraryFlags,
}
