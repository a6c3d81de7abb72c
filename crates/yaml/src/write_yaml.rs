//! Nodes to YAML, as sigs.k8s.io/yaml writes it: block style, sorted keys, lists not indented under their key.

use std::cmp::Ordering;
use std::fmt::Write as _;

use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};

use crate::scalar::{self, Style};
use crate::{Node, Profile, Value};

/// The node as a YAML document without markers.
pub fn to_yaml(node: &Node) -> String {
    to_yaml_folded(node, -1)
}

/// The same, with long lines folded at the first blank behind a column; -1: never.
pub fn to_yaml_folded(node: &Node, width: i32) -> String {
    let mut bytes = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_output_string(&mut bytes);
    emitter.set_unicode(true);
    emitter.set_width(width);
    emitter.set_indent(2);
    let written = emitter
        .emit(Event::stream_start(Encoding::Utf8))
        .and_then(|()| emitter.emit(Event::document_start(None, &[], true)))
        .and_then(|()| emit(&mut emitter, node))
        .and_then(|()| emitter.emit(Event::document_end(true)))
        .and_then(|()| emitter.emit(Event::stream_end()))
        .and_then(|()| emitter.flush());
    drop(emitter);
    #[expect(clippy::single_match_else, reason = "what can fail and why stands beside it")]
    match written {
        Ok(()) => finished(&String::from_utf8_lossy(&bytes)),
        // The emitter only refuses events in a wrong order, and characters that YAML cannot hold.
        Err(_) => {
            let mut json = String::new();
            crate::write_json(
                node,
                crate::JsonStyle {
                    sorted: true,
                    escape_html: false,
                },
                &mut json,
            );
            json + "\n"
        }
    }
}

fn emit(emitter: &mut Emitter<'_>, node: &Node) -> libyaml_safer::Result<()> {
    match &node.value {
        Value::Sequence(items) => {
            let style = if items.is_empty() {
                SequenceStyle::Flow
            } else {
                SequenceStyle::Block
            };
            emitter.emit(Event::sequence_start(None, None, true, style))?;
            for item in items {
                emit(emitter, item)?;
            }
            emitter.emit(Event::sequence_end())
        }
        Value::Mapping(map) => {
            // The order is not transitive everywhere, which the sorts of the standard library do not accept.
            let mut entries: Vec<(&std::sync::Arc<str>, &Node)> = Vec::with_capacity(map.len());
            for entry in map.iter() {
                let place = entries.partition_point(|known| natural(known.0, entry.0) != Ordering::Greater);
                entries.insert(place, entry);
            }
            let style = if entries.is_empty() {
                MappingStyle::Flow
            } else {
                MappingStyle::Block
            };
            emitter.emit(Event::mapping_start(None, None, true, style))?;
            for (key, value) in entries {
                emit_key(emitter, key)?;
                emit(emitter, value)?;
            }
            emitter.emit(Event::mapping_end())
        }
        Value::String(text) | Value::Time(text) => emit_string(emitter, text),
        Value::Null => plain(emitter, "null"),
        Value::Bool(flag) => plain(emitter, &flag.to_string()),
        Value::Number(text) => plain(emitter, text),
        Value::Float(number) => plain(emitter, &float(*number)),
        other => plain(emitter, &scalar::go_text(other)),
    }
}

/// What the emitter cannot do itself: no end marker behind an open block, characters beyond 16 bits as escapes.
fn finished(text: &str) -> String {
    let text = match text.strip_suffix("...\n") {
        Some(before) if before.ends_with('\n') => before,
        _ => text,
    };
    if !text.contains(ESCAPE) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(ESCAPE) {
        out.push_str(before);
        let digits: Option<String> = behind
            .chars()
            .take(8)
            .map(|digit| char::from_digit((digit as u32).checked_sub(DIGITS)?, 16))
            .collect();
        let end = behind
            .char_indices()
            .nth(9)
            .map_or(behind.len(), |(index, _)| index);
        match (digits, behind.get(end..)) {
            (Some(digits), Some(after)) if digits.len() == 8 => {
                out.push_str("\\U");
                out.push_str(&digits.to_ascii_uppercase());
                rest = after;
            }
            _ => {
                out.push(ESCAPE);
                rest = behind;
            }
        }
    }
    out + rest
}

/// Starts the stand-in for a character beyond 16 bits. Stand-ins are as long as the escapes, so that lines are folded
/// where they should be: this, eight digits, and this again.
const ESCAPE: char = '\u{e0f0}';
/// The digit 0 of a stand-in.
const DIGITS: u32 = 0xe100;

fn with_stand_ins(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if (character as u32) < 0x1_0000 {
            out.push(character);
            continue;
        }
        out.push(ESCAPE);
        for shift in (0..8).rev() {
            let digit = (character as u32 >> (shift * 4)) & 0xf;
            out.extend(char::from_u32(DIGITS + digit));
        }
        out.push(ESCAPE);
    }
    out
}

/// Order of keys: numbers within them count as numbers, letters come behind everything else.
fn natural(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let Some(at) = left.iter().zip(&right).position(|(left, right)| left != right) else {
        return left.len().cmp(&right.len());
    };
    let (Some(one), Some(other)) = (left.get(at), right.get(at)) else {
        return Ordering::Equal;
    };
    match (one.is_alphabetic(), other.is_alphabetic()) {
        (true, true) => return one.cmp(other),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // The number starts behind the last character that is no digit.
    let zero = (*one == '0' || *other == '0')
        && left.get(..at).is_some_and(|same| {
            same.iter()
                .rev()
                .take_while(|c| c.is_ascii_digit())
                .any(|c| *c != '0')
        });
    let number = |text: &[char]| -> (u64, usize) {
        let digits = text.iter().skip(at).take_while(|c| c.is_ascii_digit());
        let mut length = 0;
        let mut number = u64::from(zero);
        for digit in digits {
            number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit.to_digit(10).unwrap_or_default()));
            length += 1;
        }
        (number, length)
    };
    number(&left).cmp(&number(&right)).then(one.cmp(other))
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

fn plain(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
    emitter.emit(Event::scalar(None, None, text, true, true, ScalarStyle::Plain))
}

/// A key that would be read as a merge is quoted.
fn emit_key(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
    if text == "<<" {
        return emitter.emit(Event::scalar(
            None,
            None,
            text,
            true,
            true,
            ScalarStyle::DoubleQuoted,
        ));
    }
    emit_string(emitter, text)
}

/// Plain where it reads back as the same string, a literal block for several lines, double quotes otherwise. The
/// emitter quotes plain text that would break its surroundings.
fn emit_string(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
    if text.chars().any(|character| character as u32 >= 0x1_0000) {
        let text = with_stand_ins(text);
        return emitter.emit(Event::scalar(
            None,
            None,
            &text,
            true,
            true,
            ScalarStyle::DoubleQuoted,
        ));
    }
    let style = if text.contains('\n') {
        ScalarStyle::Literal
    } else if reads_back(text) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    };
    emitter.emit(Event::scalar(None, None, text, true, true, style))
}

fn reads_back(text: &str) -> bool {
    let string = |profile| {
        matches!(
            scalar::resolve(text.to_owned(), None, Style::Plain, profile),
            Ok(Value::String(_))
        )
    };
    string(Profile::SigsYaml) && string(Profile::GoYamlV3) && !is_base_60(text)
}

/// `12:30`, which YAML 1.1 readers take for a number.
fn is_base_60(text: &str) -> bool {
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
