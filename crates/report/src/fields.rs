//! Evidence in words: what is wrong, where, and what is there now.

use kubescape_model::{Resource, ResourceId};
use kubescape_yaml::{LineIndex, Node, Position, Value};

/// Words that stand for a value that is not shown.
pub(crate) const REDACTED: &str = "[redacted]";

/// The value at a path in a few words; `None` for maps, lists and what is absent.
pub(crate) fn current_value(resource: &Resource, path: &str, show_secrets: bool) -> Option<String> {
    let object = resource.object.node();
    let node = object.at(path)?;
    let text = match &node.value {
        Value::String(text) | Value::Time(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => kubescape_yaml::format_float(*number),
        Value::Number(text) => text.to_string(),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => return None,
    };
    let secret = is_secret(resource, path);
    Some(if secret && !show_secrets {
        REDACTED.to_owned()
    } else {
        text
    })
}

/// Data of secrets and config maps, and values of environment variables.
pub(crate) fn is_secret(resource: &Resource, path: &str) -> bool {
    let in_data = path.starts_with("data") || path.starts_with("stringData");
    let holds_data = ["Secret", "ConfigMap"].contains(&resource.kind.kind.as_str());
    (holds_data && in_data) || (path.contains(".env[") && path.ends_with(".value"))
}

/// Where a path stands in the text of its file: the key of the deepest part that exists.
pub(crate) fn position(object: &Node, path: &str, lines: &LineIndex<'_>) -> Position {
    let nearest = object.nearest(path);
    let span = nearest
        .key
        .filter(|_| nearest.exact || nearest.node.as_sequence().is_none())
        .unwrap_or(nearest.node.span);
    lines.position(span.start as usize)
}

/// Whether the path is one of the resource's own.
pub(crate) fn is_own(resource_id: &ResourceId, resource: &Resource) -> bool {
    *resource_id == resource.id
}
