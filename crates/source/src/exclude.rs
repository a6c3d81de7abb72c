//! `.kubescapeignore` and `--exclude-path`: gitignore syntax, relative to the root of an input.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::CollectError;

/// Name of the ignore file at the root of an input.
const IGNORE_FILE: &str = ".kubescapeignore";

/// What to leave out below a root.
pub(crate) struct Exclusions {
    matcher: Gitignore,
}

impl Exclusions {
    /// The ignore file's patterns, then the user's, which may re-include.
    pub(crate) fn new(root: &Path, patterns: &[String], read_file: bool) -> Result<Self, CollectError> {
        let mut builder = GitignoreBuilder::new(root);
        let file = root.join(IGNORE_FILE);
        if read_file && file.is_file() {
            // A bad line of the file is passed over, as git does; the others hold.
            let _ = builder.add(&file);
        }
        for pattern in patterns {
            builder
                .add_line(None, pattern)
                .map_err(|error| CollectError::Pattern {
                    pattern: pattern.clone(),
                    reason: error.to_string(),
                })?;
        }
        let matcher = builder.build().map_err(|error| CollectError::Pattern {
            pattern: patterns.join(","),
            reason: error.to_string(),
        })?;
        Ok(Self { matcher })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.matcher.is_empty()
    }

    /// Whether the path is left out, itself or through a folder above it.
    pub(crate) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        !self.matcher.is_empty()
            && path.starts_with(self.matcher.path())
            && self
                .matcher
                .matched_path_or_any_parents(path, is_folder)
                .is_ignore()
    }
}
