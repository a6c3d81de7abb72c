//! Artefacts to a library.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kubescape_model::{
    ActionRequired, AttackTrack, ConfigInput, Control, ControlTexts, ExceptionPolicy, Framework, KindPattern,
    Membership, Rule, Scope, Section,
};
use serde_json::Value;

use super::documents::{
    AttackTrackDocument, ConfigDocument, ControlDocument, FrameworkDocument, MatchDocument, RuleDocument,
    SectionDocument,
};
use super::joined::{Joins, place_of};
use super::{Artifacts, without_nulls};
use crate::document::typed;
use crate::{Inputs, Library, LibraryError, Texts};

/// Puts a library together, file by file.
pub(super) struct Builder {
    library: Library,
    controls: BTreeMap<String, Control>,
    texts: BTreeMap<String, ControlTexts>,
    joins: Joins,
    warnings: Vec<String>,
}

impl Builder {
    /// Starts with what every library has: the modules that rules import.
    pub(super) fn new(base: &Library) -> Self {
        let modules = base.modules.iter().filter(|(key, _)| key.starts_with("lib/"));
        let library = Library {
            modules: modules.map(|(key, text)| (key.clone(), text.clone())).collect(),
            defaults: base.defaults.clone(),
            ..Library::default()
        };
        Self {
            library,
            controls: BTreeMap::new(),
            texts: BTreeMap::new(),
            joins: Joins::default(),
            warnings: Vec::new(),
        }
    }

    /// Adds a table, when the file is one.
    pub(super) fn add_table(&mut self, path: &Path, text: &str) -> Result<bool, LibraryError> {
        self.joins.add_table(path, text)
    }

    /// Whether controls or rules are still missing that the files name.
    pub(super) fn lacks(&self) -> bool {
        let wanted = |(path, framework): &(std::path::PathBuf, FrameworkDocument)| {
            let listed = self.joins.controls_of(path, framework);
            listed.is_empty()
                || listed
                    .iter()
                    .any(|named| !self.controls.contains_key(&named.name))
        };
        let ruleless = |control: &Control| {
            control.rules.is_empty() && control.action_required != Some(ActionRequired::ManualReview)
        };
        self.joins.frameworks.iter().any(wanted) || self.controls.values().any(ruleless)
    }

    /// Adds a JSON file, whatever it holds.
    pub(super) fn add(&mut self, path: &Path, value: Value) -> Result<(), LibraryError> {
        match without_nulls(value) {
            Value::Array(items) => items
                .into_iter()
                .try_for_each(|item| self.add_document(path, item)),
            document => self.add_document(path, document),
        }
    }

    fn add_document(&mut self, path: &Path, document: Value) -> Result<(), LibraryError> {
        let has = |key: &str| document.get(key).is_some();
        if has("controlID") {
            let control = typed(path, document)?;
            return self.control(path, control);
        }
        if document.get("rule").is_some_and(Value::is_string) {
            let rule: RuleDocument = typed(path, document)?;
            self.joins.rules.insert(rule.name.clone(), rule);
            return Ok(());
        }
        if [
            "controls",
            "controlsIDs",
            "activeControls",
            "subSections",
            "typeTags",
        ]
        .into_iter()
        .any(has)
        {
            return self.framework(path, typed(path, document)?);
        }
        if document.get("kind").and_then(Value::as_str) == Some("AttackTrack") {
            let track: AttackTrackDocument = typed(path, document)?;
            self.library.attack_tracks.push(AttackTrack {
                name: track.metadata.name,
                description: track.spec.description,
                root: track.spec.data.into(),
            });
            return Ok(());
        }
        if has("policyType") || has("posturePolicies") {
            let policy: ExceptionPolicy = typed(path, document)?;
            self.library.exceptions.push(Arc::new(policy));
            return Ok(());
        }
        if let Some(inputs) = document.pointer("/settings/postureControlInputs") {
            self.library
                .defaults
                .extend(typed::<Inputs>(path, inputs.clone())?);
            return Ok(());
        }
        // What is left is a file of inputs, or belongs to somebody else.
        if let Ok(inputs) = serde_json::from_value::<Inputs>(document) {
            self.library.defaults.extend(inputs);
        }
        Ok(())
    }

    /// Adds a framework that holds its controls; one that only lists them waits for [`Self::finish`].
    fn framework(&mut self, path: &Path, mut document: FrameworkDocument) -> Result<(), LibraryError> {
        if document.name.is_empty() {
            return Err(LibraryError::Shape {
                path: path.to_owned(),
                message: "the framework has no name".to_owned(),
            });
        }
        let holds = |control: &ControlDocument| !control.name.is_empty() || !control.rules.is_empty();
        if !document.controls.iter().any(holds) {
            self.joins.frameworks.push((path.to_owned(), document));
            return Ok(());
        }
        let controls = std::mem::take(&mut document.controls);
        let titles = controls
            .iter()
            .map(|control| (control.id.clone(), Some(control.name.clone())))
            .collect();
        for control in controls {
            self.control(path, control)?;
        }
        self.list(document, titles);
        Ok(())
    }

