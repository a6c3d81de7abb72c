//! What is wrong with a kustomization.

use std::path::{Path, PathBuf};

/// A kustomization that cannot be built. Messages name the file, and say what to do where that is not plain.
#[derive(Debug, thiserror::Error)]
pub enum KustomizeError {
    /// A file cannot be read.
    #[error("{path}, which the kustomization in {root} names: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The folder of the kustomization.
        root: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder without a kustomization, or with several.
    #[error("{path}: {message}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A file says something that is not allowed, or that does not fit the objects.
    #[error("{path}: {message}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A file outside of the folder that may be read.
    #[error("security; file '{file}' is not in or below '{root}'")]
    Outside {
        /// The file.
        file: PathBuf,
        /// The folder.
        root: PathBuf,
    },
    /// Folders that use each other.
    #[error("cycle detected: candidate root '{candidate}' contains visited root '{visited}'")]
    Cycle {
        /// The folder that is used.
        candidate: PathBuf,
        /// The folder that it contains.
        visited: PathBuf,
    },
    /// Something that is not on this disk.
    #[error("{path}: {message}")]
    Remote {
        /// The kustomization.
        path: PathBuf,
        /// What it names, and why that is not to be had.
        message: String,
    },
    /// A plugin that would run a program.
    #[error("{path}: {plugin} is a plugin that runs a program, which a build never does")]
    Plugin {
        /// The kustomization.
        path: PathBuf,
        /// The plugin.
        plugin: String,
    },
}

impl KustomizeError {
    pub(crate) fn invalid(path: &Path, message: impl Into<String>) -> Self {
        Self::Invalid {
            path: path.to_owned(),
            message: message.into(),
        }
    }

    /// The message without the place, for one that names the place already.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Invalid { message, .. } => message.clone(),
            other => other.to_string(),
        }
    }
}

/// The result of a step of a build.
pub(crate) type Result<T> = std::result::Result<T, KustomizeError>;
