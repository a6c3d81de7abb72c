//! A control: what is asked of a cluster, why, and what to do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Scope, Severity};

/// A control without its long texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// `C-0016`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// 0 to 10; gives the severity and weighs the scores.
    pub base_score: f32,
    /// Where it applies; empty: everywhere.
    pub scope: Vec<Scope>,
    /// Category with its sub-category, when it has one.
    pub category: Option<Category>,
    /// Tags such as `security` and `compliance`.
    pub types: Vec<String>,
    /// What a person has to add before the control can fail.
    pub action_required: Option<ActionRequired>,
    /// Tactics of the MITRE matrix for containers.
    pub mitre_columns: Vec<String>,
    /// Steps of attack tracks that a failure opens.
    pub attack_tracks: Vec<AttackTrackStep>,
    /// Older ids.
    pub aliases: Vec<String>,
    /// The frameworks it belongs to, by name.
    pub frameworks: BTreeMap<String, Membership>,
    /// Names of its rules; the control fails when any of them does.
    pub rules: Vec<String>,
    /// Inputs that it fixes for its rules.
    pub fixed_inputs: BTreeMap<String, Vec<String>>,
}

impl Control {
    /// Severity by base score.
    pub fn severity(&self) -> Severity {
        Severity::from_score(self.base_score)
    }

    /// The name under which a framework lists the control.
    pub fn name_in(&self, framework: &str) -> &str {
        self.frameworks
            .get(framework)
            .and_then(|membership| membership.title.as_deref())
            .unwrap_or(&self.name)
    }
}

/// What a framework says of a control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Sections that ask for it.
    #[serde(default)]
    pub sections: Vec<String>,
    /// The framework's own name of it.
    #[serde(default)]
    pub title: Option<String>,
}

/// A category, perhaps with a sub-category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Name for people.
    pub name: String,
    /// `Cat-5`.
    pub id: String,
    /// The finer division.
    #[serde(rename = "subCategory", default, skip_serializing_if = "Option::is_none")]
    pub sub_category: Option<Box<Category>>,
}

/// What a person has to add to a control's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ActionRequired {
    /// Inputs have to be set first.
    #[serde(rename = "configuration")]
    Configuration,
    /// A finding has to be reviewed.
    #[serde(rename = "requires review")]
    RequiresReview,
    /// The control is checked by hand.
    #[serde(rename = "manual review")]
    ManualReview,
}

/// A step of an attack track.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackTrackStep {
    /// Name of the track.
    #[serde(alias = "attackTrack")]
    pub track: String,
    /// Names of its steps.
    #[serde(default)]
    pub categories: Vec<String>,
}

/// The long texts of a control, loaded only when somebody reads them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ControlTexts {
    /// What it looks at, why it matters, how an attacker uses it.
    pub description: String,
    /// What may break when it is followed.
    pub impact: String,
    /// What holds when nothing is set.
    pub default_value: String,
    /// What to change.
    pub remediation: String,
    /// The change on an object or host.
    pub example: Example,
    /// How to check by hand.
    pub manual_test: String,
    /// Where to read on.
    pub references: Vec<String>,
}

/// The same object or command before and after the remediation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Example {
    /// What the control reports.
    pub before: String,
    /// What passes.
    pub after: String,
}
