//! Reading one YAML document of a library into a typed value.

use std::path::Path;

use kubescape_yaml::{Limits, Profile};
use serde::de::DeserializeOwned;

use crate::LibraryError;

/// Reads the file as text.
pub(crate) fn read_text(path: &Path) -> Result<String, LibraryError> {
    std::fs::read_to_string(path).map_err(|source| LibraryError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads the file's only YAML document as plain JSON.
pub(crate) fn read_value(path: &Path) -> Result<serde_json::Value, LibraryError> {
    parse_value(path, &read_text(path)?)
}

/// Parses the text's first YAML document; `path` only names it in errors.
pub(crate) fn parse_value(path: &Path, text: &str) -> Result<serde_json::Value, LibraryError> {
    let node = kubescape_yaml::load_one(text, Profile::GoYamlV3, &Limits::default()).map_err(|error| {
        LibraryError::Yaml {
            path: path.to_owned(),
            message: error.to_string(),
        }
    })?;
    serde_json::to_value(&node).map_err(|error| LibraryError::Shape {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// Reads the file's only YAML document as a typed value.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, LibraryError> {
    typed(path, read_value(path)?)
}

/// A typed value from plain JSON; the error names the key at fault.
pub(crate) fn typed<T: DeserializeOwned>(path: &Path, value: serde_json::Value) -> Result<T, LibraryError> {
    serde_json::from_value(value).map_err(|error| LibraryError::Shape {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// Entries of a folder, sorted by name; an absent folder has none.
pub(crate) fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, LibraryError> {
    let failed = |source| LibraryError::Read {
        path: folder.to_owned(),
        source,
    };
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut paths = std::fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(failed))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// Entries of a folder with this extension.
pub(crate) fn files_with_extension(
    folder: &Path,
    extension: &str,
) -> Result<Vec<std::path::PathBuf>, LibraryError> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect())
}
