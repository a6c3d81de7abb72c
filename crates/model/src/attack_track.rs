//! Attack tracks: the steps from a first foothold to damage, opened by failed controls.

use serde::{Deserialize, Serialize};

/// A tree of steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackTrack {
    /// Unique name.
    pub name: String,
    /// The story it tells.
    #[serde(default)]
    pub description: String,
    /// The first step.
    pub root: AttackStep,
}

/// One step and what can follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttackStep {
    /// Name, unique within the track.
    pub name: String,
    /// What the attacker does.
    #[serde(default)]
    pub description: String,
    /// Vulnerable images open the step too.
    #[serde(default)]
    pub checks_vulnerabilities: bool,
    /// Steps that can follow.
    #[serde(default, alias = "subSteps")]
    pub steps: Vec<AttackStep>,
}
