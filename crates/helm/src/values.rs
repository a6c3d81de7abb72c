//! Values: from YAML, and merged over each other.

use kubescape_gotemplate::{Map, Value};
use kubescape_yaml::{Limits, Node, Profile, Value as Yaml, load_one};

/// A YAML node as a value: every number is a float, as in Go's way through JSON.
pub fn from_node(node: &Node) -> Value {
    match &node.value {
        Yaml::Null => Value::Nil,
        Yaml::Bool(flag) => Value::Bool(*flag),
        Yaml::Int(_) | Yaml::UInt(_) | Yaml::Float(_) | Yaml::Number(_) => {
            Value::Float(node.as_f64().unwrap_or_default())
        }
        Yaml::String(text) | Yaml::Time(text) => (**text).into(),
        Yaml::Sequence(items) => Value::list(items.iter().map(from_node).collect()),
        Yaml::Mapping(map) => Value::Map(
            map.iter()
                .map(|(key, value)| (&**key, from_node(value)))
                .collect::<Map>(),
        ),
    }
}

/// Reads YAML as `sigs.k8s.io/yaml` does. The error is Go's, as far as it is known.
pub fn read_yaml(text: &str) -> Result<Value, String> {
    let node = load_one(text, Profile::SigsYaml, &Limits::default())
        .map_err(|error| format!("error converting YAML to JSON: yaml: {}", error.go_text()))?;
    if let Some(number) = infinite(&node) {
        return Err(format!(
            "error converting YAML to JSON: json: unsupported value: {number}"
        ));
    }
    Ok(from_node(&node))
}

/// The first number that JSON cannot hold.
pub(crate) fn infinite(node: &Node) -> Option<String> {
    match &node.value {
        Yaml::Float(number) if !number.is_finite() => Some(kubescape_gotemplate::format::float_text(*number)),
        Yaml::Sequence(items) => items.iter().find_map(infinite),
        Yaml::Mapping(map) => map.iter().find_map(|(_, value)| infinite(value)),
        _ => None,
    }
}

/// Reads YAML that must be a map; nothing is an empty one.
pub fn read_table(text: &str) -> Result<Map, String> {
    match read_yaml(text)? {
        Value::Nil => Ok(Map::dict()),
        Value::Map(map) => Ok(map),
        other => Err(format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            json_type(&other)
        )),
    }
}

/// A type as Go's JSON decoder names it.
pub(crate) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::String(_) | Value::Bytes(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) | Value::Object(_) => "object",
        _ => "number",
    }
}

/// A copy that shares nothing.
pub fn copy(map: &Map) -> Map {
    map.entries()
        .into_iter()
        .map(|(key, value)| (key, copy_value(&value)))
        .collect()
}

/// The same for any value.
pub(crate) fn copy_value(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(copy(map)),
        Value::List(list) => Value::list(list.items().iter().map(copy_value).collect()),
        other => other.clone(),
    }
}

/// Merges one values file over another: maps are joined, all else is replaced.
pub fn merge_over(base: &Map, over: &Map) {
    for (key, value) in over.entries() {
        match (base.get(&key), &value) {
            (Some(Value::Map(old)), Value::Map(new)) => merge_over(&old, new),
            _ => base.insert(key, value),
        }
    }
}

/// What happens to an explicit `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// It deletes the default.
    Delete,
    /// It stays, to delete defaults further down.
    Keep,
}

/// Fills a map with the defaults that it lacks (Helm's "coalescing" of tables): the map wins.
pub fn coalesce_tables(map: &Map, defaults: &Map, nulls: Nulls) {
    for (key, default) in defaults.entries() {
        match (map.get(&key), &default) {
            (None, _) => map.insert(key, copy_value(&default)),
            (Some(Value::Nil), _) if nulls == Nulls::Delete => {
                map.remove(&key);
            }
            (Some(Value::Map(own)), Value::Map(defaults)) => coalesce_tables(&own, defaults, nulls),
            _ => {}
        }
    }
}

/// The value at a dotted path.
pub fn path_value(map: &Map, path: &str) -> Option<Value> {
    let mut at = Value::Map(map.clone());
    for key in path.split('.') {
        at = at.as_map()?.get(key)?;
    }
    Some(at)
}
