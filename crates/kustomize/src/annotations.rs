//! What the last step does to annotations, and what cannot be written.

use kubescape_yaml::{KeyKind, Mapping, Node, Value};

use crate::files::Files;
use crate::object;

/// Annotations for kustomize itself, which no output has.
const OWN: [&str; 15] = [
    "alpha.config.kubernetes.io/transformations",
    "config.k8s.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/origin",
    "config.kubernetes.io/path",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/suffixes",
];

/// Annotations are texts, as they were written; those for kustomize itself are taken out.
pub(crate) fn finish(node: &mut Node, files: &Files) -> Result<(), String> {
    if node.get("metadata").is_none() {
        object::set(node, &["metadata"], Node::new(Value::Mapping(Mapping::new())));
    }
    let Some(annotations) = object::annotations_mut(node) else {
        return Ok(());
    };
    if let Some(map) = annotations.as_mapping_mut() {
        map.entries_mut().retain(|entry| !OWN.contains(&&*entry.key.text));
        for entry in map.entries_mut() {
            if entry.value.as_str().is_none() || matches!(entry.value.value, Value::Time(_)) {
                let text = literal(&entry.value, files);
                entry.value.value = Value::String(text.into());
            }
        }
        if !map.is_empty() {
            return Ok(());
        }
    } else if !annotations.is_null() && annotations.as_str() != Some("") {
        return Err("metadata.annotations must be a map".to_owned());
    }
    object::remove(node, &["metadata", "annotations"]);
    Ok(())
}

/// The labels and annotations of a patch for all objects of a target are texts, as they were written: nothing is taken
/// out by a null.
pub(crate) fn as_texts(patch: &mut Node, files: &Files) {
    for field in ["labels", "annotations"] {
        let Some(metadata) = patch.as_mapping_mut().and_then(|map| map.get_mut("metadata")) else {
            return;
        };
        let Some(map) = metadata.as_mapping_mut() else {
            return;
        };
        let Some(texts) = map
            .get_mut(field)
            .and_then(Node::as_mapping_mut)
            .filter(|texts| !texts.is_empty())
        else {
            map.remove(field);
            continue;
        };
        for entry in texts.entries_mut() {
            if !matches!(entry.value.value, Value::String(_)) {
                let text = literal(&entry.value, files);
                entry.value.value = Value::String(text.into());
            }
        }
    }
}

/// A scalar as it stands in its file, if it still is what stands there.
pub(crate) fn literal(node: &Node, files: &Files) -> String {
    if node.as_mapping().is_some() || node.as_sequence().is_some() {
        return String::new();
    }
    let written = files.literal(node.span).map(str::trim).filter(|text| {
        let same = match (object::plain(text), &node.value) {
            (_, Value::Time(_)) => true,
            (value, own) => value == *own,
        };
        same && !text.contains('\n')
    });
    match (written, &node.value) {
        (Some(text), _) => text.to_owned(),
        (None, _) => object::scalar_text(node),
    }
}

/// Keys that are no texts and numbers that are none cannot be written.
pub(crate) fn check_writable(node: &Node) -> Result<(), String> {
    match &node.value {
        Value::Float(number) if !number.is_finite() => Err(format!("unsupported value: {number}")),
        Value::Sequence(items) => items.iter().try_for_each(check_writable),
        Value::Mapping(map) => map.entries().iter().try_for_each(|entry| {
            if entry.key.kind != KeyKind::String {
                return Err(format!(
                    "the key {} is not a string; quote it where it is written",
                    entry.key.text
                ));
            }
            check_writable(&entry.value)
        }),
        _ => Ok(()),
    }
}
