//! Libraries as published JSON artefacts: one file for each framework or control, with the policies inside, and files
//! of inputs, exceptions and attack tracks beside them.
//!
//! Libraries of this family exchange these files. Ours add keys to a rule: `parameters`, `wholeCluster` and `across`;
//! modules that rules import (`data.kubescape...`) are those of the built-in library.

mod documents;
mod read;
mod write;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::document::read_text;
use crate::{Library, LibraryError};

pub use write::{Artifact, write_artifact};

pub(crate) use documents::RuleDocument;
use read::Builder;
pub(crate) use read::rule as rule_from_document;

impl Library {
    /// A library from files of artefacts. Modules that several rules import come from `base`.
    pub fn from_artifacts(files: &[PathBuf], base: &Self) -> Result<Self, LibraryError> {
        let mut builder = Builder::new(base);
        for path in files {
            builder.add(path, read_json(path)?)?;
        }
        Ok(builder.finish())
    }
}

/// The artefacts of a folder: its JSON files, sorted by name.
pub fn artifact_files(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    crate::document::files_with_extension(folder, "json")
}

fn read_json(path: &Path) -> Result<Value, LibraryError> {
    let text = read_text(path)?;
    serde_json::from_str(&text).map_err(|error| LibraryError::Yaml {
        path: path.to_owned(),
        message: format!("{}:{}: {error}", error.line(), error.column()),
    })
}

/// Documents of this family write `null` for what is empty.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
