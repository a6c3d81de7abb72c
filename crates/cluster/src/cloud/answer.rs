//! From the answers of the providers' programs to the objects that rules look at, whose keys are those of the providers'
//! Go libraries.

use std::sync::Arc;

use kubescape_model::Resource;
use kubescape_yaml::{Limits, Mapping, Node, Value, load_json};

/// Maps whose keys are the user's own.
const FREE_KEYS: [&str; 4] = ["tags", "resourceLabels", "labels", "metadata"];

/// How keys are written.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// As the program writes them.
    AsItIs,
    /// With a capital first: `resourcesVpcConfig` is `ResourcesVpcConfig`.
    Capitals,
    /// With underscores: `databaseEncryption` is `database_encryption`.
    Underscores,
    /// As they are, the whole answer under this key.
    Under(&'static str),
}

/// The description of a kind.
pub(super) fn resource(
    text: &str,
    shape: Shape,
    provider: &str,
    kind: &str,
    name: &str,
) -> Result<Resource, String> {
    let answer = load_json(text, &Limits::default())
        .map_err(|error| format!("the answer is no JSON: {}: {}", place(&error), error.message))?;
    let data = match shape {
        Shape::AsItIs => answer,
        Shape::Capitals => renamed(answer, capital),
        Shape::Underscores => renamed(answer, underscores),
        Shape::Under(key) => map([(key, answer)]),
    };
    let group = match provider {
        "eks" => "eks.amazonaws.com/v1",
        "gke" => "container.googleapis.com/v1",
        _ => "management.azure.com/v1",
    };
    let metadata = map([("name", Node::string(name)), ("provider", Node::string(provider))]);
    let object = map([
        ("apiVersion", Node::string(group)),
        ("kind", Node::string(kind)),
        ("metadata", metadata),
        ("data", data),
    ]);
    Ok(Resource::new(Arc::new(object), None, None))
}

fn place(error: &kubescape_yaml::YamlError) -> String {
    format!("line {}, column {}", error.position.line, error.position.column)
}

fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    let mut map = Mapping::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    Node::new(Value::Mapping(map))
}

/// The value with its keys renamed, other than those of the user.
fn renamed(node: Node, name: fn(&str) -> String) -> Node {
    Node::new(match node.value {
        Value::Sequence(items) => {
            Value::Sequence(items.into_iter().map(|item| renamed(item, name)).collect())
        }
        Value::Mapping(entries) => {
            let mut map = Mapping::new();
            for (key, value) in entries.iter() {
                let value = match FREE_KEYS.contains(&&**key) {
                    true => value.clone(),
                    false => renamed(value.clone(), name),
                };
                map.insert(name(key), value);
            }
            Value::Mapping(map)
        }
        value => value,
    })
}

fn capital(key: &str) -> String {
    let mut characters = key.chars();
    match characters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + characters.as_str(),
        None => String::new(),
    }
}

fn underscores(key: &str) -> String {
    let mut name = String::new();
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}
