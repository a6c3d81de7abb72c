//! Libraries as published JSON artefacts: one file for each framework or control, with the policies inside, and files
//! of inputs, exceptions and attack tracks beside them.
//!
//! Libraries of this family exchange these files. Ours add keys to a rule: `parameters`, `wholeCluster` and `across`;
//! modules that rules import (`data.kubescape...`) are those of the built-in library.

mod csv;
mod documents;
mod joined;
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

/// Files of a release that hold what other files of it only name, all without their extensions.
const PARTS: [&str; 4] = [
    "controls",
    "rules",
    joined::FRAMEWORKS_TABLE,
    joined::CONTROLS_TABLE,
];

/// A library that was read from artefacts.
#[derive(Debug)]
pub struct Artifacts {
    /// The library.
    pub library: Library,
    /// What the files name and no file has, each with the file and line that names it.
    pub warnings: Vec<String>,
}

impl Library {
    /// A library from files of artefacts. Modules that several rules import come from `base`. When a framework lists
    /// controls that none of the files has, the files of the same release that stand beside it are read too.
    pub fn from_artifacts(files: &[PathBuf], base: &Self) -> Result<Artifacts, LibraryError> {
        let mut builder = Builder::new(base);
        for path in files {
            add(&mut builder, path)?;
        }
        if builder.lacks() {
            for path in parts_beside(files)? {
                add(&mut builder, &path)?;
            }
        }
        builder.finish()
    }
}

/// The artefacts of a folder, sorted by name: its JSON files, the tables of a release, and files without an extension
/// that are JSON.
pub fn artifact_files(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let mut files = Vec::new();
    for path in crate::document::entries(folder)? {
        let takes = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => true,
            Some(_) => is_table(&path),
            None => path.is_file() && (is_table(&path) || starts_as_json(&path)),
        };
        if takes {
            files.push(path);
        }
    }
    Ok(files)
}

/// The artefact of a folder that has one of these names, with its extension or without.
pub fn artifact_named(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    let candidates = names
        .iter()
        .flat_map(|name| [folder.join(format!("{name}.json")), folder.join(name)]);
    candidates.into_iter().find(|path| path.is_file())
}

fn add(builder: &mut Builder, path: &Path) -> Result<(), LibraryError> {
    let text = read_text(path)?;
    if builder.add_table(path, &text)? {
        return Ok(());
    }
    builder.add(path, parse_json(path, &text)?)
}

/// The parts of the release beside the files, without the files themselves.
fn parts_beside(files: &[PathBuf]) -> Result<Vec<PathBuf>, LibraryError> {
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.dedup();
    let mut found = Vec::new();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        for path in crate::document::entries(folder)? {
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            let extension = path.extension().and_then(|extension| extension.to_str());
            let is_part = PARTS.iter().any(|part| stem.eq_ignore_ascii_case(part))
                && matches!(extension, None | Some("json" | "csv"));
            let given = files.iter().any(|file| file.file_name() == path.file_name());
            if is_part && !given && path.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn is_table(path: &Path) -> bool {
    [joined::FRAMEWORKS_TABLE, joined::CONTROLS_TABLE]
        .into_iter()
        .any(|table| joined::is_table(path, table))
}

fn starts_as_json(path: &Path) -> bool {
    use std::io::Read;

    let mut start = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut start));
    let start = start.get(..read.unwrap_or(0)).unwrap_or_default();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

fn parse_json(path: &Path, text: &str) -> Result<Value, LibraryError> {
    serde_json::from_str(text).map_err(|error| LibraryError::Yaml {
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