    /// Puts a framework into the library, with the controls that it has and its names of them.
    fn list(&mut self, document: FrameworkDocument, titles: BTreeMap<String, Option<String>>) {
        let mut sections = Vec::new();
        let mut sections_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        flatten(document.sub_sections, &mut sections, &mut sections_of);
        let ids = titles.keys().cloned().collect();
        for (id, title) in titles {
            let membership = Membership {
                sections: sections_of.remove(&id).unwrap_or_default(),
                title,
            };
            if let Some(control) = self.controls.get_mut(&id) {
                control.frameworks.insert(document.name.clone(), membership);
            }
        }
        self.library
            .frameworks
            .retain(|known| !known.name.eq_ignore_ascii_case(&document.name));
        self.library.frameworks.push(Framework {
            name: document.name,
            version: document.version,
            description: document.description,
            note: String::new(),
            types: document.type_tags,
            scope: scopes(document.scanning_scope.matches),
            aliases: Vec::new(),
            sections,
            controls: ids,
        });
    }

    /// Gives the controls that hold no rules those that they list.
    fn join_rules(&mut self) {
        let without: Vec<String> = self
            .controls
            .values()
            .filter(|control| control.rules.is_empty())
            .map(|control| control.id.clone())
            .collect();
        for id in without {
            let mut rules = Vec::new();
            for named in self.joins.rules_of(&id) {
                if let Some(document) = self.joins.rules.get(&named.name) {
                    let document = document.clone();
                    rules.push(self.rule(document));
                } else if self.library.rules.contains_key(&named.name) {
                    rules.push(named.name);
                } else {
                    self.warnings.push(format!(
                        "{}: control {id} names the rule {:?}, which no file has; it is left out",
                        named.place(),
                        named.name
                    ));
                }
            }
            if let Some(control) = self.controls.get_mut(&id) {
                control.rules = rules;
            }
        }
    }

    /// Gives the frameworks that hold no controls those that they list.
    fn join_frameworks(&mut self) -> Result<(), LibraryError> {
        for (path, document) in std::mem::take(&mut self.joins.frameworks) {
            let known = &self.library.frameworks;
            if known
                .iter()
                .any(|whole| whole.name.eq_ignore_ascii_case(&document.name))
            {
                continue;
            }
            let listed = self.joins.controls_of(&path, &document);
            let (found, missing): (Vec<_>, Vec<_>) = listed
                .into_iter()
                .partition(|named| self.controls.contains_key(&named.name));
            if found.is_empty() {
                return Err(no_controls(&path, &document.name, missing.len()));
            }
            self.warnings.extend(missing.iter().map(|named| {
                format!(
                    "{}: framework {:?} names the control {:?}, which no file has; it is left out",
                    named.place(),
                    document.name,
                    named.name
                )
            }));
            let titles = found.into_iter().map(|named| (named.name, named.title));
            self.list(document, titles.collect());
        }
        Ok(())
    }

    fn control(&mut self, path: &Path, document: ControlDocument) -> Result<(), LibraryError> {
        if document.id.is_empty() {
            return Err(LibraryError::Shape {
                path: path.to_owned(),
                message: "a control has no controlID".to_owned(),
            });
        }
        let rules: Vec<String> = document.rules.into_iter().map(|rule| self.rule(rule)).collect();
        self.joins
            .add_rule_names(path, &document.id, document.rules_names);
        self.texts
            .entry(document.id.clone())
            .or_insert_with(|| ControlTexts {
                description: document.description,
                remediation: document.remediation,
                impact: document.impact,
                default_value: document.default_value,
                manual_test: document.manual_test,
                references: document.references,
                ..ControlTexts::default()
            });
        let attributes = document.attributes;
        let control = self
            .controls
            .entry(document.id.clone())
            .or_insert_with(|| Control {
                id: document.id,
                name: document.name,
                base_score: document.base_score,
                scope: scopes(document.scanning_scope.matches),
                category: document.category,
                types: attributes.control_type_tags,
                action_required: attributes.action_required,
                mitre_columns: attributes.microsoft_mitre_columns,
                attack_tracks: attributes.attack_tracks.into_iter().map(Into::into).collect(),
                fixed_inputs: document.fixed_input,
                ..Control::default()
            });
        // The same control may stand in several files, and only some of them hold its rules.
        if control.rules.is_empty() {
            control.rules = rules;
        }
        Ok(())
    }

