//! Functions between texts and values, and those that read files of the folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kubescape_yaml::{JsonStyle, Limits, Node, Profile, load_json, load_one, to_yaml, write_json};

use super::Function;
use crate::terraform::evaluate::Scope;
use crate::terraform::template;
use crate::terraform::value::Value;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "base64encode" => |arguments| Some(Value::text(STANDARD.encode(&*arguments.first()?.as_text()?))),
        "base64decode" => |arguments| {
            let bytes = STANDARD.decode(&*arguments.first()?.as_text()?).ok()?;
            String::from_utf8(bytes).ok().map(Value::text)
        },
        "jsonencode" => |arguments| {
            let mut text = String::new();
            let style = JsonStyle {
                sorted: true,
                escape_html: true,
            };
            write_json(&plain(arguments.first()?)?, style, &mut text);
            Some(Value::text(text))
        },
        "yamlencode" => |arguments| Some(Value::text(to_yaml(&plain(arguments.first()?)?))),
        "jsondecode" => |arguments| {
            let text = arguments.first()?.as_text()?;
            load_json(&text, &Limits::default()).ok().map(|node| value(&node))
        },
        "yamldecode" => |arguments| {
            let text = arguments.first()?.as_text()?;
            let node = load_one(&text, Profile::GoYamlV3, &Limits::default());
            node.ok().map(|node| value(&node))
        },
        _ => return None,
    })
}

/// Functions that read files; `None` for other functions.
pub(super) fn with_files(name: &str, arguments: &[Value], scope: &Scope<'_>) -> Option<Value> {
    if !matches!(name, "file" | "filebase64" | "fileexists" | "templatefile") {
        return None;
    }
    let Some(path) = arguments.first().and_then(Value::as_text) else {
        return Some(Value::unknown(format!("{name} without a path")));
    };
    let text = scope.module.read(&path);
    if name == "fileexists" {
        return Some(Value::Bool(text.is_ok()));
    }
    let text = match text {
        Ok(text) => text,
        Err(why) => return Some(Value::unknown(why)),
    };
    if !scope.module.spend(text.len()) {
        return Some(Value::unknown(crate::terraform::module::TOO_LONG));
    }
    Some(match (name, arguments.get(1)) {
        ("filebase64", _) => Value::text(STANDARD.encode(text)),
        ("templatefile", Some(Value::Map(names))) => {
            let names = names
                .items
                .iter()
                .map(|(name, value)| (name.to_string(), value.clone()));
            match hcl_edit::parser::parse_template(&text) {
                Ok(parsed) => template::evaluate(parsed.iter(), &scope.with(names.collect())),
                Err(error) => Value::unknown(format!("{path} is no template: {}", error.message())),
            }
        }
        ("templatefile", _) => Value::unknown("templatefile without variables"),
        _ => Value::text(text),
    })
}

/// The value as a node that no file wrote; `None` when a part of it is unknown.
fn plain(value: &Value) -> Option<Node> {
    use kubescape_yaml::Value as Plain;
    Some(Node::new(match value {
        Value::Unknown(_) => return None,
        Value::Null => Plain::Null,
        Value::Bool(flag) => Plain::Bool(*flag),
        Value::Int(number) => Plain::Int(*number),
        Value::Float(number) => Plain::Float(*number),
        Value::Text(text) => Plain::String(Arc::clone(text)),
        Value::List(list) => Plain::Sequence(list.items.iter().map(plain).collect::<Option<_>>()?),
        Value::Map(map) => Plain::Mapping(
            map.items
                .iter()
                .map(|(key, value)| Some((Arc::clone(key), plain(value)?)))
                .collect::<Option<_>>()?,
        ),
    }))
}

/// What a document holds. Bounded by the limits on documents and on values.
fn value(node: &Node) -> Value {
    use kubescape_yaml::Value as Plain;
    match &node.value {
        Plain::Null => Value::Null,
        Plain::Bool(flag) => Value::Bool(*flag),
        Plain::Int(number) => Value::Int(*number),
        Plain::UInt(_) | Plain::Float(_) | Plain::Number(_) => {
            node.as_f64().map_or(Value::Null, Value::number)
        }
        Plain::String(text) | Plain::Time(text) => Value::text(Arc::clone(text)),
        Plain::Sequence(items) => Value::list(items.iter().map(value).collect()),
        Plain::Mapping(map) => Value::map(
            map.iter()
                .map(|(key, node)| (Arc::clone(key), value(node)))
                .collect::<BTreeMap<_, _>>(),
        ),
    }
}
