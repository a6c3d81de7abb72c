//! Helm's own functions: <https://helm.sh/docs/chart_template_guide/function_list/>.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kubescape_gotemplate::{CallError, Engine, Functions, List, Map, Param, Text, Value, json, sprig};

use crate::go_yaml::{Flavor, to_yaml};
use crate::parsed::Parsed;
use crate::toml::{from_toml, to_toml};
use crate::values::json_type;

type Result = std::result::Result<Value, CallError>;

/// A template may include itself this often.
const MAX_NESTED: usize = 1000;

/// All functions that charts may call.
pub(crate) fn functions() -> Functions {
    use Param::{Any, String};
    let mut functions = Functions::builtin();
    sprig::register(&mut functions);
    register_rendering(&mut functions);
    functions.add("required", &[String, Any], |arguments| match arguments {
        [Value::String(message), value] => {
            if value.is_nil() || value.as_text().is_some_and(Text::is_empty) {
                return Err(CallError::for_user(message.to_string()));
            }
            Ok(value.clone())
        }
        _ => Ok(Value::Nil),
    });
    functions.add("fail", &[String], |arguments| {
        Err(CallError::for_user(text(arguments)))
    });
    functions.add("lookup", &[String, String, String, String], |_| {
        Ok(Value::Map(Map::dict()))
    });
    for (name, flavor) in [("toYaml", Flavor::Sigs), ("toYamlPretty", Flavor::Pretty)] {
        functions.add(name, &[Any], move |arguments| {
            match to_yaml(first(arguments), flavor) {
                Ok(text) => Ok(text.into()),
                Err(message) if flavor == Flavor::Pretty => Err(CallError::new(message)),
                Err(_) => Ok("".into()),
            }
        });
    }
    functions.add("mustToYaml", &[Any], |arguments| {
        to_yaml(first(arguments), Flavor::Sigs)
            .map(Value::from)
            .map_err(CallError::new)
    });
    let parsed = Rc::new(RefCell::new(Parsed::default()));
    let of_arrays = Rc::clone(&parsed);
    functions.add("fromYaml", &[String], move |arguments| {
        Ok(from_yaml(parsed.borrow_mut().value(&text(arguments))))
    });
    functions.add("fromYamlArray", &[String], move |arguments| {
        Ok(from_yaml_array(of_arrays.borrow_mut().value(&text(arguments))))
    });
    functions.add("fromJson", &[String], |arguments| {
        Ok(match json::read(bytes(arguments)) {
            Ok(value @ Value::Map(_)) => value,
            Ok(Value::Nil) => Value::Map(Map::new(&kubescape_gotemplate::value::NIL_DICT)),
            Ok(other) => error_map(cannot_unmarshal(&other, "map[string]interface {}")),
            Err(message) => error_map(message),
        })
    });
    functions.add("fromJsonArray", &[String], |arguments| {
        Ok(match json::read(bytes(arguments)) {
            Ok(value @ Value::List(_)) => value,
            Ok(Value::Nil) => Value::List(List::nil(&kubescape_gotemplate::value::LIST)),
            Ok(other) => Value::list(vec![cannot_unmarshal(&other, "[]interface {}").into()]),
            Err(message) => Value::list(vec![message.into()]),
        })
    });
    functions.add("toToml", &[Any], |arguments| {
        if first(arguments).is_nil() {
            return Err(CallError::new(
                "reflect: call of reflect.Value.Type on zero Value",
            ));
        }
        Ok(to_toml(first(arguments)).unwrap_or_else(|message| message).into())
    });
    functions.add("mustToToml", &[Any], |arguments| {
        to_toml(first(arguments)).map(Value::from).map_err(CallError::new)
    });
    functions.add("fromToml", &[String], |arguments| {
        Ok(from_toml(&text(arguments)).map_or_else(error_map, Value::Map))
    });
    functions
}

fn first(arguments: &[Value]) -> &Value {
    arguments.first().unwrap_or(&Value::Nil)
}

fn bytes(arguments: &[Value]) -> &[u8] {
    first(arguments).as_text().map(Text::as_bytes).unwrap_or_default()
}

fn text(arguments: &[Value]) -> String {
    first(arguments)
        .as_text()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn register_rendering(functions: &mut Functions) {
    let nested: Rc<RefCell<HashMap<String, usize>>> = Rc::default();
    functions.add_rendering(
        "include",
        &[Param::String, Param::Any],
        move |engine, arguments| {
            let name = text(arguments);
            if !engine.has(&name) {
                let quoted = kubescape_gotemplate::format::quote(name.as_bytes(), false);
                return Err(CallError::new(format!(
                    "template: no template {quoted} associated with template \"gotpl\""
                )));
            }
            let depth = *nested.borrow().get(&name).unwrap_or(&0);
            if depth > MAX_NESTED {
                return Err(CallError::new(format!(
                    "rendering template has a nested reference name: {name}: unable to execute template"
                )));
            }
            nested.borrow_mut().insert(name.clone(), depth + 1);
            let result = engine.render_nested(&name, arguments.get(1).unwrap_or(&Value::Nil));
            nested.borrow_mut().insert(name, depth);
            Ok(Value::String(result?))
        },
    );
    functions.add_rendering("tpl", &[Param::String, Param::Any], tpl);
}

fn tpl(engine: &Engine, arguments: &[Value]) -> Result {
    let Some(Value::String(source)) = arguments.first() else {
        return Ok("".into());
    };
    let text = source.to_str();
    if !text.contains("{{") {
        return Ok(without_no_value(source));
    }
    let quoted = || kubescape_gotemplate::format::quote(source.as_bytes(), false);
    engine.scoped(|engine| {
        engine
            .parse("gotpl", &text)
            .map_err(|error| CallError::new(format!("cannot parse template {}: {error}", quoted())))?;
        let rendered = engine
            .render_nested("gotpl", arguments.get(1).unwrap_or(&Value::Nil))
            .map_err(|error| CallError {
                message: format!("error during tpl function execution for {}: {error}", quoted()),
                user_message: error.user_message,
            })?;
        Ok(without_no_value(&rendered))
    })
}

fn without_no_value(text: &Text) -> Value {
    let marker = b"<no value>";
    if !text
        .as_bytes()
        .windows(marker.len())
        .any(|window| window == marker)
    {
        return Value::String(text.clone());
    }
    text.to_str().replace("<no value>", "").into()
}

fn cannot_unmarshal(value: &Value, into: &str) -> String {
    format!(
        "json: cannot unmarshal {} into Go value of type {into}",
        json_type(value)
    )
}

fn error_map(message: impl Into<String>) -> Value {
    Value::dict([("Error", message.into().into())])
}

fn from_yaml(parsed: std::result::Result<Value, String>) -> Value {
    match parsed {
        Ok(value @ Value::Map(_)) => value,
        Ok(Value::Nil) => Value::Map(Map::dict()),
        Ok(other) => error_map(format!(
            "error unmarshaling JSON: while decoding JSON: {}",
            cannot_unmarshal(&other, "map[string]interface {}")
        )),
        Err(message) => error_map(message),
    }
}

fn from_yaml_array(parsed: std::result::Result<Value, String>) -> Value {
    match parsed {
        Ok(value @ Value::List(_)) => value,
        Ok(Value::Nil) => Value::list(Vec::new()),
        Ok(other) => Value::list(vec![
            format!(
                "error unmarshaling JSON: while decoding JSON: {}",
                cannot_unmarshal(&other, "[]interface {}")
            )
            .into(),
        ]),
        Err(message) => Value::list(vec![message.into()]),
    }
}
