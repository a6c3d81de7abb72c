//! Inputs that are put together from several objects.

use std::collections::HashMap;
use std::sync::Arc;

use kubescape_model::{Aggregator, Resource, subject_id};

use crate::evaluate::Tested;
use crate::identity::{kind_of, own_parts};
use crate::rego::EngineValue;

/// Puts the input together from the objects at `indexes`.
pub(crate) fn aggregate(
    aggregator: Aggregator,
    indexes: &[usize],
    resources: &[Resource],
    value_of: &dyn Fn(usize) -> EngineValue,
) -> Vec<(Tested, EngineValue)> {
    match aggregator {
        Aggregator::ApiserverPod => indexes
            .iter()
            .copied()
            .find(|index| resources.get(*index).is_some_and(is_api_server))
            .map(|index| (Tested::Resource(index), value_of(index)))
            .into_iter()
            .collect(),
        Aggregator::SubjectRoleRolebinding => subjects(indexes, resources, value_of),
    }
}

fn is_api_server(resource: &Resource) -> bool {
    resource.kind.kind == "Pod"
        && &*resource.namespace == "kube-system"
        && ["apiserver", "api-server"]
            .iter()
            .any(|name| resource.name.contains(name))
}

/// For each binding and each role that it refers to, one entry for each of its subjects.
fn subjects(
    indexes: &[usize],
    resources: &[Resource],
    value_of: &dyn Fn(usize) -> EngineValue,
) -> Vec<(Tested, EngineValue)> {
    let mut roles: HashMap<(&str, &str, &str), Vec<usize>> = HashMap::new();
    for index in indexes {
        if let Some(role) = resources
            .get(*index)
            .filter(|resource| resource.kind.kind.ends_with("Role"))
        {
            let key = (
                &*role.kind.kind,
                &*role.name,
                role_namespace(&role.kind.kind, &role.namespace),
            );
            roles.entry(key).or_default().push(*index);
        }
    }
    let mut entries = Vec::new();
    for index in indexes {
        let Some(binding) = resources
            .get(*index)
            .filter(|resource| resource.kind.kind.ends_with("Binding"))
        else {
            continue;
        };
        let value = value_of(*index);
        let (kind, name) = (value.text(&["roleRef", "kind"]), value.text(&["roleRef", "name"]));
        let key = (
            kind.as_str(),
            name.as_str(),
            role_namespace(&kind, &binding.namespace),
        );
        for role_index in roles.get(&key).into_iter().flatten() {
            let Some(role) = resources.get(*role_index) else {
                continue;
            };
            for subject in value
                .get("subjects")
                .map(|subjects| subjects.elements())
                .unwrap_or_default()
            {
                entries.push(entry(
                    &subject,
                    [(binding, &value), (role, &value_of(*role_index))],
                ));
            }
        }
    }
    entries
}

/// Roles of namespaces hold in their own; a missing namespace is "default". Others hold everywhere.
fn role_namespace<'a>(kind: &str, namespace: &'a str) -> &'a str {
    match (kind, namespace) {
        ("Role", "") => "default",
        ("Role", namespace) => namespace,
        _ => "",
    }
}

fn entry(subject: &EngineValue, related: [(&Resource, &EngineValue); 2]) -> (Tested, EngineValue) {
    let value = subject.with(
        "relatedObjects",
        related.iter().map(|(_, value)| (*value).clone()).collect(),
    );
    let id = subject_id(
        own_parts(subject).each_ref().map(String::as_str),
        related.iter().map(|(resource, _)| resource.id.to_string()),
    );
    let resource = Resource {
        id: id.into(),
        kind: Arc::new(kind_of(subject)),
        namespace: subject.text(&["namespace"]).into(),
        name: subject.text(&["name"]).into(),
        object: Arc::new(value.to_node()),
        source: None,
        source_path: None,
    };
    (Tested::Subject(Arc::new((resource, value.clone()))), value)
}
