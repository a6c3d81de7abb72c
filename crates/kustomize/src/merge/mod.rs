//! Strategic merge: maps are joined, and those lists whose merge keys the schema knows.

mod lists;

use std::borrow::Cow;
use std::sync::Arc;

use kubescape_yaml::{Mapping, Node, Value, to_yaml};

use crate::annotations::literal;
use crate::files::Files;
use crate::id::Gvk;
use crate::shared;
use crate::tables::{Merge, MergeField};

/// What does not fit, and where in the object.
#[derive(Debug)]
pub(crate) struct Misfit {
    path: Vec<String>,
    message: String,
}

impl Misfit {
    fn new(message: impl Into<String>) -> Self {
        Self {
            path: Vec::new(),
            message: message.into(),
        }
    }

    fn below(mut self, field: &str) -> Self {
        self.path.push(field.to_owned());
        self
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, part) in self.path.iter().rev().enumerate() {
            let separator = if index == 0 { "" } else { "." };
            write!(formatter, "{separator}{part}")?;
        }
        let separator = if self.path.is_empty() { "" } else { ": " };
        write!(formatter, "{separator}{}", self.message)
    }
}

type Result<T> = std::result::Result<T, Misfit>;

const DIRECTIVE: &str = "$patch";

/// What a merge goes by.
pub(crate) struct Schema<'a> {
    pub lists: &'a Merge,
    /// The files that tell how a value is written.
    pub files: &'a Files,
    /// The object is no longer styled as in its file.
    pub is_restyled: bool,
}

/// Merges a patch into an object. `None` when the patch deletes it.
pub(crate) fn merge(object: &Node, patch: &Node, schema: &Schema<'_>) -> Result<Option<Node>> {
    let gvk = Gvk::of(object);
    let kind = schema
        .lists
        .kinds
        .get(&format!("{} {}", gvk.api_version(), gvk.kind))
        .map_or(Kind::Unknown, |name| Kind::Of(name));
    // A whole object is never replaced, only deleted.
    if directive(patch) == Some("replace") {
        return Ok(Some(object.clone()));
    }
    map(schema, object, patch, kind)
}

fn directive(node: &Node) -> Option<&str> {
    node.get(DIRECTIVE).and_then(Node::as_str)
}

fn map(schema: &Schema<'_>, into: &Node, patch: &Node, kind: Kind<'_>) -> Result<Option<Node>> {
    match directive(patch) {
        Some("delete") => return Ok(None),
        Some("replace") => return fresh_map(schema, patch, kind).map(Some),
        None | Some("merge") => {}
        Some(other) => return Err(Misfit::new(format!("unknown patch strategy '{other}'"))),
    }
    let (Some(old), Some(patch)) = (into.as_mapping(), patch.as_mapping()) else {
        return Ok(Some(patch.clone()));
    };
    let mut merged = into.clone();
    let Some(target) = merged.as_mapping_mut() else {
        return Ok(None);
    };
    for (key, value) in old.iter().filter(|(key, _)| patch.get(key).is_none()) {
        if is_left_out(value) {
            target.remove(key);
        } else if let Some(value) = untouched(schema, value, kind.field(schema, key).as_deref()) {
            target.insert(Arc::clone(key), value);
        }
    }
    for (key, value) in patch.iter().filter(|(key, _)| &***key != DIRECTIVE) {
        let field = kind.field(schema, key);
        match field_value(schema, old.get(key), value, field.as_deref())
            .map_err(|misfit| misfit.below(key))?
        {
            Some(value) => target.insert(Arc::clone(key), value),
            None => {
                target.remove(key);
            }
        }
    }
    Ok(Some(merged))
}

fn field_value(
    schema: &Schema<'_>,
    old: Option<&Node>,
    patch: &Node,
    field: Option<&MergeField>,
) -> Result<Option<Node>> {
    if patch.is_null() {
        return Ok(None);
    }
    let Some(old) = old.filter(|old| !old.is_null()) else {
        return fresh(schema, patch, field);
    };
    match (&old.value, &patch.value) {
        (Value::Mapping(_), Value::Mapping(_)) => map(schema, old, patch, Kind::below(field)),
        (Value::Sequence(items), Value::Sequence(new)) => match field.filter(|field| is_merging(field)) {
            Some(field) => lists::merge(schema, Some((items, old.span)), new, patch.span, field),
            None => Ok(Some(patch.clone())),
        },
        (one, other) if node_kind(one) == node_kind(other) => {
            let styled = in_style_of(schema, old, patch);
            Ok(Some(shared::replaced(old, styled.as_ref().unwrap_or(patch))))
        }
        (old, new) => Err(Misfit::new(format!(
            "wrong node kind: expected {} but got {}",
            node_kind(old),
            node_kind(new)
        ))),
    }
}

