//! Parameters: what makes one body of Rego serve several rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All parameters of a rule by name.
pub type Parameters = BTreeMap<String, Parameter>;

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Parameter {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Parameter>),
    /// A map.
    Map(BTreeMap<String, Parameter>),
}
