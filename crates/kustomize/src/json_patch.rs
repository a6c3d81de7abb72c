//! JSON 6902 patches: <https://www.rfc-editor.org/rfc/rfc6902>, with the liberties that kustomize takes.

use kubescape_yaml::{Mapping, Node, Value};
use serde::Deserialize;

type Result<T> = std::result::Result<T, String>;

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    op: String,
    path: String,
    from: String,
    value: Node,
}

#[derive(Deserialize)]
struct Header {
    op: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    from: String,
}

/// The operations of a parsed patch; nothing when it is no list of operations.
pub(crate) fn operations(node: &Node) -> Option<Vec<Operation>> {
    node.as_sequence()?
        .iter()
        .map(|entry| {
            let header: Header = serde_json::from_value(serde_json::to_value(entry).ok()?).ok()?;
            Some(Operation {
                op: header.op,
                path: header.path,
                from: header.from,
                value: entry.get("value").cloned().unwrap_or_default(),
            })
        })
        .collect()
}

/// Applies operations in order.
pub(crate) fn apply(node: &mut Node, operations: &[Operation]) -> Result<()> {
    for operation in operations {
        let path = pointer(&operation.path);
        match operation.op.as_str() {
            "add" => add(node, &path, operation.value.clone(), &operation.path)?,
            "remove" => {
                remove(node, &path, &operation.path)?;
            }
            "replace" => replace(node, &path, operation.value.clone(), &operation.path)?,
            "move" => {
                let value = remove(node, &pointer(&operation.from), &operation.from)?;
                add(node, &path, value, &operation.path)?;
            }
            "copy" => {
                let value = find(node, &pointer(&operation.from))
                    .cloned()
                    .ok_or_else(|| missing("copy", &operation.from))?;
                add(node, &path, value, &operation.path)?;
            }
            "test" => {
                let found = find(node, &path).cloned().unwrap_or_default();
                if !same(&found, &operation.value) {
                    return Err(format!("testing value {} failed: test failed", operation.path));
                }
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(())
}

fn same(left: &Node, right: &Node) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.to_bits() == right.to_bits(),
        _ => serde_json::to_value(left).ok() == serde_json::to_value(right).ok(),
    }
}

/// The parts of a pointer. A path without its slash loses its first part.
fn pointer(path: &str) -> Vec<String> {
    path.split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect()
}

fn missing(operation: &str, path: &str) -> String {
    format!("{operation} operation does not apply: doc is missing path: {path:?}: missing value")
}

fn index_of(part: &str, length: usize, inserting: bool) -> Option<usize> {
    if part == "-" && inserting {
        return Some(length);
    }
    let number: i64 = part.parse().ok()?;
    let limit = if inserting { length } else { length.checked_sub(1)? };
    let index = if number < 0 {
        usize::try_from(i64::try_from(limit).ok()? + number + 1).ok()?
    } else {
        usize::try_from(number).ok()?
    };
    (index <= limit).then_some(index)
}

fn find<'a>(node: &'a Node, path: &[String]) -> Option<&'a Node> {
    let mut at = node;
    for part in path {
        at = match &at.value {
            Value::Mapping(map) => map.get(part)?,
            Value::Sequence(items) => items.get(index_of(part, items.len(), false)?)?,
            _ => return None,
        };
    }
    Some(at)
}

fn find_mut<'a>(node: &'a mut Node, path: &[String]) -> Option<&'a mut Node> {
    let mut at = node;
    for part in path {
        at = match &mut at.value {
            Value::Mapping(map) => map.get_mut(part)?,
            Value::Sequence(items) => {
                let index = index_of(part, items.len(), false)?;
                items.get_mut(index)?
            }
            _ => return None,
        };
    }
    Some(at)
}

fn add(node: &mut Node, path: &[String], value: Node, shown: &str) -> Result<()> {
    let Some((last, before)) = path.split_last() else {
        *node = value;
        return Ok(());
    };
    let parent = find_mut(node, before).ok_or_else(|| missing("add", shown))?;
    match &mut parent.value {
        Value::Mapping(map) => map.insert(last.as_str(), value),
        Value::Null => {
            let mut map = Mapping::new();
            map.insert(last.as_str(), value);
            parent.value = Value::Mapping(map);
        }
        Value::Sequence(items) => {
            let index = index_of(last, items.len(), true).ok_or_else(|| {
                format!("error in add for path: '{shown}': Unable to access invalid index: {last}: invalid index referenced")
            })?;
            items.insert(index, value);
        }
        _ => return Err(missing("add", shown)),
    }
    Ok(())
}

fn remove(node: &mut Node, path: &[String], shown: &str) -> Result<Node> {
    let gone = |key: &str| {
        format!("error in remove for path: '{shown}': Unable to remove nonexistent key: {key}: missing value")
    };
    let Some((last, before)) = path.split_last() else {
        return Ok(std::mem::take(node));
    };
    let parent = find_mut(node, before).ok_or_else(|| missing("remove", shown))?;
    match &mut parent.value {
        Value::Mapping(map) => map.remove(last).ok_or_else(|| gone(last)),
        Value::Sequence(items) => match index_of(last, items.len(), false) {
            Some(index) => Ok(items.remove(index)),
            None => Err(format!(
                "error in remove for path: '{shown}': Unable to access invalid index: {last}: invalid index referenced"
            )),
        },
        _ => Err(gone(last)),
    }
}

/// A missing key of a map is made.
fn replace(node: &mut Node, path: &[String], value: Node, shown: &str) -> Result<()> {
    let Some((last, before)) = path.split_last() else {
        *node = value;
        return Ok(());
    };
    let parent = find_mut(node, before).ok_or_else(|| missing("replace", shown))?;
    match &mut parent.value {
        Value::Mapping(map) => map.insert(last.as_str(), value),
        Value::Sequence(items) => {
            let place = index_of(last, items.len(), false).and_then(|index| items.get_mut(index));
            *place.ok_or_else(|| missing("replace", shown))? = value;
        }
        _ => return Err(missing("replace", shown)),
    }
    Ok(())
}
