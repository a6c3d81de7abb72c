//! An object on its way through a build.

use kubescape_yaml::{Mapping, Node, Value};

use crate::id::{Gvk, Id};

/// An object, and the names that it had before.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub node: Node,
    /// Its ids before each change of name, the first one first.
    pub previous: Vec<Id>,
    pub prefixes: Vec<String>,
    pub suffixes: Vec<String>,
    pub needs_hash: bool,
}

impl Object {
    pub(crate) fn new(node: Node) -> Self {
        Self {
            node,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
        }
    }

    pub(crate) fn gvk(&self) -> Gvk {
        Gvk::of(&self.node)
    }

    pub(crate) fn name(&self) -> String {
        metadata_text(&self.node, "name")
    }

    pub(crate) fn namespace(&self) -> String {
        metadata_text(&self.node, "namespace")
    }

    pub(crate) fn id(&self) -> Id {
        Id {
            gvk: self.gvk(),
            name: self.name(),
            namespace: self.namespace(),
        }
    }

    pub(crate) fn original_id(&self) -> Id {
        self.previous.first().cloned().unwrap_or_else(|| self.id())
    }

    /// Its current id and all former ones.
    pub(crate) fn ids(&self) -> Vec<Id> {
        let mut ids = self.previous.clone();
        ids.push(self.id());
        ids
    }

    /// Keeps the present id among the former ones.
    pub(crate) fn remember(&mut self) {
        let id = self.id();
        self.previous.push(id);
    }

    pub(crate) fn set_name(&mut self, name: &str) {
        set(&mut self.node, &["metadata", "name"], Node::string(name));
    }

    pub(crate) fn set_namespace(&mut self, namespace: &str) {
        set(
            &mut self.node,
            &["metadata", "namespace"],
            Node::string(namespace),
        );
    }

    /// Labels or annotations.
    pub(crate) fn texts(&self, field: &str) -> Vec<(String, String)> {
        let map = self.node.get("metadata").and_then(|metadata| metadata.get(field));
        map.and_then(Node::as_mapping)
            .map(|map| {
                map.iter()
                    .map(|(key, value)| (key.to_string(), scalar_text(value)))
                    .collect()
            })
            .unwrap_or_default()
    }

    pub(crate) fn annotation(&self, key: &str) -> Option<String> {
        self.texts("annotations")
            .into_iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }
}

fn metadata_text(node: &Node, key: &str) -> String {
    node.get("metadata")
        .and_then(|metadata| metadata.get(key))
        .map(scalar_text)
        .unwrap_or_default()
}

/// A scalar as text.
pub(crate) fn scalar_text(node: &Node) -> String {
    match &node.value {
        Value::String(text) | Value::Time(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => kubescape_yaml::format_float(*number),
        Value::Number(text) => text.to_string(),
        _ => String::new(),
    }
}

/// Sets a field, making the maps on the way.
pub(crate) fn set(node: &mut Node, path: &[&str], value: Node) {
    let Some((key, rest)) = path.split_first() else {
        *node = value;
        return;
    };
    if node.as_mapping().is_none() {
        node.value = Value::Mapping(Mapping::new());
    }
    let Some(map) = node.as_mapping_mut() else {
        return;
    };
    if rest.is_empty() {
        // The place of an old value is the better one to show.
        let span = map
            .get(key)
            .map(|old| old.span)
            .filter(|_| value.span == kubescape_yaml::Span::default());
        let mut value = value;
        if let Some(span) = span {
            value.span = span;
        }
        map.insert(*key, value);
        return;
    }
    if map.get(key).is_none_or(Node::is_null) {
        map.insert(*key, Node::new(Value::Mapping(Mapping::new())));
    }
    if let Some(inner) = map.get_mut(key) {
        set(inner, rest, value);
    }
}
