//! Label selectors, as the Kubernetes API defines them (`LabelSelector` of `meta/v1`).

use kubescape_yaml::Node;

/// Requirements on labels, all of which must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector(Vec<Requirement>);

#[derive(Clone, Debug)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    DoesNotExist(String),
}

impl Selector {
    /// Reads a selector; the error is what is wrong with it.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for entry in node
            .get("matchLabels")
            .and_then(Node::as_mapping)
            .map(kubescape_yaml::Mapping::entries)
            .unwrap_or_default()
        {
            let value = entry.value.as_str().unwrap_or_default().to_owned();
            requirements.push(Requirement::In(entry.key.text.to_string(), vec![value]));
        }
        for expression in node
            .get("matchExpressions")
            .and_then(Node::as_sequence)
            .unwrap_or_default()
        {
            requirements.push(requirement(expression)?);
        }
        Ok(Self(requirements))
    }

    /// Whether an object has the labels; a selector without requirements selects everything.
    pub(super) fn matches(&self, object: &Node) -> bool {
        let labels = object.at("metadata.labels");
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => {
                label(key).is_some_and(|value| values.iter().any(|known| known == value))
            }
            Requirement::NotIn(key, values) => {
                label(key).is_none_or(|value| !values.iter().any(|known| known == value))
            }
            Requirement::Exists(key) => label(key).is_some(),
            Requirement::DoesNotExist(key) => label(key).is_none(),
        })
    }
}

fn requirement(node: &Node) -> Result<Requirement, String> {
    let key = node
        .get("key")
        .and_then(Node::as_str)
        .unwrap_or_default()
        .to_owned();
    let values = || {
        let list = node.get("values").and_then(Node::as_sequence).unwrap_or_default();
        list.iter()
            .filter_map(Node::as_str)
            .map(ToOwned::to_owned)
            .collect()
    };
    match node.get("operator").and_then(Node::as_str).unwrap_or_default() {
        "In" => Ok(Requirement::In(key, values())),
        "NotIn" => Ok(Requirement::NotIn(key, values())),
        "Exists" => Ok(Requirement::Exists(key)),
        "DoesNotExist" => Ok(Requirement::DoesNotExist(key)),
        other => Err(format!(
            "{other:?} is no operator of a label selector: In, NotIn, Exists or DoesNotExist"
        )),
    }
}
