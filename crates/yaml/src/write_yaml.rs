//! Nodes to YAML, as sigs.k8s.io/yaml writes it: block style, sorted keys, lists not indented under their key.

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
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
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
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.cmp(b.0));
            let style = if entries.is_empty() {
                MappingStyle::Flow
            } else {
                MappingStyle::Block
            };
            emitter.emit(Event::mapping_start(None, None, true, style))?;
            for (key, value) in entries {
                emit_string(emitter, key)?;
                emit(emitter, value)?;
            }
            emitter.emit(Event::mapping_end())
        }
        Value::String(text) | Value::Time(text) => emit_string(emitter, text),
        Value::Null => plain(emitter, "null"),
        Value::Bool(flag) => plain(emitter, &flag.to_string()),
        Value::Number(text) => plain(emitter, text),
        other => plain(
            emitter,
            &scalar::go_text(other)
                .replace("+Inf", ".inf")
                .replace("-Inf", "-.inf")
                .replace("NaN", ".nan"),
        ),
    }
}

fn plain(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
    emitter.emit(Event::scalar(None, None, text, true, true, ScalarStyle::Plain))
}

/// Plain where it reads back as the same string, a literal block for several lines, double quotes otherwise. The
/// emitter quotes plain text that would break its surroundings.
fn emit_string(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
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
    string(Profile::SigsYaml) && string(Profile::GoYamlV3) && !is_base_60(text) && text != "<<"
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
