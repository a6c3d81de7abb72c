//! Exceptions: findings that somebody has accepted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An accepted risk: findings that match it count as passed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExceptionPolicy {
    /// Name in reports and audits.
    pub name: String,
    /// Kind of document; kept, not looked at.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub policy_type: String,
    /// `alertOnly` or `disable`; kept, not looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// RFC 3339 time from which it no longer holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<String>,
    /// Which resources; any may match, none matches nothing.
    pub resources: Vec<Designator>,
    /// Which controls; any may match, an empty list matches all.
    pub posture_policies: Vec<PosturePolicy>,
}

/// A description of resources by attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Designator {
    /// Only `Attributes` is known.
    pub designator_type: String,
    /// Anchored regular expressions by attribute; keys that are no attribute are labels or annotations.
    pub attributes: BTreeMap<String, String>,
}

/// A description of controls; absent parts match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PosturePolicy {
    /// Name or expression of a framework.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub framework_name: String,
    /// Id or expression.
    #[serde(rename = "controlID", skip_serializing_if = "String::is_empty")]
    pub control_id: String,
    /// Name or expression of a rule.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule_name: String,
}
