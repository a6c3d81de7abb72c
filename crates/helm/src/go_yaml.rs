//! YAML as Go's encoders write it: checksums of charts are taken over this text, so every quote counts.

use std::cmp::Ordering;

use kubescape_gotemplate::format::{float_text, shortest};
use kubescape_gotemplate::value::Object;
use kubescape_gotemplate::{Text, Value};
use kubescape_yaml::{Dialect, Emitter, Profile, ScalarStyle, is_base_60, is_plain_string, natural_order};

/// Column behind which a line is folded at the next space.
const BEST_WIDTH: usize = 80;
/// Columns between a collection and what it stands in.
const INDENT: usize = 2;
/// Deeper values are refused: a dictionary can hold itself.
const MAX_DEPTH: usize = 500;
/// Longer texts are refused as well.
const MAX_BYTES: usize = 128 << 20;

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// `sigs.k8s.io/yaml`: through JSON, then `goyaml` v2.
    Sigs,
    /// `yaml.v3` with an indentation of two: lists are indented below their key, lines are not folded.
    Pretty,
}

/// A value as YAML, without the line end behind it. The error says what YAML cannot hold.
pub fn to_yaml(value: &Value, flavor: Flavor) -> Result<String, String> {
    let emitter = match flavor {
        Flavor::Sigs => Emitter::new(Dialect::GoYamlV2, Some(BEST_WIDTH)),
        Flavor::Pretty => Emitter::new(Dialect::GoYamlV3, None),
    };
    let mut writer = Writer { emitter, flavor };
    writer.node(value, Place::default(), 0)?;
    let mut out = writer.emitter.finish();
    if out.ends_with('\n') {
        out.pop();
    }
    Ok(out)
}

struct Writer {
    emitter: Emitter,
    flavor: Flavor,
}

/// Where a node stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Indentation of the collection that holds it.
    outer: Option<usize>,
    in_mapping: bool,
}

impl Place {
    fn indent(self) -> usize {
        self.outer.map_or(0, |outer| outer + INDENT)
    }
}

