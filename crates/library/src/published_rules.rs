//! Rules as other libraries of this family keep them: a folder with `rule.metadata.json`, `raw.rego` and perhaps
//! `filter.rego`, and cases below `test/`.

use std::path::{Path, PathBuf};

use crate::artifacts::{RuleDocument, rule_from_document, without_nulls};
use crate::cases::read_case;
use crate::document::{entries, read_text, typed};
use crate::{Case, Library, LibraryError};

const METADATA: &str = "rule.metadata.json";

/// The folders of such rules below a folder, or below its `rules`.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let mut found = Vec::new();
    for parent in [folder.to_owned(), folder.join("rules")] {
        found.extend(
            entries(&parent)?
                .into_iter()
                .filter(|path| path.join(METADATA).exists()),
        );
    }
    Ok(found)
}

/// Adds the rules of a folder to a library.
pub(crate) fn add_rules(folder: &Path, library: &mut Library) -> Result<(), LibraryError> {
    for rule_folder in folders(folder)? {
        let path = rule_folder.join(METADATA);
        let value = serde_json::from_str(&read_text(&path)?).map_err(|error| LibraryError::Shape {
            path: path.clone(),
            message: error.to_string(),
        })?;
        let mut document: RuleDocument = typed(&path, without_nulls(value))?;
        let folder_name = name(&rule_folder);
        let module = format!("rules/{folder_name}/raw.rego");
        let filter = rule_folder.join("filter.rego");
        if filter.exists() {
            document.resource_enumerator = read_text(&filter)?;
        }
        let filter_text = document.resource_enumerator.clone();
        let mut rule = rule_from_document(document, module.clone());
        if rule.name != folder_name {
            rule.alias = Some(folder_name);
        }
        library
            .modules
            .insert(module, read_text(&rule_folder.join("raw.rego"))?);
        if let Some(key) = &rule.filter {
            library.modules.insert(key.clone(), filter_text);
        }
        if library.rules.insert(rule.name.clone(), rule.clone()).is_some() {
            return Err(LibraryError::Duplicate {
                kind: "rule",
                name: rule.name,
                path,
            });
        }
    }
    Ok(())
}

/// The cases that such rules keep beside themselves.
pub(crate) fn cases(folder: &Path) -> Result<Vec<Case>, LibraryError> {
    let mut cases = Vec::new();
    for rule_folder in folders(folder)? {
        for case in entries(&rule_folder.join("test"))?
            .into_iter()
            .filter(|path| path.join("expected.json").exists())
        {
            cases.push(read_case(&case, &name(&rule_folder)));
        }
    }
    Ok(cases)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
