//! Lists whose elements are told apart by keys.

use kubescape_yaml::{Node, Span, Value};

use super::{
    DIRECTIVE, Kind, Misfit, Result, Schema, directive, fresh_map, map, untouched as untouched_field,
    untouched_map,
};
use crate::object::scalar_text;
use crate::tables::MergeField;

/// The values of an element's keys; a missing one is `None`.
type Tuple = Vec<Option<String>>;

/// Merges the elements of a patch into a list; without a list they make a new one. `None` when the patch deletes it.
pub(super) fn merge(
    schema: &Schema<'_>,
    old: Option<(&[Node], Span)>,
    new: &[Node],
    new_span: Span,
    field: &MergeField,
) -> Result<Option<Node>> {
    let mut new = new.to_vec();
    let is_only_directive = |item: &Node| {
        item.as_mapping()
            .is_some_and(|map| map.len() == 1 && map.get(DIRECTIVE).is_some())
    };
    let of_list = new.iter().position(|item| directive(item).is_some());
    let mut old = old;
    if let Some(index) = of_list.filter(|index| new.get(*index).is_some_and(is_only_directive)) {
        let strategy = directive(&new.remove(index)).map(str::to_owned);
        match strategy.as_deref() {
            Some("delete") => return Ok(None),
            Some("replace") => old = None,
            Some("merge") | None => {}
            Some(other) => return Err(Misfit::new(format!("unknown patch strategy '{other}'"))),
        }
    }
    let (old_items, span) = old.unwrap_or((&[], new_span));
    let keys = keys_of(field);
    let merged = if keys.is_empty() {
        scalars(old_items, &new)
    } else {
        let list = List {
            schema,
            kind: Kind::items(field),
            is_new: old.is_none(),
        };
        list.elements(old_items, &new, &keys)?
    };
    Ok(Some(Node {
        value: Value::Sequence(merged),
        span,
    }))
}

/// A list that the patch does not name. `None` when nothing changes.
pub(super) fn untouched(schema: &Schema<'_>, items: &[Node], span: Span, field: &MergeField) -> Option<Node> {
    let inner = MergeField {
        reference: field.items.clone(),
        ..MergeField::default()
    };
    let mut changed: Option<Vec<Node>> = None;
    for (index, item) in items.iter().enumerate() {
        if let Some(item) = untouched_field(schema, item, Some(&inner))
            && let Some(place) = changed.get_or_insert_with(|| items.to_vec()).get_mut(index)
        {
            *place = item;
        }
    }
    let items = changed.as_deref().unwrap_or(items);
    let keys = keys_of(field);
    let tuples: Vec<Tuple> = items
        .iter()
        .map(|item| {
            if keys.is_empty() {
                vec![Some(scalar_text(item))]
            } else {
                tuple(item, &keys)
            }
        })
        .collect();
    let plain = tuples.iter().flatten().all(Option::is_some);
    let unique: std::collections::HashSet<&Tuple> = tuples.iter().collect();
    if !plain || unique.len() < tuples.len() {
        return merge(schema, Some((items, span)), &[], span, field).ok()?;
    }
    changed.map(|items| Node {
        value: Value::Sequence(items),
        span,
    })
}

fn keys_of(field: &MergeField) -> Vec<&str> {
    if field.map_keys.is_empty() {
        field.merge_key.iter().map(String::as_str).collect()
    } else {
        field.map_keys.iter().map(String::as_str).collect()
    }
}

fn scalars(old: &[Node], new: &[Node]) -> Vec<Node> {
    let mut seen = std::collections::HashSet::new();
    new.iter()
        .chain(old)
        .filter(|item| seen.insert(scalar_text(item)))
        .cloned()
        .collect()
}

fn tuple(item: &Node, keys: &[&str]) -> Tuple {
    keys.iter()
        .map(|key| item.get(key).filter(|value| !value.is_null()).map(scalar_text))
        .collect()
}

/// Whether an element has all the values that a tuple has.
fn covers(own: &Tuple, wanted: &Tuple) -> bool {
    own.iter()
        .zip(wanted)
        .all(|(own, wanted)| wanted.is_none() || own == wanted)
}

struct List<'a> {
    schema: &'a Schema<'a>,
    kind: Kind<'a>,
    /// There is no old list.
    is_new: bool,
}

