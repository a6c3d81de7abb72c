//! Values of the configuration language.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Deepest nesting of a value.
const DEPTH: usize = 64;
/// Largest value: bytes of its texts and a few for each of its nodes.
const WEIGHT: usize = 4 << 20;
/// What a node weighs beside its text.
const NODE: usize = 16;

/// A value. Copies share their contents.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Known only when the configuration is applied, or not understood here; says why.
    Unknown(Arc<str>),
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Arc<Collection<Vec<Value>>>),
    Map(Arc<Collection<BTreeMap<Arc<str>, Value>>>),
}

/// A list or map with what it would be written out.
#[derive(Debug, PartialEq)]
pub(super) struct Collection<T> {
    pub items: T,
    depth: usize,
    weight: usize,
}

impl Value {
    pub(super) fn unknown(why: impl Into<Arc<str>>) -> Self {
        Self::Unknown(why.into())
    }

    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        if text.len() > WEIGHT {
            return too_large();
        }
        Self::Text(text)
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        match measure(items.iter()) {
            Some((depth, weight)) => Self::List(Arc::new(Collection { items, depth, weight })),
            None => too_large(),
        }
    }

    pub(super) fn map(items: BTreeMap<Arc<str>, Self>) -> Self {
        let keys: usize = items.keys().map(|key| key.len()).sum();
        match measure(items.values()) {
            Some((depth, weight)) if weight + keys <= WEIGHT => Self::Map(Arc::new(Collection {
                items,
                depth,
                weight: weight + keys,
            })),
            _ => too_large(),
        }
    }

    /// A whole number where that is what the number is.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked before the conversion"
    )]
    pub(super) fn number(number: f64) -> Self {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < EXACT {
            Self::Int(number as i64)
        } else if number.is_finite() {
            Self::Float(number)
        } else {
            Self::unknown("a number out of range")
        }
    }

    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => NODE + text.len(),
            Self::List(list) => list.weight,
            Self::Map(map) => map.weight,
            _ => NODE,
        }
    }

    /// What the value takes without what its parts take.
    pub(super) fn own_size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(list) => list.items.len() * NODE,
            Self::Map(map) => map.items.len() * NODE,
            _ => 0,
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(map) => map.depth,
            _ => 0,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown(_))
    }

    /// The value as text, the way templates convert it.
    pub(super) fn as_text(&self) -> Option<Arc<str>> {
        Some(match self {
            Self::Text(text) => Arc::clone(text),
            Self::Bool(flag) => flag.to_string().into(),
            Self::Int(number) => number.to_string().into(),
            Self::Float(number) => number.to_string().into(),
            _ => return None,
        })
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => match &**text {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as a number: a whole one or another.
    pub(super) fn as_number(&self) -> Option<Self> {
        match self {
            Self::Int(_) | Self::Float(_) => Some(self.clone()),
            Self::Text(text) => text.parse().map(Self::Int).ok().or_else(|| {
                let number: f64 = text.parse().ok()?;
                number.is_finite().then(|| Self::number(number))
            }),
            _ => None,
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "arithmetic of the language is that of floating point numbers here"
    )]
    pub(super) fn as_f64(&self) -> Option<f64> {
        match self.as_number()? {
            Self::Int(number) => Some(number as f64),
            Self::Float(number) => Some(number),
            _ => None,
        }
    }

    /// What a loop over the value sees: keys (or indexes) and values.
    pub(super) fn entries(&self) -> Option<Vec<(Self, Self)>> {
        match self {
            Self::List(list) => Some(
                list.items
                    .iter()
                    .enumerate()
                    .map(|(index, value)| {
                        (Self::Int(i64::try_from(index).unwrap_or(i64::MAX)), value.clone())
                    })
                    .collect(),
            ),
            Self::Map(map) => Some(
                map.items
                    .iter()
                    .map(|(key, value)| (Self::Text(Arc::clone(key)), value.clone()))
                    .collect(),
            ),
            _ => None,
        }
    }

    /// What stands under a key or index.
    pub(super) fn index(&self, key: &Self) -> Self {
        match (self, key) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => key.clone(),
            (Self::Map(map), key) => key
                .as_text()
                .and_then(|key| map.items.get(&key).cloned())
                .unwrap_or_else(|| Self::unknown("a key that does not exist")),
            (Self::List(list), key) => match key.as_number() {
                Some(Self::Int(index)) => usize::try_from(index)
                    .ok()
                    .and_then(|index| list.items.get(index).cloned())
                    .unwrap_or_else(|| Self::unknown("an index that does not exist")),
                _ => Self::unknown("an index that is no number"),
            },
            _ => Self::unknown("a part of something that has none"),
        }
    }
}

fn too_large() -> Value {
    Value::unknown("a value that is too large")
}

/// Depth and weight of a collection of these; `None` when it would be too much.
fn measure<'a>(items: impl Iterator<Item = &'a Value>) -> Option<(usize, usize)> {
    let (mut depth, mut weight) = (1, NODE);
    for item in items {
        depth = depth.max(item.depth() + 1);
        weight += item.weight();
        if depth > DEPTH || weight > WEIGHT {
            return None;
        }
    }
    Some((depth, weight))
}
