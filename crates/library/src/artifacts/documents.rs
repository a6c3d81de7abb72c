//! The shapes of artefacts, for reading and writing.

use std::collections::BTreeMap;

use kubescape_model::{ActionRequired, Aggregator, AttackStep, AttackTrackStep, Category, Parameters};
use serde::{Deserialize, Serialize};

use crate::Inputs;

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FrameworkDocument {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) version: String,
    pub(super) type_tags: Vec<String>,
    pub(super) scanning_scope: ScopeDocument,
    pub(super) sub_sections: BTreeMap<String, SectionDocument>,
    pub(super) controls: Vec<ControlDocument>,
    #[serde(rename = "controlsIDs")]
    pub(super) control_ids: Vec<String>,
    #[serde(skip_serializing)]
    pub(super) active_controls: Vec<ActiveControl>,
}

/// A control that a framework lists by its id, perhaps under a name of its own.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ActiveControl {
    #[serde(rename = "controlID")]
    pub(super) id: String,
    pub(super) patch: Patch,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Patch {
    pub(super) name: Option<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct ScopeDocument {
    pub(super) matches: Vec<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SectionDocument {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(rename = "controlsIDs")]
    pub(super) control_ids: Vec<String>,
    pub(super) sub_sections: BTreeMap<String, SectionDocument>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ControlDocument {
    #[serde(rename = "controlID")]
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) remediation: String,
    pub(super) base_score: f32,
    pub(super) attributes: ControlAttributes,
    pub(super) fixed_input: Inputs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<Category>,
    pub(super) scanning_scope: ScopeDocument,
    #[serde(rename = "manual_test")]
    pub(super) manual_test: String,
    #[serde(rename = "impact_statement")]
    pub(super) impact: String,
    #[serde(rename = "default_value")]
    pub(super) default_value: String,
    pub(super) references: Vec<String>,
    pub(super) rules: Vec<RuleDocument>,
    #[serde(skip_serializing)]
    pub(super) rules_names: Vec<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ControlAttributes {
    pub(super) control_type_tags: Vec<String>,
    pub(super) attack_tracks: Vec<TrackDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action_required: Option<ActionRequired>,
    pub(super) microsoft_mitre_columns: Vec<String>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TrackDocument {
    pub(super) attack_track: String,
    pub(super) categories: Vec<String>,
}

impl From<TrackDocument> for AttackTrackStep {
    fn from(document: TrackDocument) -> Self {
        Self {
            track: document.attack_track,
            categories: document.categories,
        }
    }
}

#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RuleDocument {
    pub(crate) name: String,
    /// The policy itself.
    pub(crate) rule: String,
    /// The policy that chooses what the rule is about.
    pub(crate) resource_enumerator: String,
    pub(crate) rule_language: String,
    pub(crate) description: String,
    pub(crate) attributes: RuleAttributes,
    #[serde(rename = "match")]
    pub(crate) matches: Vec<MatchDocument>,
    pub(crate) dynamic_match: Vec<MatchDocument>,
    pub(crate) control_config_inputs: Vec<ConfigDocument>,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub(crate) parameters: Parameters,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) whole_cluster: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) across: Vec<MatchDocument>,
}

#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RuleAttributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources_aggregator: Option<Aggregator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_from_kubescape_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_until_kubescape_version: Option<String>,
}

#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MatchDocument {
    pub(crate) api_groups: Vec<String>,
    pub(crate) api_versions: Vec<String>,
    pub(crate) resources: Vec<String>,
}

#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct ConfigDocument {
    /// `settings.postureControlInputs.NAME`.
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) description: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AttackTrackDocument {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) metadata: TrackMetadata,
    pub(super) spec: TrackSpec,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct TrackMetadata {
    pub(super) name: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct TrackSpec {
    pub(super) version: String,
    pub(super) description: String,
    pub(super) data: AttackStepDocument,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AttackStepDocument {
    pub(super) name: String,
    pub(super) description: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) checks_vulnerabilities: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sub_steps: Vec<AttackStepDocument>,
}

impl From<AttackStepDocument> for AttackStep {
    fn from(document: AttackStepDocument) -> Self {
        Self {
            name: document.name,
            description: document.description,
            checks_vulnerabilities: document.checks_vulnerabilities,
            steps: document.sub_steps.into_iter().map(Self::from).collect(),
        }
    }
}

impl From<&AttackStep> for AttackStepDocument {
    fn from(step: &AttackStep) -> Self {
        Self {
            name: step.name.clone(),
            description: step.description.clone(),
            checks_vulnerabilities: step.checks_vulnerabilities,
            sub_steps: step.steps.iter().map(Self::from).collect(),
        }
    }
}
