//! The places that a rule reports.

use serde::Serialize;

/// A place in an object and what it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidencePath {
    /// The older form; repeats one of the others.
    Failed(String),
    /// Delete this.
    Delete(String),
    /// Look at this.
    Review(String),
    /// Set this.
    Fix(FixPath),
    /// Run this.
    Command(String),
}

impl EvidencePath {
    /// The path in the object; `None` for a command.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Failed(path) | Self::Delete(path) | Self::Review(path) => Some(path),
            Self::Fix(fix) => Some(&fix.path),
            Self::Command(_) => None,
        }
    }
}

/// A value to set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FixPath {
    /// Where.
    pub path: String,
    /// What; starts with `YOUR_` when only the user can know it.
    pub value: String,
}
