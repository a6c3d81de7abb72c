//! Whether a command may use the network.

use clap::Args;

/// What may be fetched that the command line does not name.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct NetworkFlags {
    /// Let the command make network calls for what files name: signatures of images (C-0236, C-0237), remote bases of
    /// kustomizations, `http.send` in policies
    ///
    /// Repositories that the command line itself names are fetched in any case.
    #[arg(long, global = true, help_heading = "Network")]
    pub(crate) allow_network: bool,
}