    /// Adds a rule and gives the name under which it stands; another policy of the same name gets a name of its own.
    fn rule(&mut self, document: RuleDocument) -> String {
        if !matches!(document.rule_language.to_lowercase().as_str(), "" | "rego") {
            self.warnings.push(format!(
                "the rule {:?} is written in {}, and only Rego is run here: its controls are not judged",
                document.name, document.rule_language
            ));
        }
        let mut key = document.name.clone();
        let mut number = 1;
        while self.holds_another(&key, &document) {
            number += 1;
            key = format!("{}#{number}", document.name);
        }
        let module = module_key(&key);
        let rule = rule(document.clone(), module.clone());
        if let Some(filter) = &rule.filter {
            self.library
                .modules
                .insert(filter.clone(), document.resource_enumerator);
        }
        self.library.modules.insert(module, document.rule);
        self.library.rules.insert(key.clone(), rule);
        key
    }

    /// Whether a different rule stands under the name.
    fn holds_another(&self, key: &str, document: &RuleDocument) -> bool {
        let other_text = self
            .library
            .modules
            .get(&module_key(key))
            .is_some_and(|text| *text != document.rule);
        let other_values = self
            .library
            .rules
            .get(key)
            .is_some_and(|rule| rule.parameters != document.parameters);
        other_text || other_values
    }

    /// Joins what the files name, and gives the library.
    pub(super) fn finish(mut self) -> Result<Artifacts, LibraryError> {
        self.join_rules();
        self.join_frameworks()?;
        self.library.controls = self.controls.into_values().collect();
        self.library
            .frameworks
            .sort_by_key(|framework| framework.name.to_lowercase());
        self.library.attack_tracks.sort_by(|a, b| a.name.cmp(&b.name));
        self.library.texts = Texts {
            plain: self.texts.into(),
            ..Texts::default()
        };
        Ok(Artifacts {
            library: self.library,
            warnings: self.warnings,
        })
    }
}

/// A framework of which no file has a control.
fn no_controls(path: &Path, name: &str, listed: usize) -> LibraryError {
    let place = place_of(path, name);
    LibraryError::Line {
        path: place.path,
        line: place.line,
        message: format!(
            "framework {name:?}: empty list of controls: it holds none, and no file has one of the {listed} that it \
             lists; give controls, rules, FWName_CID_CName and ControlID_RuleName of the same release too"
        ),
    }
}

fn module_key(rule: &str) -> String {
    format!("artifacts/{rule}.rego")
}

/// A rule of a library from its document.
pub(crate) fn rule(document: RuleDocument, module: String) -> Rule {
    let filter =
        (!document.resource_enumerator.trim().is_empty()).then(|| module.replace(".rego", ".filter.rego"));
    Rule {
        name: document.name,
        description: document.description,
        matches: document.matches.iter().flat_map(kind_patterns).collect(),
        external: document.dynamic_match.iter().flat_map(kind_patterns).collect(),
        config: document
            .control_config_inputs
            .into_iter()
            .filter_map(config_input)
            .collect(),
        aggregator: document.attributes.resources_aggregator,
        whole_cluster: document.whole_cluster,
        across: document.across.iter().flat_map(kind_patterns).collect(),
        module,
        filter,
        parameters: document.parameters,
        from_version: document.attributes.use_from_kubescape_version,
        until_version: document.attributes.use_until_kubescape_version,
        alias: None,
    }
}

fn kind_patterns(document: &MatchDocument) -> Vec<KindPattern> {
    let mut patterns = Vec::new();
    for group in &document.api_groups {
        for version in &document.api_versions {
            patterns.extend(document.resources.iter().map(|kind| KindPattern {
                group: if group == "core" {
                    String::new()
                } else {
                    group.clone()
                },
                version: version.clone(),
                kind: kind.clone(),
            }));
        }
    }
    patterns
}

/// Only the last of exactly three segments counts.
fn config_input(document: ConfigDocument) -> Option<ConfigInput> {
    let parts: Vec<&str> = document.path.split('.').collect();
    let [_, _, key] = parts.as_slice() else {
        return None;
    };
    Some(ConfigInput {
        key: (*key).to_owned(),
        name: document.name,
        description: document.description,
    })
}

fn scopes(names: Vec<String>) -> Vec<Scope> {
    names.into_iter().map(Scope::from).collect()
}

fn flatten(
    documents: BTreeMap<String, SectionDocument>,
    sections: &mut Vec<Section>,
    sections_of: &mut BTreeMap<String, Vec<String>>,
) {
    for (key, document) in documents {
        let id = if document.id.is_empty() { key } else { document.id };
        for control in document.control_ids {
            sections_of.entry(control).or_default().push(id.clone());
        }
        sections.push(Section {
            id,
            title: document.name,
        });
        flatten(document.sub_sections, sections, sections_of);
    }
}
