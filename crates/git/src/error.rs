//! What is wrong with a repository.

use std::path::PathBuf;

/// A repository that cannot be had. Messages name its address, never with credentials, and say what to do.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// An address that cannot be read.
    #[error("{address} is no address of a repository: {problem}")]
    Address {
        /// The address.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The server cannot be reached.
    #[error("cannot reach {url}: {reason}; check the address and the network")]
    Unreachable {
        /// The repository.
        url: String,
        /// Why.
        reason: String,
    },
    /// The server stopped answering.
    #[error(
        "{url}: the server sent nothing for {seconds} seconds; try again, or clone it yourself and scan the folder"
    )]
    Stalled {
        /// The repository.
        url: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server wants to know who asks, or does not let them in.
    #[error("{url}: {problem}")]
    Denied {
        /// The repository.
        url: String,
        /// What the server said, and what to do.
        problem: String,
    },
    /// There is no such repository.
    #[error("{url}: there is no such repository{hint}")]
    NoRepository {
        /// The repository.
        url: String,
        /// What else it may be.
        hint: String,
    },
    /// The server answers something else.
    #[error("{url}: {problem}")]
    Server {
        /// The repository.
        url: String,
        /// What came instead.
        problem: String,
    },
    /// There is no such branch, tag or commit.
    #[error("{url}: there is no branch, tag or commit {reference:?}{hint}")]
    NoReference {
        /// The repository.
        url: String,
        /// What was asked for.
        reference: String,
        /// What there is.
        hint: String,
    },
    /// Digits that several commits start with.
    #[error("{url}: {digits:?} is the start of several commits: {commits}; write more digits")]
    Ambiguous {
        /// The repository.
        url: String,
        /// What was asked for.
        digits: String,
        /// The commits.
        commits: String,
    },
    /// A repository without commits.
    #[error("{url}: the repository is empty")]
    Empty {
        /// The repository.
        url: String,
    },
    /// The path of the address is not in the repository.
    #[error("{url}: there is no file or folder {path:?} in {reference}")]
    NoPath {
        /// The repository.
        url: String,
        /// The path.
        path: String,
        /// The state.
        reference: String,
    },
    /// Larger than what is allowed.
    #[error("{url}: the repository has more than {limit}; clone it yourself and scan the folder")]
    TooLarge {
        /// The repository.
        url: String,
        /// The bound.
        limit: String,
    },
    /// The disk.
    #[error("cannot write {path}: {source}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl GitError {
    pub(crate) fn disk(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Disk {
            path: path.to_owned(),
            source,
        }
    }
}

/// The result of a step.
pub(crate) type Result<T> = std::result::Result<T, GitError>;
