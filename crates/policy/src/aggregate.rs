//! Inputs that are put together from several objects.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kubescape_model::{Aggregator, Resource, subject_id};

use crate::batch::Seen;
use crate::evaluate::Tested;
use crate::identity::{kind_of, own_parts};
use crate::rego::EngineValue;

/// Puts the input together from the objects at `indexes`.
pub(crate) fn aggregate(
    aggregator: Aggregator,
    indexes: &[usize],
    seen: Seen<'_>,
) -> Vec<(Tested, EngineValue)> {
    match aggregator {
        Aggregator::ApiserverPod => indexes
            .iter()
            .copied()
            .find(|index| seen.resource(*index).is_some_and(is_api_server))
            .and_then(|index| Some((Tested::Resource(seen.place(index)), seen.value(index)?)))
            .into_iter()
            .collect(),
        Aggregator::SubjectRoleRolebinding => subjects(indexes, seen),
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
fn subjects(indexes: &[usize], seen: Seen<'_>) -> Vec<(Tested, EngineValue)> {
    let mut roles = Roles::default();
    for index in indexes {
        if let Some(role) = seen
            .resource(*index)
            .filter(|resource| resource.kind.kind.ends_with("Role"))
        {
            roles.add(role, *index);
        }
    }
    let mut entries = Vec::new();
    for index in indexes {
        let Some(binding) = seen
            .resource(*index)
            .filter(|resource| resource.kind.kind.ends_with("Binding"))
        else {
            continue;
        };
        let Some(value) = seen.value(*index) else {
            continue;
        };
        let (kind, name) = (value.text(&["roleRef", "kind"]), value.text(&["roleRef", "name"]));
        for role_index in roles.of(&kind, &name, &binding.namespace) {
            let (Some(role), Some(role_value)) = (seen.resource(role_index), seen.value(role_index)) else {
                continue;
            };
            if seen.was_paired(binding, role) {
                continue;
            }
            for subject in value
                .get("subjects")
                .map(|subjects| subjects.elements())
                .unwrap_or_default()
            {
                entries.push(entry(&subject, [(binding, &value), (role, &role_value)]));
            }
        }
    }
    entries
}

/// Roles by kind and name, then by namespace; those of the cluster have none.
#[derive(Default)]
struct Roles<'a> {
    by_name: HashMap<(&'a str, &'a str), BTreeMap<&'a str, Vec<usize>>>,
}

impl<'a> Roles<'a> {
    fn add(&mut self, role: &'a Resource, index: usize) {
        let key = (role.kind.kind.as_str(), &*role.name);
        let namespaces = self.by_name.entry(key).or_default();
        namespaces.entry(&*role.namespace).or_default().push(index);
    }

    /// The roles that a binding in a namespace can mean. A manifest without a namespace may go into any.
    fn of(&self, kind: &str, name: &str, namespace: &str) -> Vec<usize> {
        let Some(namespaces) = self.by_name.get(&(kind, name)) else {
            return Vec::new();
        };
        let mut found: Vec<usize> = match (kind, namespace) {
            ("Role", namespace) if !namespace.is_empty() => ["", namespace]
                .iter()
                .filter_map(|place| namespaces.get(place))
                .flatten()
                .copied()
                .collect(),
            _ => namespaces.values().flatten().copied().collect(),
        };
        found.sort_unstable();
        found
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
        object: value.to_node().into(),
        source: None,
        source_path: None,
    };
    (Tested::Subject(Arc::new((resource, value.clone()))), value)
}
