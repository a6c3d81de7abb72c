//! JSON 6902 patches: <https://www.rfc-editor.org/rfc/rfc6902>, with the liberties that kustomize takes.

use kubescape_yaml::{Node, Value};

type Result<T> = std::result::Result<T, String>;

/// One operation. Fields of the wrong type are as good as missing ones.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    op: Option<String>,
    path: Option<String>,
    from: Option<String>,
    value: Option<Node>,
}

/// The operations of a parsed patch; nothing when it is no list of operations.
pub(crate) fn operations(node: &Node) -> Option<Vec<Operation>> {
    node.as_sequence()?
        .iter()
        .map(|entry| {
            entry.as_mapping()?;
            let text = |key: &str| entry.get(key).and_then(Node::as_str).map(str::to_owned);
            Some(Operation {
                op: text("op"),
                path: text("path"),
                from: text("from"),
                value: entry.get("value").cloned(),
            })
        })
        .collect()
}

/// Applies operations in order.
pub(crate) fn apply(node: &mut Node, operations: &[Operation]) -> Result<()> {
    for operation in operations {
        let op = operation.op.as_deref().unwrap_or("unknown");
        if !matches!(op, "add" | "remove" | "replace" | "move" | "copy" | "test") {
            return Err(format!("Unexpected kind: {op}"));
        }
        let Some(shown) = operation.path.as_deref() else {
            return Err(format!("{op} operation failed to decode path: missing value"));
        };
        let from = || {
            operation.from.as_deref().ok_or_else(|| {
                format!("{op} operation failed to decode from: operation, missing from field: missing value")
            })
        };
        let path = pointer(shown);
        let value = operation.value.clone().unwrap_or_default();
        match op {
            "add" => add(node, &path, value, op, shown)?,
            "remove" => {
                remove(node, &path, op, shown)?;
            }
            "replace" => replace(node, &path, value, shown)?,
            "move" => {
                let from = from()?;
                let value = remove(node, &pointer(from), op, from)?;
                add(node, &path, value, op, shown)?;
            }
            "copy" => {
                let from = from()?;
                let value = find(node, &pointer(from), op, from)?.cloned().unwrap_or_default();
                add(node, &path, value, op, shown)?;
            }
            _ => {
                let found = find(node, &path, op, shown)?.cloned().unwrap_or_default();
                if !same(&found, &value) {
                    return Err(format!("testing value {shown} failed: test failed"));
                }
            }
        }
    }
    Ok(())
}

/// Numbers are compared as they are written.
fn same(left: &Node, right: &Node) -> bool {
    let json = |node: &Node| serde_json::to_value(node).ok();
    json(left) == json(right)
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

fn no_index(operation: &str, path: &str, part: &str) -> String {
    if part.parse::<i64>().is_err() {
        return format!(
            "error in {operation} for path: '{path}': value was not a proper array index: '{part}'"
        );
    }
    format!(
        "error in {operation} for path: '{path}': Unable to access invalid index: {part}: invalid index referenced"
    )
}

fn index_of(part: &str, length: usize, inserting: bool) -> Option<usize> {
    if part == "-" && inserting {
        return Some(length);
    }
    let number: i64 = part.parse().ok()?;
    let limit = if inserting { length } else { length.checked_sub(1)? };
    let index = if number < 0 {
        usize::try_from(i64::try_from(limit).ok()?.checked_add(number)?.checked_add(1)?).ok()?
    } else {
        usize::try_from(number).ok()?
    };
    (index <= limit).then_some(index)
}

/// The node of a path; nothing when only the last part is missing from a map.
fn find<'a>(node: &'a Node, path: &[String], operation: &str, shown: &str) -> Result<Option<&'a Node>> {
    let mut at = node;
    for (position, part) in path.iter().enumerate() {
        let next = match &at.value {
            Value::Mapping(map) => {
                let next = map.get(part);
                if next.is_none() && position + 1 == path.len() {
                    return Ok(None);
                }
                next
            }
            Value::Sequence(items) => index_of(part, items.len(), false).and_then(|index| items.get(index)),
            _ => None,
        };
        at = next.ok_or_else(|| missing(operation, shown))?;
    }
    Ok(Some(at))
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

fn add(node: &mut Node, path: &[String], value: Node, op: &str, shown: &str) -> Result<()> {
    let (last, before) = path.split_last().ok_or_else(|| missing(op, shown))?;
    let parent = find_mut(node, before).ok_or_else(|| missing(op, shown))?;
    match &mut parent.value {
        Value::Mapping(map) => map.insert(last.as_str(), value),
        Value::Sequence(items) => {
            let index = index_of(last, items.len(), true).ok_or_else(|| no_index(op, shown, last))?;
            items.insert(index, value);
        }
        _ => return Err(missing(op, shown)),
    }
    Ok(())
}

fn remove(node: &mut Node, path: &[String], op: &str, shown: &str) -> Result<Node> {
    let (last, before) = path.split_last().ok_or_else(|| missing(op, shown))?;
    let parent = find_mut(node, before).ok_or_else(|| missing(op, shown))?;
    match &mut parent.value {
        Value::Mapping(map) => map.remove(last).ok_or_else(|| {
            format!(
                "error in {op} for path: '{shown}': Unable to remove nonexistent key: {last}: missing value"
            )
        }),
        Value::Sequence(items) => match index_of(last, items.len(), false) {
            Some(index) => Ok(items.remove(index)),
            None => Err(no_index(op, shown, last)),
        },
        _ => Err(missing(op, shown)),
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
