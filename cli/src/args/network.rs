//! Whether a command may use the network.

use clap::Args;

/// What may be fetched. Without them nothing leaves this machine.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct NetworkFlags {
    /// Let the command make network calls, such as looking for the signatures of images (C-0236, C-0237)
    #[arg(long, global = true, help_heading = "Network")]
    pub(crate) allow_network: bool,
}
