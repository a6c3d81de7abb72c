//! Nodes to YAML, as sigs.k8s.io/yaml writes it: block style, sorted keys, lists not indented under their key.

use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::emitter::{Dialect, Emitter, ScalarStyle};
use crate::scalar::{self, is_plain_string};
use crate::{Node, Profile, Value, natural_order};

/// The node as a YAML document without markers.
pub fn to_yaml(node: &Node) -> String {
    written(node, None)
}

/// The same, with long lines folded at the first blank behind a column.
pub fn to_yaml_folded(node: &Node, width: usize) -> String {
    written(node, Some(width))
}

fn written(node: &Node, width: Option<usize>) -> String {
    let mut emitter = Emitter::new(Dialect::GoYamlV2, width);
    emit(&mut emitter, node, 0, Parent::Root);
    emitter.finish()
}

/// What a node stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Root,
    Sequence,
    Mapping,
}

/// Writes a node; `indent` is that of the lines of the list or map it stands in.
fn emit(emitter: &mut Emitter, node: &Node, indent: usize, parent: Parent) {
    let inner = if parent == Parent::Root {
        indent
    } else {
        indent + 2
    };
    match &node.value {
        Value::Sequence(items) if items.is_empty() => emitter.bare("[]"),
        Value::Sequence(items) => {
            // The list of a key is not indented.
            let own = if parent == Parent::Mapping { indent } else { inner };
            for item in items {
                emitter.item(own);
                emit(emitter, item, own, Parent::Sequence);
            }
        }
        Value::Mapping(map) => {
            // The order is not transitive everywhere, which the sorts of the standard library do not accept.
            let mut entries: Vec<(&std::sync::Arc<str>, &Node)> = Vec::with_capacity(map.len());
            for entry in map.iter() {
                let place =
                    entries.partition_point(|known| natural_order(known.0, entry.0) != Ordering::Greater);
                entries.insert(place, entry);
            }
            if entries.is_empty() {
                emitter.bare("{}");
            }
            for (key, value) in entries {
                let parent = if emitter.key(key, key_style(key), inner) {
                    Parent::Mapping
                } else {
                    Parent::Sequence
                };
                emit(emitter, value, inner, parent);
            }
        }
        Value::String(text) | Value::Time(text) => emitter.scalar(text, style_of(text), indent + 2, false),
        Value::Null => emitter.bare("null"),
        Value::Bool(flag) => emitter.bare(&flag.to_string()),
        Value::Number(text) => emitter.bare(text),
        Value::Float(number) => emitter.bare(&float(*number)),
        other => emitter.bare(&scalar::go_text(other)),
    }
}

/// Whole numbers of 64 bits are integers; others are written as by Go's `%g`.
fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let text = format!("{number}");
    if number == 0.0 {
        return "0".to_owned();
    }
    if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return text;
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return text;
    }
    let mut out = digits.to_owned();
    let sign = if exponent < 0 { '-' } else { '+' };
    // Writing to a string cannot fail.
    let _ = write!(out, "e{sign}{:02}", exponent.abs());
    out
}

/// A key that would be read as a merge is quoted.
fn key_style(text: &str) -> ScalarStyle {
    if text == "<<" {
        ScalarStyle::DoubleQuoted
    } else {
        style_of(text)
    }
}

/// Plain where it reads back as the same string, a literal block for several lines, double quotes otherwise. The
/// emitter quotes plain text that would break its surroundings.
fn style_of(text: &str) -> ScalarStyle {
    if text.contains('\n') {
        ScalarStyle::Literal
    } else if reads_back(text) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    }
}

fn reads_back(text: &str) -> bool {
    let is_plain = |profile| is_plain_string(text, profile);
    is_plain(Profile::SigsYaml) && is_plain(Profile::GoYamlV3) && !is_base_60(text)
}

/// Numbers to the base of sixty: YAML 1.1 readers take `12:30` for one.
pub fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
        && !rest.is_empty()
        && rest
            .iter()
            .all(|part| matches!(part.as_bytes(), [digit] | [b'0'..=b'5', digit] if digit.is_ascii_digit()))
        && fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}
