//! Strategic merge: maps are joined, and those lists whose merge keys the tables know.

use std::sync::Arc;

use kubescape_yaml::{Mapping, Node, Value};

use crate::id::Gvk;
use crate::object::scalar_text;
use crate::tables::{MergeField, TABLES};

type Result<T> = std::result::Result<T, String>;

const DIRECTIVE: &str = "$patch";

/// Merges a patch into an object. `None` when the patch deletes it.
pub(crate) fn merge(object: &Node, patch: &Node) -> Result<Option<Node>> {
    let gvk = Gvk::of(object);
    let schema = TABLES
        .merge
        .kinds
        .get(&format!("{} {}", gvk.api_version(), gvk.kind))
        .map(String::as_str);
    map(object, patch, schema)
}

fn directive(node: &Node) -> Option<&str> {
    node.get(DIRECTIVE).and_then(Node::as_str)
}

fn without_directive(node: &Node) -> Node {
    let mut node = node.clone();
    if let Some(map) = node.as_mapping_mut() {
        map.remove(DIRECTIVE);
    }
    node
}

fn map(into: &Node, patch: &Node, schema: Option<&str>) -> Result<Option<Node>> {
    match directive(patch) {
        Some("delete") => return Ok(None),
        Some("replace") => return Ok(Some(without_directive(patch))),
        None | Some("merge") => {}
        Some(other) => return Err(format!("unknown patch strategy '{other}'")),
    }
    let mut merged = into.clone();
    let (Some(target), Some(patch)) = (merged.as_mapping_mut(), patch.as_mapping()) else {
        return Ok(Some(patch.clone()));
    };
    let fields = schema.and_then(|schema| TABLES.merge.types.get(schema));
    for (key, value) in patch.iter().filter(|(key, _)| &***key != DIRECTIVE) {
        let field = fields.and_then(|fields| fields.get(&**key));
        let old = target.get(key).cloned();
        match field_value(old.as_ref(), value, field)? {
            Some(value) => target.insert(Arc::clone(key), value),
            None => {
                target.remove(key);
            }
        }
    }
    Ok(Some(merged))
}

fn field_value(old: Option<&Node>, patch: &Node, field: Option<&MergeField>) -> Result<Option<Node>> {
    let reference = field.and_then(|field| field.reference.as_deref().or(field.map.as_deref()));
    let old = old.filter(|old| !old.is_null());
    match (old, &patch.value) {
        (_, Value::Null) => Ok(None),
        (None, Value::Mapping(_)) => match directive(patch) {
            Some("delete") => Ok(None),
            _ => Ok(Some(without_nulls(&without_directive(patch)))),
        },
        (None, Value::Sequence(items)) => {
            if field.is_some_and(is_merging) {
                let empty = Node::new(Value::Sequence(Vec::new()));
                return list(&empty, items, patch, field);
            }
            Ok(Some(patch.clone()))
        }
        (None, _) => Ok(Some(patch.clone())),
        (Some(old), Value::Mapping(_)) => {
            if old.as_mapping().is_none() {
                return Err("wrong node kind: expected MappingNode".to_owned());
            }
            map(old, patch, reference)
        }
        (Some(old), Value::Sequence(items)) => {
            if old.as_sequence().is_none() {
                return Err("wrong node kind: expected SequenceNode".to_owned());
            }
            if field.is_some_and(is_merging) {
                list(old, items, patch, field)
            } else {
                Ok(Some(patch.clone()))
            }
        }
        (Some(old), _) => {
            if old.as_mapping().is_some() || old.as_sequence().is_some() {
                return Err("wrong node kind: expected ScalarNode".to_owned());
            }
            Ok(Some(patch.clone()))
        }
    }
}

/// Nulls of a map that is new as a whole delete nothing and are dropped.
fn without_nulls(node: &Node) -> Node {
    let Some(map) = node.as_mapping() else {
        return node.clone();
    };
    let mut clean = Mapping::new();
    for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        clean.insert(Arc::clone(key), without_nulls(value));
    }
    Node {
        value: Value::Mapping(clean),
        span: node.span,
    }
}

fn is_merging(field: &MergeField) -> bool {
    field
        .strategy
        .as_deref()
        .is_some_and(|strategy| strategy.split(',').any(|part| part == "merge"))
}

