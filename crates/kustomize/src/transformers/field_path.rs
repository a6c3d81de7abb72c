//! Paths of `replacements`: `spec.list.[name=x].value`.

use kubescape_yaml::{Node, Value};
use regex::Regex;

use crate::object::scalar_text;
use crate::patterns;

/// A part of a path.
#[derive(Debug)]
pub(super) enum Step {
    Key(String),
    Index(usize),
    /// Every element.
    Every,
    /// Elements whose key has a value; without a key, elements that are the value.
    Match {
        key: String,
        value: String,
    },
    /// Brackets around neither an equation nor a key with dots.
    Unclear,
}

const UNCLEAR: &str = "list path element must contain fieldName=fieldValue for element to match";
const NO_LIST: &str = "wrong node kind: expected SequenceNode but got MappingNode";

/// The parts of `a.b.[name=c].d`. `[a.b]` is one key, and so is `a\\.b`.
pub(super) fn parse(path: &str) -> Vec<Step> {
    let mut parts = vec![String::new()];
    let mut in_brackets = false;
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'.') => {
                characters.next();
                push(&mut parts, '.');
            }
            '.' if !in_brackets => parts.push(String::new()),
            // Brackets mean something at the start of a part only.
            '[' if parts.last().is_some_and(String::is_empty) => {
                in_brackets = true;
                push(&mut parts, '[');
            }
            ']' if in_brackets => {
                in_brackets = false;
                push(&mut parts, ']');
            }
            other => push(&mut parts, other),
        }
    }
    parts
        .iter()
        .skip_while(|part| part.is_empty())
        .map(|part| step(part))
        .collect()
}

fn push(parts: &mut [String], character: char) {
    if let Some(last) = parts.last_mut() {
        last.push(character);
    }
}

fn step(part: &str) -> Step {
    if let Some(inner) = part.strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or(inner);
        return match inner.split_once('=') {
            Some((key, value)) => Step::Match {
                key: key.to_owned(),
                value: value.to_owned(),
            },
            None if inner.contains('.') => Step::Key(inner.to_owned()),
            None => Step::Unclear,
        };
    }
    match part {
        "*" => Step::Every,
        _ => part
            .parse()
            .map_or_else(|_| Step::Key(part.to_owned()), Step::Index),
    }
}

/// The value that a path leads to. Values are compared as they are, and `-` is the last element.
pub(super) fn find<'a>(node: &'a Node, steps: &[Step]) -> Result<Option<&'a Node>, String> {
    let mut at = node;
    for step in steps {
        let next = match (step, &at.value) {
            (Step::Unclear, _) => return Err(UNCLEAR.to_owned()),
            (Step::Every, _) => return Err("wildcard is not supported in PathGetter".to_owned()),
            (Step::Index(_), Value::Mapping(_)) => return Err(NO_LIST.to_owned()),
            (Step::Key(key), _) if key.is_empty() => Some(at),
            (Step::Key(key), Value::Mapping(map)) => map.get(key),
            (Step::Key(key), Value::Sequence(items)) if key == "-" => items.last(),
            (Step::Index(index), Value::Sequence(items)) => items.get(*index),
            (Step::Match { key, value }, Value::Sequence(items)) => items
                .iter()
                .find(|item| own(item, key).is_some_and(|own| own == *value)),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// What an element has for a key; without a key, what it is.
fn own(item: &Node, key: &str) -> Option<String> {
    if key.is_empty() {
        Some(scalar_text(item))
    } else {
        item.get(key).map(scalar_text)
    }
}

/// How places are made.
#[derive(Clone, Copy)]
pub(super) enum Make {
    /// What is missing stays missing.
    Nothing,
    /// Maps, elements and values that are missing.
    Missing,
}

/// Changes every place that the steps lead to, and gives their number. The change is told whether the place was made.
pub(super) fn each(
    node: &mut Node,
    steps: &[Step],
    make: Make,
    is_made: bool,
    change: &mut dyn FnMut(&mut Node, bool) -> Result<(), String>,
) -> Result<usize, String> {
    let Some((step, rest)) = steps.split_first() else {
        change(node, is_made)?;
        return Ok(1);
    };
    let makes = matches!(make, Make::Missing);
    if makes && node.is_null() {
        if !is_made {
            // A null that is there stays one, whatever is put below it.
            return Ok(1);
        }
        node.value = match step {
            Step::Key(_) => Value::Mapping(kubescape_yaml::Mapping::new()),
            _ => Value::Sequence(Vec::new()),
        };
    }
    match (step, &mut node.value) {
        (Step::Unclear, _) => Err(UNCLEAR.to_owned()),
        (Step::Index(_), Value::Mapping(_)) => Err(NO_LIST.to_owned()),
        (Step::Key(key), Value::Mapping(map)) if !key.is_empty() => {
            let is_missing = map.get(key).is_none();
            if is_missing {
                if !makes {
                    return Ok(0);
                }
                map.insert(key.as_str(), Node::default());
            }
            map.get_mut(key)
                .map_or(Ok(0), |inner| each(inner, rest, make, is_missing, change))
        }
        (Step::Index(index), Value::Sequence(items)) => {
            let is_missing = makes && *index == items.len();
            if is_missing {
                items.push(Node::default());
            }
            items
                .get_mut(*index)
                .map_or(Ok(0), |item| each(item, rest, make, is_missing, change))
        }
        (Step::Every, Value::Sequence(items)) => {
            let mut hits = 0;
            for item in items {
                hits += each(item, rest, make, false, change)?;
            }
            Ok(hits)
        }
        (Step::Match { key, value }, Value::Sequence(items)) => {
            let pattern = patterns::compile(value)?;
            let fits = |item: &Node| own(item, key).is_some_and(|own| pattern.is_match(&own));
            if makes && !items.iter().any(fits) {
                items.push(matching(key, value, &pattern)?);
                let item = items.last_mut();
                return item.map_or(Ok(0), |item| each(item, rest, make, true, change));
            }
            let mut hits = 0;
            for item in items.iter_mut().filter(|item| fits(item)) {
                hits += each(item, rest, make, false, change)?;
            }
            Ok(hits)
        }
        _ => Ok(0),
    }
}

/// A new element that a pattern finds.
fn matching(key: &str, value: &str, pattern: &Regex) -> Result<Node, String> {
    if !pattern.is_match(value) {
        return Err(format!("no element can be made for the pattern {value:?}"));
    }
    let value = Node::new(crate::object::plain(value));
    if key.is_empty() {
        return Ok(value);
    }
    let mut made = kubescape_yaml::Mapping::new();
    made.insert(key, value);
    Ok(Node::new(Value::Mapping(made)))
}
