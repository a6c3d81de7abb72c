//! Values that the user gives.

use std::path::PathBuf;

use kubescape_gotemplate::Map;

use crate::error::HelmError;
use crate::set::{Typing, apply};
use crate::values::{merge_over, read_table};

/// Values of the command line, in Helm's order of precedence: later ones win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--values`: files, merged from left to right.
    pub files: Vec<PathBuf>,
    /// A JSON object of values, over the files.
    pub inline: Option<String>,
    /// `--set-json`.
    pub json: Vec<String>,
    /// `--set`.
    pub typed: Vec<String>,
    /// `--set-string`.
    pub strings: Vec<String>,
    /// `--set-file`.
    pub contents: Vec<String>,
    /// `--set-literal`.
    pub literals: Vec<String>,
}

impl Overrides {
    /// Reads and merges them all. The error names the argument that is wrong.
    pub(crate) fn values(&self) -> Result<Map, HelmError> {
        let values = Map::dict();
        for path in &self.files {
            let text = std::fs::read_to_string(path).map_err(|source| HelmError::Read {
                path: path.clone(),
                source,
            })?;
            let table = read_table(&text).map_err(|message| {
                HelmError::Values(format!("failed to parse {}: {message}", path.display()))
            })?;
            merge_over(&values, &table);
        }
        if let Some(inline) = &self.inline {
            let table =
                read_table(inline).map_err(|message| HelmError::Values(format!("values: {message}")))?;
            merge_over(&values, &table);
        }
        let failed =
            |flag: &str, message: String| HelmError::Values(format!("failed parsing {flag} data: {message}"));
        for argument in &self.json {
            apply(&values, argument, Typing::Json).map_err(|message| failed("--set-json", message))?;
        }
        for argument in &self.typed {
            apply(&values, argument, Typing::Typed).map_err(|message| failed("--set", message))?;
        }
        for argument in &self.strings {
            apply(&values, argument, Typing::Strings).map_err(|message| failed("--set-string", message))?;
        }
        for argument in &self.contents {
            apply(&values, argument, Typing::Files(read_file))
                .map_err(|message| failed("--set-file", message))?;
        }
        for argument in &self.literals {
            apply(&values, argument, Typing::Literal).map_err(|message| failed("--set-literal", message))?;
        }
        Ok(values)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn read_file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}