fn list(old: &Node, items: &[Node], patch: &Node, field: Option<&MergeField>) -> Result<Option<Node>> {
    let Some(field) = field else {
        return Ok(Some(patch.clone()));
    };
    let old_items = old.as_sequence().unwrap_or_default();
    let is_only_directive = |item: &Node| {
        item.as_mapping()
            .is_some_and(|map| map.len() == 1 && map.get(DIRECTIVE).is_some())
    };
    let mut items: Vec<Node> = items.to_vec();
    if let Some(index) = items.iter().position(|item| directive(item).is_some())
        && items.get(index).is_some_and(is_only_directive)
    {
        let strategy = items
            .get(index)
            .and_then(directive)
            .unwrap_or_default()
            .to_owned();
        items.remove(index);
        match strategy.as_str() {
            "delete" => return Ok(None),
            "replace" => {
                return Ok(Some(Node {
                    value: Value::Sequence(items),
                    span: patch.span,
                }));
            }
            _ => {}
        }
    }
    let keys: Vec<&str> = if field.map_keys.is_empty() {
        field.merge_key.iter().map(String::as_str).collect()
    } else {
        field.map_keys.iter().map(String::as_str).collect()
    };
    let merged = if keys.is_empty() {
        scalars(old_items, &items)
    } else {
        elements(old_items, &items, &keys, field.items.as_deref())?
    };
    Ok(Some(Node {
        value: Value::Sequence(merged),
        span: old.span,
    }))
}

fn scalars(old: &[Node], new: &[Node]) -> Vec<Node> {
    let mut merged: Vec<Node> = new.to_vec();
    let known: Vec<String> = new.iter().map(scalar_text).collect();
    merged.extend(
        old.iter()
            .filter(|item| !known.contains(&scalar_text(item)))
            .cloned(),
    );
    merged
}

/// The values of an element's keys; a missing one is `None`.
fn tuple(item: &Node, keys: &[&str]) -> Vec<Option<String>> {
    keys.iter().map(|key| item.get(key).map(scalar_text)).collect()
}

fn elements(old: &[Node], new: &[Node], keys: &[&str], schema: Option<&str>) -> Result<Vec<Node>> {
    let has_key = |item: &Node| tuple(item, keys).iter().any(Option::is_some);
    if new.iter().any(|item| !has_key(item)) {
        // An element that names no key spoils the whole list, as in kustomize.
        return Ok(Vec::new());
    }
    // Agreement in what both have, but not in which keys they have, leaves the old element as it is.
    let agree = |one: &[Option<String>], other: &[Option<String>]| {
        one.iter()
            .zip(other)
            .all(|(one, other)| one.is_none() || other.is_none() || one == other)
    };
    let mut results: Vec<(Vec<Option<String>>, Option<Node>)> = Vec::new();
    for item in new {
        let wanted = tuple(item, keys);
        if results.iter().any(|(known, _)| *known == wanted) {
            continue;
        }
        let target = old.iter().find(|candidate| tuple(candidate, keys) == wanted);
        let blocked = target.is_none()
            && keys.len() > 1
            && old
                .iter()
                .any(|candidate| agree(&tuple(candidate, keys), &wanted));
        if blocked {
            continue;
        }
        let merged = match (target, directive(item)) {
            (_, Some("delete")) => None,
            (Some(target), Some("replace")) => Some(target.clone()),
            (Some(target), _) => map(target, item, schema)?,
            (None, _) => Some(without_nulls(&without_directive(item))),
        };
        results.push((wanted, merged));
    }
    let result_of = |item: &Node| {
        let own = tuple(item, keys);
        results
            .iter()
            .find(|(known, _)| *known == own)
            .map(|(_, merged)| merged)
    };
    let mut merged = Vec::new();
    if keys.len() == 1 {
        merged.extend(results.iter().filter_map(|(_, merged)| merged.clone()));
        merged.extend(old.iter().filter(|item| result_of(item).is_none()).cloned());
        return Ok(merged);
    }
    let is_old = |wanted: &Vec<Option<String>>| old.iter().any(|item| tuple(item, keys) == *wanted);
    merged.extend(
        results
            .iter()
            .filter(|(wanted, _)| !is_old(wanted))
            .filter_map(|(_, merged)| merged.clone()),
    );
    for item in old {
        match result_of(item) {
            Some(Some(changed)) => merged.push(changed.clone()),
            Some(None) => {}
            None => merged.push(item.clone()),
        }
    }
    Ok(merged)
}
