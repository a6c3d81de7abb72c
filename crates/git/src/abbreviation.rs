//! Commits that are named by the first digits of their hash.

use std::collections::HashSet;
use std::path::Path;

use gix::ObjectId;
use gix::objs::{FindExt, Kind};

use crate::error::{GitError, Result};
use crate::location::{Location, Wanted};
use crate::reference::{Chosen, strip};

/// Digits that are enough to look for a commit.
pub(crate) const LEAST_DIGITS: usize = 7;

/// The first digits of a commit's hash, and the path behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Abbreviation {
    digits: String,
    path: String,
}

impl Abbreviation {
    /// What an address may abbreviate, if no branch and no tag is meant.
    pub(crate) fn of(wanted: &Wanted) -> Option<Self> {
        let (digits, path) = match wanted {
            Wanted::Default => return None,
            Wanted::Reference(name) => (name.as_str(), ""),
            Wanted::ReferenceAndPath(text) => strip(text).split_once('/').unwrap_or((strip(text), "")),
        };
        let fits =
            (LEAST_DIGITS..40).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self {
            digits: digits.to_ascii_lowercase(),
            path: path.trim_matches('/').to_owned(),
        })
    }

    /// The one commit among the objects of a folder that has these digits; `None` if there is none.
    pub(crate) fn find(&self, objects: &Path, location: &Location) -> Result<Option<Chosen>> {
        let damaged = |problem: &dyn std::fmt::Display| GitError::Server {
            url: location.url.clone(),
            problem: format!("the repository is damaged: {problem}"),
        };
        let handle =
            gix::odb::at(objects, gix::hash::Kind::Sha1).map_err(|source| GitError::disk(objects, source))?;
        let prefix = gix::hash::Prefix::from_hex(&self.digits).map_err(|error| damaged(&error))?;
        let mut candidates = HashSet::new();
        handle
            .lookup_prefix(prefix, Some(&mut candidates))
            .map_err(|error| damaged(&error))?;
        // Folders and files may have the same digits.
        let mut buffer = Vec::new();
        candidates.retain(|id| {
            handle
                .find(id, &mut buffer)
                .is_ok_and(|object| object.kind == Kind::Commit)
        });
        let mut commits: Vec<ObjectId> = candidates.into_iter().collect();
        commits.sort_unstable();
        match commits.as_slice() {
            [] => Ok(None),
            [commit] => Ok(Some(Chosen {
                commit: *commit,
                unnamed: true,
                branch: String::new(),
                path: self.path.clone(),
                shown: commit.to_string(),
            })),
            many => Err(GitError::Ambiguous {
                url: location.url.clone(),
                digits: self.digits.clone(),
                commits: many
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_abbreviated() {
        let found = |wanted: Wanted| Abbreviation::of(&wanted).map(|found| (found.digits, found.path));
        let pair = |digits: &str, path: &str| Some((digits.to_owned(), path.to_owned()));
        for (text, expected) in [
            ("1a2b3c4", pair("1a2b3c4", "")),
            ("1A2B3C4/deploy/base/", pair("1a2b3c4", "deploy/base")),
            ("1a2b3c", None),
            ("1a2b3c4x", None),
            ("main/1a2b3c4", None),
        ] {
            assert_eq!(
                found(Wanted::ReferenceAndPath(text.to_owned())),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            found(Wanted::Reference("1a2b3c4".to_owned())),
            pair("1a2b3c4", "")
        );
        assert_eq!(found(Wanted::Reference("f".repeat(40))), None);
        assert_eq!(found(Wanted::Default), None);
    }
}
