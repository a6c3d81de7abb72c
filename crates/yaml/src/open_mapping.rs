//! Maps whose end is not read yet: what their keys are checked against.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::mapping::{Entry, Key, KeyKind};
use crate::{Node, Span};

/// Entries that keys are compared with one by one.
const FEW: usize = 16;

/// A map that is still open. Its entries so far lie behind those of the maps around it.
#[derive(Default)]
pub(crate) struct OpenMapping {
    /// The key whose value comes next.
    pub(crate) pending: Option<Pending>,
    /// What maps of a few different strings do without.
    more: Option<Box<More>>,
}

pub(crate) enum Pending {
    /// A key, and whether the map has it already.
    Key(Key, bool),
    Merge(Span),
}

#[derive(Default)]
struct More {
    /// The place of each key's text as it was written.
    seen: HashMap<Arc<str>, u32>,
    /// Keys that are no strings, as what they mean: Go's maps know each once.
    typed: HashSet<(KeyKind, Arc<str>)>,
    /// Where each key stands, from the first duplicate on.
    places: HashMap<(KeyKind, Arc<str>), usize>,
    /// Maps to merge.
    merges: Vec<Node>,
}

impl OpenMapping {
    /// Remembers a key that stands at an offset by its text; gives the offset of an earlier one with the same text.
    /// `entries` are the map's own.
    pub(crate) fn see(&mut self, text: &Arc<str>, offset: u32, entries: &[Entry]) -> Option<u32> {
        if self.more.is_none() && entries.len() < FEW {
            let mut earlier = entries.iter().map(|entry| &entry.key);
            return earlier.find(|key| key.text == *text).map(|key| key.span.start);
        }
        self.more(entries).seen.insert(Arc::clone(text), offset)
    }

    /// As [`OpenMapping::see`], for a key that means something else than its text.
    pub(crate) fn see_written(&mut self, text: &Arc<str>, offset: u32, entries: &[Entry]) -> Option<u32> {
        self.more(entries).seen.insert(Arc::clone(text), offset)
    }

    /// Remembers a key that is no string; false when there was one of the same value.
    pub(crate) fn see_typed(&mut self, key: &Key, entries: &[Entry]) -> bool {
        self.more(entries).typed.insert((key.kind, Arc::clone(&key.text)))
    }

    pub(crate) fn add_merge(&mut self, map: Node, entries: &[Entry]) {
        self.more(entries).merges.push(map);
    }

    pub(crate) fn take_merges(&mut self) -> Vec<Node> {
        let more = self.more.as_deref_mut();
        more.map(|more| std::mem::take(&mut more.merges))
            .unwrap_or_default()
    }

    /// Adds an entry behind those that start at `first`; one whose key is known takes the place of the other.
    pub(crate) fn push(&mut self, entry: Entry, is_known: bool, entries: &mut Vec<Entry>, first: usize) {
        let own = entries.get(first..).unwrap_or_default();
        if is_known {
            let more = self.more(own);
            if more.places.is_empty() {
                more.places = own.iter().map(identity).zip(0..).collect();
            }
        }
        let count = own.len();
        let place = match self.more.as_deref_mut() {
            Some(more) if !more.places.is_empty() => *more.places.entry(identity(&entry)).or_insert(count),
            _ => count,
        };
        match entries.get_mut(first + place) {
            Some(earlier) => *earlier = entry,
            None => entries.push(entry),
        }
    }

    fn more(&mut self, entries: &[Entry]) -> &mut More {
        self.more.get_or_insert_with(|| {
            let keys = entries.iter().map(|entry| &entry.key);
            Box::new(More {
                seen: keys.map(|key| (Arc::clone(&key.text), key.span.start)).collect(),
                ..More::default()
            })
        })
    }
}

/// What makes two keys one.
pub(crate) fn identity(entry: &Entry) -> (KeyKind, Arc<str>) {
    (entry.key.kind, Arc::clone(&entry.key.text))
}
