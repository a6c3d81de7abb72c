//! A library as a folder: `controls/*.yaml`, `frameworks/*.yaml`, `rules/*/rule.yaml`, `lib/*.rego`,
//! `attack-tracks/*.yaml`, `exceptions/*.yaml`, `categories.yaml` and `defaults.yaml`. Every part may be absent.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use kubescape_model::{
    ActionRequired, AttackTrack, AttackTrackStep, Category, Control, ControlTexts, ExceptionPolicy,
    Framework, Membership, Scope,
};
use serde::Deserialize;

use crate::document::{entries, files_with_extension, read, read_text};
use crate::published_rules;
use crate::rule_file::read_rules;
use crate::{Inputs, Library, LibraryError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ControlDocument {
    id: String,
    name: String,
    base_score: f32,
    #[serde(default)]
    scope: Vec<Scope>,
    category: Option<String>,
    sub_category: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    action_required: Option<ActionRequired>,
    #[serde(default)]
    mitre_columns: Vec<String>,
    #[serde(default)]
    attack_tracks: Vec<AttackTrackStep>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    frameworks: BTreeMap<String, Membership>,
    rules: Vec<String>,
    #[serde(default)]
    fixed_inputs: Inputs,
    #[serde(default)]
    description: String,
    #[serde(default)]
    impact: String,
    #[serde(default)]
    default_value: String,
    #[serde(default)]
    remediation: String,
    #[serde(default)]
    example: kubescape_model::Example,
    #[serde(default)]
    manual_test: String,
    #[serde(default)]
    references: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FrameworkDocument {
    name: String,
    #[serde(default)]
    version: String,
    description: Option<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    scope: Vec<Scope>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    sections: Vec<kubescape_model::Section>,
    /// `all`: every control of the library belongs to it.
    controls: Option<String>,
}

#[derive(Deserialize)]
struct AttackTrackDocument {
    name: String,
    description: Option<String>,
    root: kubescape_model::AttackStep,
}

impl Library {
    /// Reads a library from a folder and checks that every name in it is defined.
    pub fn from_folder(folder: &Path) -> Result<Self, LibraryError> {
        let mut library = Self {
            defaults: optional(&folder.join("defaults.yaml"))?,
            ..Self::default()
        };
        read_modules(folder, &mut library)?;
        read_rule_folders(folder, &mut library)?;
        published_rules::add_rules(folder, &mut library)?;
        read_controls(folder, &mut library)?;
        read_frameworks(folder, &mut library)?;
        for path in files_with_extension(&folder.join("attack-tracks"), "yaml")? {
            let document: AttackTrackDocument = read(&path)?;
            library.attack_tracks.push(AttackTrack {
                name: document.name,
                description: document.description.unwrap_or_default(),
                root: document.root,
            });
        }
        for path in files_with_extension(&folder.join("exceptions"), "yaml")? {
            let policies: Vec<ExceptionPolicy> = read(&path)?;
            library.exceptions.extend(policies.into_iter().map(Arc::new));
        }
        check_names(&library)?;
        Ok(library)
    }
}

fn optional<T: serde::de::DeserializeOwned + Default>(path: &Path) -> Result<T, LibraryError> {
    if path.exists() {
        read(path)
    } else {
        Ok(T::default())
    }
}

fn read_modules(folder: &Path, library: &mut Library) -> Result<(), LibraryError> {
    for path in files_with_extension(&folder.join("lib"), "rego")? {
        library
            .modules
            .insert(format!("lib/{}", file_name(&path)), read_text(&path)?);
    }
    Ok(())
}

fn read_rule_folders(folder: &Path, library: &mut Library) -> Result<(), LibraryError> {
    for rule_folder in entries(&folder.join("rules"))? {
        let path = rule_folder.join("rule.yaml");
        if !path.exists() {
            continue;
        }
        let key = format!("rules/{}", file_name(&rule_folder));
        for file in files_with_extension(&rule_folder, "rego")? {
            library
                .modules
                .insert(format!("{key}/{}", file_name(&file)), read_text(&file)?);
        }
        for rule in read_rules(&path, &key)? {
            let name = rule.name.clone();
            if library.rules.insert(name.clone(), rule).is_some() {
                return Err(LibraryError::Duplicate {
                    kind: "rule",
                    name,
                    path,
                });
            }
        }
    }
    Ok(())
}

fn read_controls(folder: &Path, library: &mut Library) -> Result<(), LibraryError> {
    let categories: BTreeMap<String, String> = optional(&folder.join("categories.yaml"))?;
    let mut texts = BTreeMap::new();
    for path in files_with_extension(&folder.join("controls"), "yaml")? {
        let document: ControlDocument = read(&path)?;
        let (control, control_texts) = control(document, &categories);
        if texts.insert(control.id.clone(), control_texts).is_some() {
            return Err(LibraryError::Duplicate {
                kind: "control",
                name: control.id,
                path,
            });
        }
        library.controls.push(control);
    }
    library.controls.sort_by(|a, b| a.id.cmp(&b.id));
    library.texts.plain = texts.into();
    Ok(())
}

fn control(document: ControlDocument, categories: &BTreeMap<String, String>) -> (Control, ControlTexts) {
    let category = |name: String, sub_category: Option<Box<Category>>| {
        let id = categories.get(&name).cloned().unwrap_or_default();
        Category {
            name,
            id,
            sub_category,
        }
    };
    let sub_category = document.sub_category.map(|name| Box::new(category(name, None)));
    let control = Control {
        id: document.id,
        name: document.name,
        base_score: document.base_score,
        scope: document.scope,
        category: document.category.map(|name| category(name, sub_category)),
        types: document.types,
        action_required: document.action_required,
        mitre_columns: document.mitre_columns,
        attack_tracks: document.attack_tracks,
        aliases: document.aliases,
        frameworks: document.frameworks,
        rules: document.rules,
        fixed_inputs: document.fixed_inputs,
    };
    let texts = ControlTexts {
        description: document.description,
        impact: document.impact,
        default_value: document.default_value,
        remediation: document.remediation,
        example: document.example,
        manual_test: document.manual_test,
        references: document.references,
    };
    (control, texts)
}

fn read_frameworks(folder: &Path, library: &mut Library) -> Result<(), LibraryError> {
    for path in files_with_extension(&folder.join("frameworks"), "yaml")? {
        let document: FrameworkDocument = read(&path)?;
        let everything = document.controls.as_deref() == Some("all");
        let belongs = |control: &&Control| everything || control.frameworks.contains_key(&document.name);
        library.frameworks.push(Framework {
            controls: library
                .controls
                .iter()
                .filter(belongs)
                .map(|control| control.id.clone())
                .collect(),
            name: document.name,
            version: document.version,
            description: document.description.unwrap_or_default(),
            note: document.note,
            types: document.types,
            scope: document.scope,
            aliases: document.aliases,
            sections: document.sections,
        });
    }
    library
        .frameworks
        .sort_by_key(|framework| framework.name.to_lowercase());
    Ok(())
}

fn check_names(library: &Library) -> Result<(), LibraryError> {
    let dangling = |user: &str, kind, name: &str| LibraryError::Dangling {
        user: user.to_owned(),
        kind,
        name: name.to_owned(),
    };
    for rule in library.rules.values() {
        for module in [Some(&rule.module), rule.filter.as_ref()].into_iter().flatten() {
            if !library.modules.contains_key(module) {
                return Err(dangling(&rule.name, "Rego file", module));
            }
        }
    }
    let frameworks: HashSet<&str> = library
        .frameworks
        .iter()
        .map(|framework| framework.name.as_str())
        .collect();
    for control in &library.controls {
        if let Some(name) = control
            .rules
            .iter()
            .find(|name| !library.rules.contains_key(*name))
        {
            return Err(dangling(&control.id, "rule", name));
        }
        if let Some(name) = control
            .frameworks
            .keys()
            .find(|name| !frameworks.contains(name.as_str()))
        {
            return Err(dangling(&control.id, "framework", name));
        }
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