impl List<'_> {
    fn elements(&self, old: &[Node], new: &[Node], keys: &[&str]) -> Result<Vec<Node>> {
        // Keys that no element has tell nothing.
        let used: Vec<&str> = keys
            .iter()
            .copied()
            .filter(|key| old.iter().chain(new).any(|item| item.get(key).is_some()))
            .collect();
        match used.as_slice() {
            [] | [_] => self.by_one_key(
                old,
                new,
                used.first().or(keys.first()).copied().unwrap_or_default(),
            ),
            _ => self.by_several_keys(old, new, &used),
        }
    }

    /// An element that the patch does not name.
    fn unnamed(&self, item: &Node) -> Node {
        item.as_mapping()
            .and_then(|map| untouched_map(self.schema, item, map, self.kind))
            .unwrap_or_else(|| item.clone())
    }

    /// The merged element; `None` when it is deleted.
    fn merged(&self, old: Option<&Node>, new: &Node) -> Result<Option<Node>> {
        let Some(old) = old else {
            return match directive(new) {
                Some("delete") => Ok(None),
                _ if new.as_mapping().is_some() => fresh_map(self.schema, new, self.kind).map(Some),
                _ => Ok(Some(new.clone())),
            };
        };
        // An element cannot be replaced as a whole.
        if directive(new) == Some("replace") {
            return Ok(Some(old.clone()));
        }
        let merged = map(self.schema, old, new, self.kind)?;
        Ok(merged.filter(|node| node.as_mapping().is_none_or(|map| !map.is_empty())))
    }

    /// Elements of the patch come first, in its order. Of old elements with the same key the last one wins.
    fn by_one_key(&self, old: &[Node], new: &[Node], key: &str) -> Result<Vec<Node>> {
        let key_of = |item: &Node| item.get(key).filter(|value| !value.is_null()).map(scalar_text);
        let is_keyless = |item: &&Node| key_of(item).is_none();
        if self.is_new && new.iter().any(|item| is_keyless(&item)) {
            return Ok(new.to_vec());
        }
        // Elements without the key spoil a list: what they do is not meant to be useful.
        if let Some(last) = old.iter().rfind(is_keyless) {
            let last = self.unnamed(last);
            let keep = last.as_mapping().is_some_and(|map| !map.is_empty());
            return Ok(if keep { vec![last] } else { Vec::new() });
        }
        let spoiled = new.iter().any(|item| is_keyless(&item));
        let mut result: Vec<(String, Option<Node>)> = Vec::new();
        let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        let (mut first_old, mut last_old) = (
            std::collections::HashMap::<String, usize>::new(),
            std::collections::HashMap::<String, usize>::new(),
        );
        for (index, item) in old.iter().enumerate() {
            let own = key_of(item).unwrap_or_default();
            first_old.entry(own.clone()).or_insert(index);
            last_old.insert(own, index);
        }
        for item in new {
            let Some(own) = key_of(item) else {
                continue;
            };
            if let Some(place) = places.get(&own) {
                // In a new list the last one wins, in an old one the first.
                if self.is_new
                    && let Some(entry) = result.get_mut(*place)
                {
                    entry.1 = self.merged(None, item)?;
                }
                continue;
            }
            let (first, last) = (first_old.get(&own), last_old.get(&own));
            let mut merged = self
                .merged(first.and_then(|index| old.get(*index)), item)
                .map_err(|misfit| misfit.below(&own))?;
            if merged.is_some() && first != last {
                merged = last.and_then(|index| old.get(*index)).cloned();
            }
            if let Some(map) = merged.as_mut().and_then(Node::as_mapping_mut)
                && map.get(key).is_none()
                && let Some(value) = item.get(key)
            {
                map.insert(key, value.clone());
            }
            places.insert(own.clone(), result.len());
            result.push((own, merged));
        }
        if !spoiled {
            for (index, item) in old.iter().enumerate() {
                let own = key_of(item).unwrap_or_default();
                if !places.contains_key(&own) && first_old.get(&own) == Some(&index) {
                    let last = last_old.get(&own).and_then(|last| old.get(*last));
                    result.push((own, last.map(|item| self.unnamed(item))));
                }
            }
        }
        Ok(result.into_iter().filter_map(|(_, node)| node).collect())
    }

    /// New elements come first, in the order of the patch, then the old ones. An element that lacks a key that others
    /// of the same kind have cannot be told from them: it is left out, or left as it is.
    fn by_several_keys(&self, old: &[Node], new: &[Node], keys: &[&str]) -> Result<Vec<Node>> {
        let all: Vec<Tuple> = old.iter().chain(new).map(|item| tuple(item, keys)).collect();
        let mut kept: Vec<(Tuple, Node)> = old.iter().map(|item| (tuple(item, keys), item.clone())).collect();
        let mut added: Vec<(Tuple, Node)> = Vec::new();
        let mut seen: Vec<Tuple> = Vec::new();
        for item in new {
            let wanted = tuple(item, keys);
            let is_ambiguous = all.iter().any(|own| *own != wanted && covers(own, &wanted));
            if seen.contains(&wanted) || is_ambiguous {
                continue;
            }
            seen.push(wanted.clone());
            let place = kept.iter().position(|(own, _)| *own == wanted);
            let target = place.and_then(|place| kept.get(place)).map(|(_, node)| node);
            match (self.merged(target, item)?, place) {
                (Some(merged), Some(place)) => {
                    if let Some((_, node)) = kept.get_mut(place) {
                        *node = merged;
                    }
                }
                (Some(merged), None) => added.push((wanted, merged)),
                (None, _) if wanted.iter().all(Option::is_some) => kept.retain(|(own, _)| *own != wanted),
                (None, _) => {}
            }
        }
        for (own, item) in kept {
            added.retain(|(known, _)| !covers(known, &own));
            let item = self.unnamed(&item);
            added.push((own, item));
        }
        Ok(added.into_iter().map(|(_, node)| node).collect())
    }
}