/// A value without quotes takes over the quotes of the text that it replaces, and so becomes a text. `None` when it
/// stays what it is.
fn in_style_of(schema: &Schema<'_>, old: &Node, patch: &Node) -> Option<Node> {
    let text = old.as_str()?;
    if matches!(patch.value, Value::String(_)) {
        return None;
    }
    let is_quoted = if schema.is_restyled {
        to_yaml(old).trim_end_matches('\n') != text
    } else {
        ['"', '\'', '|', '>']
            .into_iter()
            .any(|mark| schema.files.starts_with(old.span, mark))
    };
    is_quoted.then(|| Node {
        value: Value::String(literal(patch, schema.files).into()),
        span: patch.span,
    })
}

fn node_kind(value: &Value) -> &'static str {
    match value {
        Value::Mapping(_) => "MappingNode",
        Value::Sequence(_) => "SequenceNode",
        _ => "ScalarNode",
    }
}

/// What the schema knows of a map.
#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    /// An object of a type.
    Of(&'a str),
    /// Values of a type under any keys.
    MapOf(&'a str),
    Unknown,
}

impl<'a> Kind<'a> {
    fn below(field: Option<&'a MergeField>) -> Self {
        match field.map(|field| (field.reference.as_deref(), field.map.as_deref())) {
            Some((Some(reference), _)) => Self::Of(reference),
            Some((None, Some(values))) => Self::MapOf(values),
            _ => Self::Unknown,
        }
    }

    fn items(field: &'a MergeField) -> Self {
        field.items.as_deref().map_or(Self::Unknown, Self::Of)
    }

    /// What is known of a field.
    fn field<'s>(self, schema: &'s Schema<'_>, key: &str) -> Option<Cow<'s, MergeField>> {
        match self {
            Self::Of(name) => schema.lists.types.get(name)?.get(key).map(Cow::Borrowed),
            Self::MapOf(name) => Some(Cow::Owned(MergeField {
                reference: Some(name.to_owned()),
                ..MergeField::default()
            })),
            Self::Unknown => None,
        }
    }
}

/// Something new of a patch: its directives are obeyed, and nulls in its maps delete nothing and are dropped.
fn fresh(schema: &Schema<'_>, patch: &Node, field: Option<&MergeField>) -> Result<Option<Node>> {
    match &patch.value {
        Value::Null => Ok(None),
        Value::Mapping(_) => match directive(patch) {
            Some("delete") => Ok(None),
            None | Some("merge" | "replace") => fresh_map(schema, patch, Kind::below(field)).map(Some),
            Some(other) => Err(Misfit::new(format!("unknown patch strategy '{other}'"))),
        },
        Value::Sequence(items) => match field.filter(|field| is_merging(field)) {
            Some(field) => lists::merge(schema, None, items, patch.span, field),
            None => Ok(Some(patch.clone())),
        },
        _ => Ok(Some(patch.clone())),
    }
}

fn fresh_map(schema: &Schema<'_>, patch: &Node, kind: Kind<'_>) -> Result<Node> {
    let mut clean = Mapping::new();
    if let Some(patch) = patch.as_mapping() {
        for entry in patch
            .entries()
            .iter()
            .filter(|entry| &*entry.key.text != DIRECTIVE)
        {
            let field = kind.field(schema, &entry.key.text);
            let value = fresh(schema, &entry.value, field.as_deref())
                .map_err(|misfit| misfit.below(&entry.key.text))?;
            if let Some(value) = value {
                clean.entries_mut().push(kubescape_yaml::Entry {
                    key: entry.key.clone(),
                    value,
                });
            }
        }
    }
    Ok(Node {
        value: Value::Mapping(clean),
        span: patch.span,
    })
}

fn is_merging(field: &MergeField) -> bool {
    field
        .strategy
        .as_deref()
        .is_some_and(|strategy| strategy.split(',').any(|part| part == "merge"))
}

/// What merging does to fields that the patch does not name: of elements with the same key only the last one stays, and
/// fields without a value go. `None` when there is nothing to do.
fn untouched(schema: &Schema<'_>, value: &Node, field: Option<&MergeField>) -> Option<Node> {
    match &value.value {
        Value::Mapping(map) => untouched_map(schema, value, map, Kind::below(field)),
        Value::Sequence(items) => {
            let field = field.filter(|field| is_merging(field))?;
            lists::untouched(schema, items, value.span, field)
        }
        _ => None,
    }
}

fn untouched_map(schema: &Schema<'_>, value: &Node, map: &Mapping, kind: Kind<'_>) -> Option<Node> {
    let mut changed: Option<Node> = None;
    for (key, inner) in map.iter() {
        let left_out = is_left_out(inner);
        let inner = untouched(schema, inner, kind.field(schema, key).as_deref());
        if !left_out && inner.is_none() {
            continue;
        }
        let copy = changed.get_or_insert_with(|| value.clone());
        if let Some(map) = copy.as_mapping_mut() {
            match inner {
                Some(inner) => map.insert(Arc::clone(key), inner),
                None => {
                    map.remove(key);
                }
            }
        }
    }
    changed
}

/// Whether a file has a key, but nothing as its value.
fn is_left_out(node: &Node) -> bool {
    node.is_null() && node.span.start > 0 && node.span.start == node.span.end
}
