//! Work trees of git repositories, near and far, without the git program.
//!
//! An address becomes a [`Location`], a location becomes a [`Checkout`]: the files of one commit in a temporary folder
//! that goes with it. [`LocalRepository`] tells of the repository around a folder, and [`History`] who touched which
//! file last. Nothing here reads the environment, runs hooks, filters or submodules, or follows a repository out of
//! its folder; only SSH runs a program, `ssh`.
//!
//! ```no_run
//! use kubescape_git::{Checkout, GitSettings, Location, Trust};
//!
//! let location = Location::parse("https://github.com/owner/repo/tree/main/deploy")?;
//! let checkout = Checkout::get(&location, &GitSettings::default(), Trust::Typed)?;
//! println!("{} at {}", checkout.input().display(), checkout.commit.hash);
//! # Ok::<(), kubescape_git::GitError>(())
//! ```

mod abbreviation;
mod checkout;
mod commit;
mod error;
mod failure;
mod fetch;
mod file;
mod history;
mod http;
mod local;
mod location;
mod reference;
mod scratch;
mod secret;
mod settings;
mod worktree;

pub use checkout::Checkout;
pub use commit::Commit;
pub use error::GitError;
pub use file::fetch_text;
pub use history::History;
pub use local::LocalRepository;
pub use location::{Location, Provider, Scheme, Wanted, without_credentials};
pub use scratch::Scratch;
pub use secret::Secret;
pub use settings::{GitSettings, Proxy, Token, Trust, token_variable};
