//! From the answers of the providers' programs to the objects that rules look at, whose keys are those of the providers'
//! Go libraries.

use std::sync::Arc;

use kubescape_model::Resource;
use kubescape_yaml::{Limits, Mapping, Node, Value, load_json};

use super::iam;

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
    /// As they are: what the answer lists (Azure: `value`), under this key.
    Listed(&'static str),
    /// The roles of each policy of an AWS account.
    RolesOfPolicies,
    /// The text of each policy of an AWS account.
    Policies,
}

/// The answer of a program.
pub(super) fn read(text: &str) -> Result<Node, String> {
    load_json(text, &Limits::default())
        .map_err(|error| format!("the answer is no JSON: {}: {}", place(&error), error.message))
}

/// The description of a kind.
pub(super) fn resource(
    answer: &Node,
    shape: Shape,
    provider: &str,
    kind: &str,
    name: &str,
) -> Result<Resource, String> {
    let data = match shape {
        Shape::AsItIs => answer.clone(),
        Shape::Capitals => renamed(answer.clone(), capital),
        Shape::Underscores => renamed(answer.clone(), underscores),
        Shape::Under(key) => map([(key, answer.clone())]),
        Shape::Listed(key) => map([(key, whole_list(answer)?)]),
        Shape::RolesOfPolicies => map([("rolesPolicies", iam::roles_of_policies(answer))]),
        Shape::Policies => map([("policiesDocuments", iam::documents(answer))]),
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

/// What Azure lists; a part of it would be taken for all.
fn whole_list(answer: &Node) -> Result<Node, String> {
    if answer.get("nextLink").is_some_and(|next| !next.is_null()) {
        return Err("the answer has more pages; give it as a file with --cloud-descriptions".to_owned());
    }
    let list = answer.get("value").cloned();
    list.ok_or_else(|| "the answer lists nothing".to_owned())
}

fn place(error: &kubescape_yaml::YamlError) -> String {
    format!("line {}, column {}", error.position.line, error.position.column)
}

pub(super) fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
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
