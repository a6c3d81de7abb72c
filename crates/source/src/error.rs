//! Inputs that cannot be scanned at all.

use std::path::Path;

use crate::Skipped;
use crate::repository::shorten;

/// An input that stops the scan.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The input does not exist, or is nothing that can be read: a pipe, a device.
    #[error("no YAML or JSON manifest files found for input {input:?}: {reason}")]
    NoSuchPath {
        /// The input.
        input: String,
        /// What it is, or that it is not.
        reason: &'static str,
    },
    /// Nothing of the input is a manifest file.
    #[error("no YAML or JSON manifest files found for input {input:?}{}", if *.excluded { "; path exclusions are in effect" } else { "" })]
    NoFiles {
        /// What the user typed.
        input: String,
        /// Whether `--exclude-path` or an ignore file had a say.
        excluded: bool,
    },
    /// There are files, but no objects in them.
    #[error("no scannable Kubernetes resources found for input {input:?}{}", first_problem(.skipped))]
    NoResources {
        /// What the user typed.
        input: String,
        /// What could not be read.
        skipped: Vec<Skipped>,
    },
    /// The kustomization that the user named cannot be built.
    #[error("cannot build the kustomization {input:?}: {message}")]
    Kustomize {
        /// What the user typed.
        input: String,
        /// What is wrong.
        message: String,
    },
    /// A repository cannot be fetched.
    #[error("{0}")]
    Repository(String),
    /// The kind filter left nothing.
    #[error("no resources found to scan: the kind filter ({0}) left nothing to evaluate")]
    KindFilter(String),
    /// A pattern that cannot be understood.
    #[error("invalid path pattern {pattern:?}: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// Why.
        reason: String,
    },
}

impl CollectError {
    /// Without the temporary folder that a repository is in.
    pub(crate) fn shortened(self, root: &Path, shown: &str) -> Self {
        match self {
            Self::NoResources { input, mut skipped } => {
                for problem in &mut skipped {
                    problem.message = shorten(&problem.message, root);
                    problem.file = shorten(&problem.file.to_string_lossy(), root).into();
                }
                Self::NoResources { input, skipped }
            }
            Self::Kustomize { message, .. } => Self::Kustomize {
                message: shorten(&message, root),
                input: shown.to_owned(),
            },
            other => other,
        }
    }
}

fn first_problem(skipped: &[Skipped]) -> String {
    skipped
        .first()
        .map(|problem| format!(": {problem}"))
        .unwrap_or_default()
}
