//! Paths of fields, as findings write them: `spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`.

use crate::{Node, Span};

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// The value under a key.
    Key(String),
    /// The entry of a list.
    Index(usize),
}

/// The steps of a path. A bracket with digits is an index, with anything else a key, quoted or not.
pub fn parse_path(path: &str) -> Vec<PathSegment> {
    let mut segments = Vec::new();
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        match first {
            '.' => rest = rest.get(1..).unwrap_or_default(),
            '[' => {
                let (inner, after) = bracket(rest);
                segments.push(match inner.parse::<usize>() {
                    Ok(index) => PathSegment::Index(index),
                    Err(_) => PathSegment::Key(inner.to_owned()),
                });
                rest = after;
            }
            _ => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (key, after) = rest.split_at(end);
                segments.push(PathSegment::Key(key.to_owned()));
                rest = after;
            }
        }
    }
    segments
}

/// Content of the leading bracket, without quotes, and what follows it.
fn bracket(text: &str) -> (&str, &str) {
    let inner = text.get(1..).unwrap_or_default();
    for quote in ['\'', '"'] {
        if let Some(quoted) = inner.strip_prefix(quote)
            && let Some((key, after)) = quoted.split_once(quote)
        {
            return (key, after.strip_prefix(']').unwrap_or(after));
        }
    }
    inner.split_once(']').unwrap_or((inner, ""))
}

/// The deepest part of a path that exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest<'node> {
    /// The node there.
    pub node: &'node Node,
    /// The key that leads to it, when it is the value of a map: where an editor should point.
    pub key: Option<Span>,
    /// Whether it is the whole path.
    pub exact: bool,
}

impl Node {
    /// The node at a path; an empty path is the node itself.
    pub fn at(&self, path: &str) -> Option<&Self> {
        Some(self.nearest(path))
            .filter(|nearest| nearest.exact)
            .map(|nearest| nearest.node)
    }

    /// The deepest node on a path that exists.
    pub fn nearest(&self, path: &str) -> Nearest<'_> {
        let mut nearest = Nearest {
            node: self,
            key: None,
            exact: true,
        };
        for segment in parse_path(path) {
            let next = match &segment {
                PathSegment::Key(key) => nearest
                    .node
                    .as_mapping()
                    .and_then(|map| map.entry(key))
                    .map(|entry| (&entry.value, Some(entry.key.span))),
                PathSegment::Index(index) => match nearest.node.get_index(*index) {
                    Some(item) => Some((item, None)),
                    // Keys may be digits.
                    None => nearest
                        .node
                        .as_mapping()
                        .and_then(|map| map.entry(&index.to_string()))
                        .map(|entry| (&entry.value, Some(entry.key.span))),
                },
            };
            match next {
                Some((node, key)) => {
                    nearest = Nearest {
                        node,
                        key,
                        exact: true,
                    }
                }
                None => {
                    return Nearest {
                        exact: false,
                        ..nearest
                    };
                }
            }
        }
        nearest
    }
}
