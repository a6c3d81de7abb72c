//! The functions of the language that need nothing but their arguments and the files of the folder.

mod collections;
mod encodings;
mod texts;

use super::evaluate::Scope;
use super::value::Value;

/// What a function makes of its arguments; `None` when the arguments are none that it takes.
type Function = fn(&[Value]) -> Option<Value>;

/// Calls a function by its name.
pub(super) fn call(name: &str, arguments: &[Value], scope: &Scope<'_>) -> Value {
    match name {
        "try" | "coalesce" => {
            let usable = |value: &&Value| {
                value.is_known()
                    && (name == "try" || !matches!(value, Value::Null) && **value != Value::text(""))
            };
            let unknown = || Value::unknown(format!("no argument of {name} is known"));
            return arguments.iter().find(usable).cloned().unwrap_or_else(unknown);
        }
        "can" => return Value::Bool(arguments.first().is_some_and(Value::is_known)),
        // What is known of several collections is true of what they make together.
        "merge" => return collections::merge(arguments),
        "concat" => return collections::concat(arguments),
        _ => {}
    }
    if let Some(unknown) = arguments.iter().find(|argument| !argument.is_known()) {
        return unknown.clone();
    }
    let made = match encodings::with_files(name, arguments, scope) {
        Some(made) => Some(made),
        None => match collections::find(name)
            .or_else(|| texts::find(name))
            .or_else(|| encodings::find(name))
        {
            Some(function) => function(arguments),
            None => return Value::unknown(format!("the function {name} is not evaluated")),
        },
    };
    made.unwrap_or_else(|| Value::unknown(format!("arguments that {name} does not take")))
}
