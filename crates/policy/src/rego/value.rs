//! Objects as the engine sees them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubescape_yaml::{Mapping, Node, Value as YamlValue};
use regorus::Value;

/// An object converted for the engine, once; clones share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineValue(pub(super) Value);

impl EngineValue {
    /// Converts an object. `source_path` becomes a key of the object, as local objects carry it.
    pub fn from_object(object: &Node, source_path: Option<&Arc<str>>) -> Self {
        let mut value = from_node(object);
        if let (Some(path), Value::Object(_)) = (source_path, &value)
            && let Ok(map) = value.as_object_mut()
        {
            map.insert(Value::from("sourcePath"), Value::String(Arc::clone(path)));
        }
        Self(value)
    }

    /// Address of the shared object: equal for clones of one conversion, `None` for what is not a map.
    pub fn address(&self) -> Option<usize> {
        match &self.0 {
            Value::Object(map) => Some(Arc::as_ptr(map) as usize),
            _ => None,
        }
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.lookup(key).cloned().map(Self)
    }

    /// The text under a path of keys; empty when there is none.
    pub fn text(&self, path: &[&str]) -> String {
        let mut value = &self.0;
        for key in path {
            match value {
                Value::Object(map) => match map.get(&Value::from(*key)) {
                    Some(child) => value = child,
                    None => return String::new(),
                },
                _ => return String::new(),
            }
        }
        match value {
            Value::String(text) => text.to_string(),
            _ => String::new(),
        }
    }

    /// The entries of a list or set; a map counts as a list of itself, as rules return both.
    pub fn elements(&self) -> Vec<Self> {
        match &self.0 {
            Value::Array(items) => items.iter().cloned().map(Self).collect(),
            Value::Set(items) => items.iter().cloned().map(Self).collect(),
            Value::Object(_) => vec![self.clone()],
            _ => Vec::new(),
        }
    }

    /// The value as a tree for reports.
    pub fn to_node(&self) -> Node {
        to_node(&self.0)
    }

    pub(super) fn lookup(&self, key: &str) -> Option<&Value> {
        match &self.0 {
            Value::Object(map) => map.get(&Value::from(key)),
            _ => None,
        }
    }

    /// A copy of the object with one more key.
    #[must_use]
    pub fn with(&self, key: &str, value: Vec<Self>) -> Self {
        let mut copy = self.0.clone();
        if let Ok(map) = copy.as_object_mut() {
            map.insert(
                Value::from(key),
                Value::from(value.into_iter().map(|value| value.0).collect::<Vec<_>>()),
            );
        }
        Self(copy)
    }
}

impl From<&str> for EngineValue {
    fn from(text: &str) -> Self {
        Self(Value::from(text))
    }
}

pub(super) fn from_node(node: &Node) -> Value {
    match &node.value {
        YamlValue::Null => Value::Null,
        YamlValue::Bool(flag) => Value::from(*flag),
        YamlValue::Int(number) => Value::from(*number),
        YamlValue::UInt(number) => Value::from(*number),
        YamlValue::Float(number) => Value::from(*number),
        YamlValue::Number(text) => {
            Value::from_numeric_string(text).unwrap_or_else(|_| Value::from(text.to_string()))
        }
        YamlValue::String(text) | YamlValue::Time(text) => Value::String(Arc::clone(text)),
        YamlValue::Sequence(items) => Value::from(items.iter().map(from_node).collect::<Vec<_>>()),
        YamlValue::Mapping(map) => from_mapping(map),
    }
}

fn from_mapping(map: &Mapping) -> Value {
    Value::from(
        map.iter()
            .map(|(key, child)| (Value::String(Arc::clone(key)), from_node(child)))
            .collect::<BTreeMap<_, _>>(),
    )
}

fn to_node(value: &Value) -> Node {
    let value = match value {
        Value::Null | Value::Undefined => YamlValue::Null,
        Value::Bool(flag) => YamlValue::Bool(*flag),
        Value::String(text) => YamlValue::String(Arc::clone(text)),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => YamlValue::Int(number),
            (None, Some(number), _) => YamlValue::UInt(number),
            (None, None, Some(number)) => YamlValue::Float(number),
            _ => YamlValue::Null,
        },
        Value::Array(items) => YamlValue::Sequence(items.iter().map(to_node).collect()),
        Value::Set(items) => YamlValue::Sequence(items.iter().map(to_node).collect()),
        Value::Object(map) => YamlValue::Mapping(
            map.iter_sorted()
                .filter_map(|(key, child)| match key {
                    Value::String(key) => Some((Arc::clone(key), to_node(child))),
                    _ => None,
                })
                .collect(),
        ),
    };
    Node {
        value,
        ..Node::default()
    }
}
