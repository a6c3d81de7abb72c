//! Where resources come from.
//!
//! Files, folders and repositories ([`collect`]) become [`kubescape_model::Resource`]s with their identity and place. What cannot
//! be read is reported and left out; the rest goes on. Nothing is judged here.

mod clones;
mod context;
mod error;
mod exclude;
mod file;
mod helm;
mod kinds;
mod kustomize;
mod path;
mod rendered;
mod repository;
mod stdin;
mod structure;
mod terraform;

pub use clones::Fetched;
pub use context::{Context, InputKind};
pub use error::CollectError;
pub use path::{CollectSettings, Collected, Skipped, collect};
pub use repository::Repository;
pub use stdin::{STDIN_NAME, collect_text};
