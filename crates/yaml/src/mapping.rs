//! Maps: entries in the order of the file, each with its key's place.

use std::sync::Arc;

use crate::{Node, Span};

/// What type a key has in Go. Only string keys exist in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A string.
    #[default]
    String,
    /// An integer.
    Int,
    /// A floating point number.
    Float,
    /// A boolean.
    Bool,
    /// `null`.
    Null,
    /// A point in time.
    Time,
}

/// A key and its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Key {
    /// Its text; for other types than strings, Go's notation of the value.
    pub text: Arc<str>,
    /// Its type.
    pub kind: KeyKind,
    /// Its bytes in the file.
    pub span: Span,
}

/// A key with its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A map in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    entries: Vec<Entry>,
}

impl Mapping {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn from_entries(mut entries: Vec<Entry>) -> Self {
        entries.shrink_to_fit();
        Self { entries }
    }

    /// The value under a string key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Key and value under a string key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key.kind == KeyKind::String && &*entry.key.text == key)
    }

    /// The value under a string key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries
            .iter_mut()
            .find(|entry| entry.key.kind == KeyKind::String && &*entry.key.text == key)
            .map(|entry| &mut entry.value)
    }

    /// Sets the value under a string key; a new key goes to the end.
    pub fn insert(&mut self, key: impl Into<Arc<str>>, value: Node) {
        let key = key.into();
        match self.get_mut(&key) {
            Some(place) => *place = value,
            None => self.entries.push(Entry {
                key: Key {
                    text: key,
                    ..Key::default()
                },
                value,
            }),
        }
    }

    /// Takes a string key out.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self
            .entries
            .iter()
            .position(|entry| entry.key.kind == KeyKind::String && &*entry.key.text == key)?;
        Some(self.entries.remove(index).value)
    }

    /// String keys and their values, in the order of the file: what the map is in JSON.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Node)> {
        self.entries
            .iter()
            .filter(|entry| entry.key.kind == KeyKind::String)
            .map(|entry| (&entry.key.text, &entry.value))
    }

    /// All entries, also those whose keys are no strings.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All entries, to change them.
    pub fn entries_mut(&mut self) -> &mut Vec<Entry> {
        &mut self.entries
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<(Arc<str>, Node)> for Mapping {
    /// Keys are taken as they come; a key that comes twice stays twice.
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Node)>>(entries: I) -> Self {
        let entries = entries
            .into_iter()
            .map(|(text, value)| Entry {
                key: Key {
                    text,
                    ..Key::default()
                },
                value,
            })
            .collect();
        Self { entries }
    }
}
