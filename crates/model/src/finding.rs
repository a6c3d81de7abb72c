//! What a rule reports.

use std::sync::Arc;

use serde::Serialize;

/// One report of a rule: the objects at fault and where to look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// The rule's own words.
    pub message: String,
    /// The rule's own score.
    pub score: f64,
    /// Indexes of the failed resources.
    pub resources: Vec<usize>,
    /// Paths in the failed resources.
    pub paths: Vec<EvidencePath>,
    /// Other objects that belong to the story.
    pub related: Vec<Related>,
}

/// An object that a finding points at beside the failed one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Related {
    /// Its id.
    pub resource_id: Arc<str>,
    /// Paths in it.
    pub paths: Vec<EvidencePath>,
}

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
