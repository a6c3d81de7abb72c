//! Walking to the fields that a table names.

use kubescape_yaml::{Mapping, Node, Value};

use crate::id::Gvk;
use crate::tables::FieldSpec;

/// Calls a function on every field that a path leads to: lists are entered element by element, missing fields are made
/// when asked for. The error names what stands in the way.
pub(crate) fn each_field(
    node: &mut Node,
    gvk: &Gvk,
    spec: &FieldSpec,
    make: &Value,
    change: &mut dyn FnMut(&mut Node) -> Result<(), String>,
) -> Result<(), String> {
    if !gvk.fits(spec) {
        return Ok(());
    }
    let parts = split(&spec.path);
    walk(node, &parts, spec.create, make, &spec.path, change)
}

/// The parts of `a/b[]/c`; `\/` is a slash within a part.
pub(crate) fn split(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'/') => {
                characters.next();
                if let Some(last) = parts.last_mut() {
                    last.push('/');
                }
            }
            '/' => parts.push(String::new()),
            other => {
                if let Some(last) = parts.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn walk(
    node: &mut Node,
    parts: &[String],
    create: bool,
    make: &Value,
    path: &str,
    change: &mut dyn FnMut(&mut Node) -> Result<(), String>,
) -> Result<(), String> {
    let Some((part, rest)) = parts.split_first() else {
        return match &mut node.value {
            _ if !matches!(make, Value::Mapping(_)) && matches!(node.value, Value::Sequence(_)) => {
                if let Value::Sequence(items) = &mut node.value {
                    for item in items {
                        change(item)?;
                    }
                }
                Ok(())
            }
            _ => change(node),
        };
    };
    match &mut node.value {
        Value::Sequence(items) => {
            for item in items {
                walk(item, parts, create, make, path, change)?;
            }
            Ok(())
        }
        Value::Mapping(_) | Value::Null => {
            let (name, is_list) = match part.strip_suffix("[]") {
                Some(name) => (name, true),
                None => (part.as_str(), false),
            };
            let missing = node.get(name).is_none_or(Node::is_null);
            if missing {
                if !create || is_list {
                    return Ok(());
                }
                let content = if rest.is_empty() {
                    make.clone()
                } else {
                    Value::Mapping(Mapping::new())
                };
                if node.is_null() {
                    node.value = Value::Mapping(Mapping::new());
                }
                if let Some(map) = node.as_mapping_mut() {
                    map.insert(name, Node::new(content));
                }
            }
            match node.as_mapping_mut().and_then(|map| map.get_mut(name)) {
                Some(inner) => walk(inner, rest, create, make, path, change),
                None => Ok(()),
            }
        }
        _ => Err(format!(
            "considering field '{path}': expected sequence or mapping node"
        )),
    }
}
