//! Texts to objects, and lists of objects.

use std::path::Path;

use kubescape_yaml::{Limits, Node, Profile, Value, load_manifests};

use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::id::Id;
use crate::object::Object;

/// Objects of a build, in order.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    pub list: Vec<Object>,
}

impl Objects {
    /// Adds an object; one of the same id must not be there yet.
    pub(crate) fn append(&mut self, path: &Path, object: Object) -> Result<()> {
        let id = object.id();
        if self
            .list
            .iter()
            .any(|other| other.name() == id.name && other.id().equals(&id))
        {
            return Err(KustomizeError::invalid(
                path,
                format!("may not add resource with an already registered id: {id}"),
            ));
        }
        self.list.push(object);
        Ok(())
    }

    /// Objects one of whose ids, former ones included, is this.
    pub(crate) fn matching(&self, id: &Id) -> Vec<usize> {
        self.indexes(|object| object.ids().iter().any(|own| own.equals(id)))
    }

    /// Places of objects that pass a test.
    pub(crate) fn indexes(&self, test: impl Fn(&Object) -> bool) -> Vec<usize> {
        self.list
            .iter()
            .enumerate()
            .filter(|(_, object)| test(object))
            .map(|(index, _)| index)
            .collect()
    }

    /// No two objects may have become the same.
    pub(crate) fn check_unique(&self, path: &Path, what: &str) -> Result<()> {
        let mut seen = std::collections::HashSet::new();
        for object in &self.list {
            let id = object.id();
            let key = (
                id.gvk.clone(),
                id.name.clone(),
                id.effective_namespace().to_owned(),
            );
            if !seen.insert(key) {
                return Err(KustomizeError::invalid(
                    path,
                    format!("{what} produces ID conflict: {id}"),
                ));
            }
        }
        Ok(())
    }
}

/// Reads the objects of a text. Lists are replaced by their items.
pub(crate) fn read(files: &mut Files, path: &Path, text: &str) -> Result<Vec<Object>> {
    let mut roots = Vec::new();
    for manifest in load_manifests(text, Profile::GoYamlV3, &Limits::default()) {
        let root = manifest
            .root
            .map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
        if !root.is_null() {
            roots.push(root);
        }
    }
    files.place(path, text, &mut roots)?;
    let mut objects = Vec::new();
    let mut items = Vec::new();
    for root in roots {
        take(path, root, &mut objects, &mut items, 0)?;
    }
    objects.append(&mut items);
    Ok(objects)
}

fn take(
    path: &Path,
    node: Node,
    objects: &mut Vec<Object>,
    items: &mut Vec<Object>,
    depth: usize,
) -> Result<()> {
    let kind = node
        .get("kind")
        .and_then(Node::as_str)
        .unwrap_or_default()
        .to_owned();
    if kind.is_empty() {
        return Err(KustomizeError::invalid(path, "missing kind in object"));
    }
    if kind.ends_with("List") && depth < 20 {
        match node.get("items").map(|items| &items.value) {
            Some(Value::Sequence(list)) => {
                for item in list.clone() {
                    let mut found = Vec::new();
                    take(path, item, &mut found, items, depth + 1)?;
                    items.append(&mut found);
                }
                return Ok(());
            }
            Some(Value::Null) => return Ok(()),
            _ => {}
        }
    }
    let has_metadata = node
        .get("metadata")
        .is_some_and(|metadata| metadata.as_mapping().is_some());
    if !has_metadata && !kind.ends_with("List") {
        return Err(KustomizeError::invalid(
            path,
            format!("missing Resource metadata in {kind}"),
        ));
    }
    let mut object = Object::new(node);
    if object.name().is_empty() && !kind.ends_with("List") {
        return Err(KustomizeError::invalid(
            path,
            format!("missing metadata.name in object of kind {kind}"),
        ));
    }
    object.needs_hash = object
        .annotation("internal.config.kubernetes.io/needsHashSuffix")
        .is_some_and(|value| value == "enabled");
    objects.push(object);
    Ok(())
}