impl Writer {
    fn node(&mut self, value: &Value, place: Place, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("the value is nested too deeply for YAML".to_owned());
        }
        if self.emitter.len() > MAX_BYTES {
            return Err(format!("the text is larger than {} MiB", MAX_BYTES >> 20));
        }
        match value {
            Value::Map(map) if !map.is_empty() => self.mapping(&map.entries(), place, depth),
            Value::List(list) if !list.items().is_empty() => self.sequence(list.items(), place, depth),
            Value::Bytes(bytes) if self.flavor == Flavor::Pretty && !bytes.is_empty() => {
                let items: Vec<Value> = bytes.as_bytes().iter().map(|byte| Value::Uint8(*byte)).collect();
                self.sequence(&items, place, depth)
            }
            Value::Object(object) => match yaml_fields(&**object) {
                // Without JSON in between, fields keep their order.
                Some(fields) if self.flavor == Flavor::Pretty => {
                    let fields: Vec<(String, &Value)> =
                        fields.iter().map(|(name, value)| (name.clone(), value)).collect();
                    self.fields(fields, place, depth)
                }
                _ => self.node(&object.to_json(), place, depth + 1),
            },
            scalar => self.scalar(scalar, place.outer.unwrap_or(0) + INDENT),
        }
    }

    fn sequence(&mut self, items: &[Value], place: Place, depth: usize) -> Result<(), String> {
        let indent = match place.outer {
            Some(outer) if place.in_mapping && self.flavor == Flavor::Sigs => outer,
            _ => place.indent(),
        };
        let inner = Place {
            outer: Some(indent),
            in_mapping: false,
        };
        for item in items {
            self.emitter.item(indent);
            self.node(item, inner, depth + 1)?;
        }
        Ok(())
    }

    fn mapping(&mut self, entries: &[(Text, Value)], place: Place, depth: usize) -> Result<(), String> {
        // The order is not transitive everywhere, which the sorts of the standard library do not accept.
        let mut sorted: Vec<(String, &Value)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = key.to_string();
            let place = sorted.partition_point(|known| natural_order(&known.0, &key) != Ordering::Greater);
            sorted.insert(place, (key, value));
        }
        self.fields(sorted, place, depth)
    }

    fn fields(&mut self, fields: Vec<(String, &Value)>, place: Place, depth: usize) -> Result<(), String> {
        for (key, value) in fields {
            if self.flavor == Flavor::Sigs {
                if key.contains(is_refused) {
                    return Err(CONTROL_CHARACTERS.to_owned());
                }
                if key.contains(NEXT_LINE) {
                    return Err("yaml: could not find expected ':'".to_owned());
                }
            }
            let inner = Place {
                outer: Some(place.indent()),
                in_mapping: self.emitter.key(&key, style_of(&key), place.indent()),
            };
            self.node(value, inner, depth + 1)?;
        }
        Ok(())
    }

    fn scalar(&mut self, value: &Value, indent: usize) -> Result<(), String> {
        let text = match value {
            Value::Nil => "null".to_owned(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) | Value::Int64(number) => number.to_string(),
            Value::Uint8(number) => number.to_string(),
            Value::Float(number) => self.float(*number)?,
            Value::Complex(..) => return Err("cannot marshal type: complex128".to_owned()),
            Value::Map(map) if map.is_nil() && self.flavor == Flavor::Sigs => "null".to_owned(),
            Value::Map(_) => "{}".to_owned(),
            Value::List(list) if list.is_nil() && self.flavor == Flavor::Sigs => "null".to_owned(),
            Value::List(_) => "[]".to_owned(),
            Value::String(text) => return self.string(&text.to_str(), indent),
            Value::Bytes(bytes) if self.flavor == Flavor::Pretty && bytes.is_empty() => "[]".to_owned(),
            Value::Bytes(bytes) => {
                use base64::Engine as _;
                let text = base64::engine::general_purpose::STANDARD.encode(bytes.as_bytes());
                return self.string(&text, indent);
            }
            Value::Object(object) => return self.scalar(&object.to_json(), indent),
        };
        // All of these are written as they are; as a scalar, brackets would be quoted.
        self.emitter.bare(&text);
        Ok(())
    }

    fn string(&mut self, text: &str, indent: usize) -> Result<(), String> {
        if self.flavor == Flavor::Sigs && text.contains(is_refused) {
            return Err(CONTROL_CHARACTERS.to_owned());
        }
        if self.flavor == Flavor::Sigs && text.contains(NEXT_LINE) {
            let text = unfolded(text);
            self.emitter.scalar(&text, style_of(&text), indent, false);
        } else {
            self.emitter.scalar(text, style_of(text), indent, false);
        }
        Ok(())
    }

    fn float(&self, number: f64) -> Result<String, String> {
        if !number.is_finite() {
            return Err(format!("json: unsupported value: {}", float_text(number)));
        }
        if self.flavor == Flavor::Pretty {
            return Ok(float_text(number));
        }
        #[expect(clippy::float_cmp, reason = "whole numbers are written as integers")]
        let whole = number.trunc() == number;
        if whole && (-9.223_372_036_854_775e18..1.844_674_407_370_955e19).contains(&number) {
            let text = shortest(number, 21);
            return Ok(if text == "-0" { "0".to_owned() } else { text });
        }
        Ok(float_text(number))
    }
}

/// Plain where it reads back as the same string, a literal block for several lines, double quotes otherwise.
fn style_of(text: &str) -> ScalarStyle {
    if text.contains('\n') {
        ScalarStyle::Literal
    } else if is_plain_string(text, Profile::SigsYaml) && !is_base_60(text) {
        ScalarStyle::Plain
    } else {
        ScalarStyle::DoubleQuoted
    }
}

const CONTROL_CHARACTERS: &str = "yaml: control characters are not allowed";

/// JSON leaves this line break as it is, and a YAML reader folds it.
const NEXT_LINE: char = '\u{85}';

/// A quoted text after its line breaks are folded: one becomes a space, each further one a line end, and the blanks
/// around them are dropped.
fn unfolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(NEXT_LINE);
    out.push_str(parts.next().unwrap_or_default());
    let mut breaks = 0;
    let count = text.matches(NEXT_LINE).count();
    for (index, part) in parts.enumerate() {
        if breaks == 0 {
            out.truncate(out.trim_end_matches(' ').len());
        }
        breaks += 1;
        let is_last = index + 1 == count;
        let part = part.trim_start_matches(' ');
        if part.is_empty() && !is_last {
            continue;
        }
        if breaks == 1 {
            out.push(' ');
        } else {
            out.extend(std::iter::repeat_n('\n', breaks - 1));
        }
        out.push_str(part);
        breaks = 0;
    }
    out
}

/// The fields of a struct under the names that it has for YAML, or else in small letters, empty ones as well.
fn yaml_fields(object: &dyn Object) -> Option<Vec<(String, Value)>> {
    if object.has_yaml_names() {
        return object.json_fields();
    }
    let fields = object.fields()?.into_iter();
    Some(fields.map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// What JSON leaves as it is and a YAML reader refuses.
fn is_refused(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}
