//! A user's own rules: a folder of Rego files, each of which becomes a control of the framework `custom-rules`.
//!
//! The control is `custom-FILE`. A block of annotations above the package (`# METADATA`, as the language defines them:
//! <https://www.openpolicyagent.org/docs/policy-language#metadata>) may give it `title`, `description` and, under
//! `custom`, `baseScore`, `remediation` and `match`, a list of kinds.

use std::path::Path;

use kubescape_model::{Control, ControlTexts, Framework, KindPattern, Rule};
use serde::Deserialize;

use crate::document::{files_with_extension, parse_value, read_text, typed};
use crate::rule_file::kind_patterns;
use crate::{Library, LibraryError};

/// Name of the framework that holds all custom rules.
pub const CUSTOM_RULES: &str = "custom-rules";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    title: String,
    description: String,
    custom: CustomMetadata,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CustomMetadata {
    base_score: f32,
    remediation: String,
    #[serde(rename = "match")]
    matches: Vec<String>,
}

impl Library {
    /// Adds the Rego files of a folder as controls of the framework [`CUSTOM_RULES`].
    pub fn add_custom_rules(&mut self, folder: &Path) -> Result<(), LibraryError> {
        let files = files_with_extension(folder, "rego")?;
        if files.is_empty() {
            return Err(LibraryError::NoCustomRules {
                folder: folder.to_owned(),
            });
        }
        let mut ids = Vec::new();
        for file in files {
            ids.push(self.add_custom_rule(&file)?);
        }
        ids.sort();
        self.controls.sort_by(|a, b| a.id.cmp(&b.id));
        self.frameworks.push(Framework {
            name: CUSTOM_RULES.to_owned(),
            description: format!("The rules in {}", folder.display()),
            controls: ids,
            ..Framework::default()
        });
        Ok(())
    }

    fn add_custom_rule(&mut self, file: &Path) -> Result<String, LibraryError> {
        let text = read_text(file)?;
        let metadata = metadata(file, &text)?;
        let id = custom_rule_id(file);
        let shape = |message: String| LibraryError::Shape {
            path: file.to_owned(),
            message,
        };
        let everything = KindPattern {
            group: "*".to_owned(),
            version: "*".to_owned(),
            kind: "*".to_owned(),
        };
        let matches = match metadata.custom.matches.as_slice() {
            [] => vec![everything],
            kinds => kind_patterns(kinds).map_err(shape)?,
        };
        // The file's path is the name of the module, so that errors of the engine say where they are.
        let module = file.display().to_string();
        let rule = Rule {
            name: id.clone(),
            matches,
            module: module.clone(),
            ..Rule::default()
        };
        self.modules.insert(module, text);
        self.rules.insert(id.clone(), rule);
        let texts = ControlTexts {
            description: metadata.description,
            remediation: metadata.custom.remediation,
            ..ControlTexts::default()
        };
        self.set_texts(&id, texts);
        self.controls.push(Control {
            name: if metadata.title.is_empty() {
                id.clone()
            } else {
                metadata.title
            },
            id: id.clone(),
            base_score: metadata.custom.base_score,
            rules: vec![id.clone()],
            ..Control::default()
        });
        Ok(id)
    }
}

/// Name of the rule and the control of a file.
pub(crate) fn custom_rule_id(file: &Path) -> String {
    format!(
        "custom-{}",
        file.file_stem().unwrap_or_default().to_string_lossy()
    )
}

/// The block of comment lines behind `# METADATA`, read as YAML.
fn metadata(file: &Path, text: &str) -> Result<Metadata, LibraryError> {
    let block: Vec<&str> = text
        .lines()
        .take_while(|line| !line.starts_with("package"))
        .skip_while(|line| line.trim() != "# METADATA")
        .skip(1)
        .map_while(|line| line.strip_prefix('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    if block.is_empty() {
        return Ok(Metadata::default());
    }
    typed(file, parse_value(file, &block.join("\n"))?)
}
