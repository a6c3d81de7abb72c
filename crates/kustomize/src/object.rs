//! An object on its way through a build.

use std::borrow::Cow;
use std::sync::Arc;

use kubescape_yaml::{Entry, Key, KeyKind, Limits, Mapping, Node, Profile, Value, load_one};

use crate::id::{Gvk, Id};
use crate::metadata::{Configured, Origin};

/// An object, and the names that it had before.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub node: Node,
    /// Its ids before each change of name, the first one first.
    pub previous: Vec<Id>,
    pub prefixes: Vec<String>,
    pub suffixes: Vec<String>,
    pub needs_hash: bool,
    /// It has been written and read already; see [`crate::rewritten`].
    pub is_rewritten: bool,
    /// Names of the variables whose values are in it.
    pub vars: Vec<String>,
    /// How many values have been shared between fields; see [`crate::shared`].
    pub shared: u32,
    /// What made it.
    pub origin: Option<Arc<Origin>>,
    /// The transformers that ran over it.
    pub trace: Vec<Arc<Configured>>,
}

impl Object {
    pub(crate) fn new(node: Node) -> Self {
        Self {
            node,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
            is_rewritten: false,
            vars: Vec::new(),
            shared: 0,
            origin: None,
            trace: Vec::new(),
        }
    }

    pub(crate) fn gvk(&self) -> Gvk {
        Gvk::of(&self.node)
    }

    pub(crate) fn kind(&self) -> &str {
        self.node.get("kind").and_then(Node::as_str).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        metadata_text(&self.node, "name")
    }

    pub(crate) fn namespace(&self) -> Cow<'_, str> {
        metadata_text(&self.node, "namespace")
    }

    pub(crate) fn id(&self) -> Id {
        Id {
            gvk: self.gvk(),
            name: self.name().into_owned(),
            namespace: self.namespace().into_owned(),
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

    /// A name that was a number may stay one.
    pub(crate) fn set_name(&mut self, name: &str) {
        let is_text = self
            .node
            .get("metadata")
            .and_then(|metadata| metadata.get("name"))
            .is_none_or(|name| name.as_str().is_some());
        let value = if is_text {
            Value::String(name.into())
        } else {
            plain(name)
        };
        set(&mut self.node, &["metadata", "name"], Node::new(value));
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

fn metadata_text<'a>(node: &'a Node, key: &str) -> Cow<'a, str> {
    let Some(node) = node.get("metadata").and_then(|metadata| metadata.get(key)) else {
        return Cow::Borrowed("");
    };
    match node.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(scalar_text(node)),
    }
}

/// What a text means without quotes.
pub(crate) fn plain(text: &str) -> Value {
    match load_one(text, Profile::GoYamlV3, &Limits::default()) {
        Ok(Node {
            value: value @ (Value::Int(_) | Value::UInt(_) | Value::Float(_) | Value::Bool(_) | Value::Null),
            ..
        }) => value,
        _ => Value::String(text.into()),
    }
}

/// Sets a key that is written without quotes: a new one that looks like a number becomes a number, which no object may
/// have.
pub(crate) fn insert_plain(map: &mut Mapping, key: &str, value: Node) {
    if let Some(old) = map.get_mut(key) {
        let span = old.span;
        *old = value;
        if old.span == kubescape_yaml::Span::default() {
            old.span = span;
        }
        return;
    }
    let kind = match plain(key) {
        Value::Int(_) | Value::UInt(_) => KeyKind::Int,
        Value::Float(_) => KeyKind::Float,
        Value::Bool(_) => KeyKind::Bool,
        Value::Null => KeyKind::Null,
        _ => KeyKind::String,
    };
    map.entries_mut().push(Entry {
        key: Key {
            text: key.into(),
            kind,
            ..Key::default()
        },
        value,
    });
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

/// The annotations, whatever they are.
pub(crate) fn annotations(node: &Node) -> Option<&Node> {
    node.get("metadata")?
        .get("annotations")
        .filter(|node| !node.is_null())
}

pub(crate) fn annotations_mut(node: &mut Node) -> Option<&mut Node> {
    node.as_mapping_mut()?
        .get_mut("metadata")?
        .as_mapping_mut()?
        .get_mut("annotations")
}

/// Whether a field is a map without entries.
pub(crate) fn is_empty_map(node: &Node, path: &[&str]) -> bool {
    let field = path.iter().try_fold(node, |node, key| node.get(key));
    field.and_then(Node::as_mapping).is_some_and(Mapping::is_empty)
}

/// Takes a field out, if it is there.
pub(crate) fn remove(node: &mut Node, path: &[&str]) {
    let Some(map) = node.as_mapping_mut() else {
        return;
    };
    match path {
        [] => {}
        [key] => {
            map.remove(key);
        }
        [key, rest @ ..] => {
            if let Some(inner) = map.get_mut(key) {
                remove(inner, rest);
            }
        }
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
