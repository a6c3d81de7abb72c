//! A library to artefacts.

use std::collections::BTreeMap;

use kubescape_model::{Control, Framework, KindPattern, Rule, Scope};
use serde::Serialize;
use serde_json::Value;

use super::documents::{
    AttackTrackDocument, ConfigDocument, ControlAttributes, ControlDocument, FrameworkDocument,
    MatchDocument, RuleAttributes, RuleDocument, ScopeDocument, SectionDocument, TrackDocument,
    TrackMetadata, TrackSpec,
};
use crate::{Library, LibraryError};

/// A file that a library can be written to.
#[derive(Clone, Copy, Debug)]
pub enum Artifact<'a> {
    /// A framework with its controls and their rules.
    Framework(&'a Framework),
    /// A control with its rules.
    Control(&'a Control),
    /// The inputs of the controls.
    Inputs,
    /// The exceptions.
    Exceptions,
    /// The attack tracks.
    AttackTracks,
}

impl Artifact<'_> {
    /// Name of the file, in lower case.
    pub fn file_name(self) -> String {
        match self {
            Self::Framework(framework) => format!("{}.json", framework.name.to_lowercase()),
            Self::Control(control) => format!("{}.json", control.id.to_lowercase()),
            Self::Inputs => "controls-inputs.json".to_owned(),
            Self::Exceptions => "exceptions.json".to_owned(),
            Self::AttackTracks => "attack-tracks.json".to_owned(),
        }
    }
}

/// The JSON of an artefact, two spaces deep, with a line end.
pub fn write_artifact(library: &Library, artifact: Artifact<'_>) -> Result<String, LibraryError> {
    let value = match artifact {
        Artifact::Framework(framework) => json(&framework_document(library, framework)),
        Artifact::Control(control) => json(&control_document(library, control, &control.name)),
        Artifact::Inputs => json(&library.defaults),
        Artifact::Exceptions => json(
            &library
                .exceptions
                .iter()
                .map(|policy| &**policy)
                .collect::<Vec<_>>(),
        ),
        Artifact::AttackTracks => json(&attack_tracks(library)),
    }?;
    let text =
        serde_json::to_string_pretty(&value).map_err(|error| LibraryError::Packed(error.to_string()))?;
    Ok(text + "\n")
}

fn json(value: &impl Serialize) -> Result<Value, LibraryError> {
    serde_json::to_value(value).map_err(|error| LibraryError::Packed(error.to_string()))
}

fn framework_document(library: &Library, framework: &Framework) -> FrameworkDocument {
    let controls = || framework.controls.iter().filter_map(|id| library.control(id));
    let mut sub_sections: BTreeMap<String, SectionDocument> = framework
        .sections
        .iter()
        .map(|section| {
            (
                section.id.clone(),
                SectionDocument {
                    id: section.id.clone(),
                    name: section.title.clone(),
                    ..SectionDocument::default()
                },
            )
        })
        .collect();
    for control in controls() {
        for section in control
            .frameworks
            .get(&framework.name)
            .map(|membership| membership.sections.as_slice())
            .unwrap_or_default()
        {
            let entry = sub_sections
                .entry(section.clone())
                .or_insert_with(|| SectionDocument {
                    id: section.clone(),
                    ..SectionDocument::default()
                });
            entry.control_ids.push(control.id.clone());
        }
    }
    FrameworkDocument {
        name: framework.name.clone(),
        description: framework.description.clone(),
        version: framework.version.clone(),
        type_tags: framework.types.clone(),
        scanning_scope: scope_document(&framework.scope),
        sub_sections,
        controls: controls()
            .map(|control| control_document(library, control, control.name_in(&framework.name)))
            .collect(),
        control_ids: framework.controls.clone(),
        active_controls: Vec::new(),
    }
}

fn control_document(library: &Library, control: &Control, name: &str) -> ControlDocument {
    let texts = library.texts(&control.id);
    ControlDocument {
        id: control.id.clone(),
        name: name.to_owned(),
        description: texts.description.clone(),
        remediation: texts.remediation.clone(),
        base_score: control.base_score,
        attributes: ControlAttributes {
            control_type_tags: control.types.clone(),
            attack_tracks: control
                .attack_tracks
                .iter()
                .map(|step| TrackDocument {
                    attack_track: step.track.clone(),
                    categories: step.categories.clone(),
                })
                .collect(),
            action_required: control.action_required,
            microsoft_mitre_columns: control.mitre_columns.clone(),
        },
        fixed_input: control.fixed_inputs.clone(),
        category: control.category.clone(),
        scanning_scope: scope_document(&control.scope),
        manual_test: texts.manual_test.clone(),
        impact: texts.impact.clone(),
        default_value: texts.default_value.clone(),
        references: texts.references.clone(),
        rules: control
            .rules
            .iter()
            .filter_map(|name| library.rules.get(name))
            .map(|rule| rule_document(library, rule))
            .collect(),
        rules_names: Vec::new(),
    }
}

fn rule_document(library: &Library, rule: &Rule) -> RuleDocument {
    let module = |key: &str| library.modules.get(key).cloned().unwrap_or_default();
    RuleDocument {
        name: rule.name.clone(),
        rule: module(&rule.module),
        resource_enumerator: rule.filter.as_deref().map(module).unwrap_or_default(),
        rule_language: "Rego".to_owned(),
        description: rule.description.clone(),
        attributes: RuleAttributes {
            resources_aggregator: rule.aggregator,
            use_from_kubescape_version: rule.from_version.clone(),
            use_until_kubescape_version: rule.until_version.clone(),
        },
        matches: rule.matches.iter().map(match_document).collect(),
        dynamic_match: rule.external.iter().map(match_document).collect(),
        control_config_inputs: rule
            .config
            .iter()
            .map(|input| ConfigDocument {
                path: format!("settings.postureControlInputs.{}", input.key),
                name: input.name.clone(),
                description: input.description.clone(),
            })
            .collect(),
        parameters: rule.parameters.clone(),
        whole_cluster: rule.whole_cluster,
        across: rule.across.iter().map(match_document).collect(),
    }
}

fn match_document(pattern: &KindPattern) -> MatchDocument {
    MatchDocument {
        api_groups: vec![pattern.group.clone()],
        api_versions: vec![pattern.version.clone()],
        resources: vec![pattern.kind.clone()],
    }
}

fn scope_document(scopes: &[Scope]) -> ScopeDocument {
    ScopeDocument {
        matches: scopes.iter().cloned().map(String::from).collect(),
    }
}

fn attack_tracks(library: &Library) -> Vec<AttackTrackDocument> {
    library
        .attack_tracks
        .iter()
        .map(|track| AttackTrackDocument {
            api_version: "regolibrary.kubescape/v1alpha1".to_owned(),
            kind: "AttackTrack".to_owned(),
            metadata: TrackMetadata {
                name: track.name.clone(),
            },
            spec: TrackSpec {
                version: "1.0".to_owned(),
                description: track.description.clone(),
                data: (&track.root).into(),
            },
        })
        .collect()
}
