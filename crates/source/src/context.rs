//! What kind of input is scanned, and the root that paths are relative to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_git::{Checkout, History, LocalRepository};

use crate::repository::Repository;

/// The kind of the first input decides what reports say of the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// One file.
    File,
    /// A repository that was fetched.
    GitRemote,
    /// Something within a git repository that has a remote.
    GitLocal,
    /// A folder or glob.
    #[default]
    Directory,
}

/// Where an input stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What it is.
    pub kind: InputKind,
    /// Absolute folder that paths in reports are relative to: the root of the git repository, else the input's.
    pub root: PathBuf,
    /// Absolute path of the input itself, or its address.
    pub input: PathBuf,
    /// The repository, when there is one.
    pub repository: Option<Repository>,
}

/// An input's context, and what is only needed while it is read.
pub(crate) struct Place {
    pub context: Context,
    /// What was fetched for it.
    pub checkout: Option<Arc<Checkout>>,
    /// Commits, for inputs of repositories that have a remote.
    pub history: Option<History>,
}

impl Place {
    /// That of an input on disk. `input` is absolute.
    pub(crate) fn on_disk(input: &Path) -> Self {
        let is_file = input.is_file();
        let folder = if is_file {
            input.parent().unwrap_or(input)
        } else {
            input
        };
        let local = LocalRepository::around(folder);
        let has_remote = local.as_ref().is_some_and(|local| local.remote_url.is_some());
        let kind = match has_remote {
            true => InputKind::GitLocal,
            false if is_file => InputKind::File,
            false => InputKind::Directory,
        };
        Self {
            context: Context {
                kind,
                root: local
                    .as_ref()
                    .map_or_else(|| folder.to_owned(), |local| local.root.clone()),
                input: input.to_owned(),
                repository: local.as_ref().map(Repository::of_disk),
            },
            checkout: None,
            history: local.filter(|_| has_remote).and_then(|local| local.history),
        }
    }

    /// That of an input that was fetched.
    pub(crate) fn fetched(checkout: Arc<Checkout>) -> Self {
        Self {
            context: Context {
                kind: InputKind::GitRemote,
                root: checkout.root.clone(),
                input: checkout.location.to_string().into(),
                repository: Some(Repository::of_checkout(&checkout)),
            },
            history: checkout.history.clone(),
            checkout: Some(checkout),
        }
    }
}
