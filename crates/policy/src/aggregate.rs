//! Inputs that are put together from several objects.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kubescape_model::{Aggregator, Resource, subject_id};

use crate::batch::Seen;
use crate::evaluate::Tested;
use crate::identity::{kind_of, own_parts};
use crate::rego::{EngineValue, RuleError};

/// Most roles that a binding is paired with. In a cluster there is one of each name; a folder may hold a name once for
/// each of its environments, and pairs would grow with the square of their number.
const MOST_ROLES: usize = 16;

/// Which roles a binding is paired with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// Those that it can mean: of its namespace, or of the cluster.
    Meant,
    /// All of the kind and name, as cases that were written for the Go library expect.
    Named,
}

/// An input that was put together.
#[derive(Default)]
pub(crate) struct Aggregate {
    /// Its entries.
    pub(crate) entries: Vec<(Tested, EngineValue)>,
    /// Why some were left out.
    pub(crate) incomplete: Option<RuleError>,
}

/// Puts the input together from the objects at `indexes`.
pub(crate) fn aggregate(
    aggregator: Aggregator,
    pairing: Pairing,
    indexes: &[usize],
    seen: Seen<'_>,
) -> Aggregate {
    match aggregator {
        Aggregator::ApiserverPod => Aggregate {
            entries: indexes
                .iter()
                .copied()
                .find(|index| seen.resource(*index).is_some_and(is_api_server))
                .and_then(|index| Some((Tested::Resource(seen.place(index)), seen.value(index)?)))
                .into_iter()
                .collect(),
            incomplete: None,
        },
        Aggregator::SubjectRoleRolebinding => subjects(pairing, indexes, seen),
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
fn subjects(pairing: Pairing, indexes: &[usize], seen: Seen<'_>) -> Aggregate {
    let mut roles = Roles::default();
    for index in indexes {
        if let Some(role) = seen
            .resource(*index)
            .filter(|resource| resource.kind.kind.ends_with("Role"))
        {
            roles.add(role, *index);
        }
    }
    let mut aggregate = Aggregate::default();
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
        let namespace = match pairing {
            Pairing::Meant => &*binding.namespace,
            Pairing::Named => "",
        };
        let meant = roles.of(&kind, &name, namespace);
        if meant.len() > MOST_ROLES {
            aggregate
                .incomplete
                .get_or_insert_with(|| RuleError::ManyRoles(binding.id.to_string(), meant.len(), MOST_ROLES));
        }
        for role_index in nearest(&meant, *index).iter().copied() {
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
                aggregate
                    .entries
                    .push(entry(&subject, [(binding, &value), (role, &role_value)]));
            }
        }
    }
    aggregate
}

/// Of sorted positions the [`MOST_ROLES`] around one: what belongs together stands together.
fn nearest(positions: &[usize], to: usize) -> &[usize] {
    let middle = positions.partition_point(|position| *position < to);
    let start = middle
        .saturating_sub(MOST_ROLES / 2)
        .min(positions.len().saturating_sub(MOST_ROLES));
    let rest = positions.get(start..).unwrap_or_default();
    rest.get(..MOST_ROLES).unwrap_or(rest)
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

#[cfg(test)]
#[allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]
mod tests {
    use kubescape_yaml::{Limits, Profile, load_one};

    use super::*;
    use crate::batch::{Pool, Turn};

    /// Pairs of bindings with roles of one name, in so many folders, and whether some were left out.
    #[track_caller]
    fn check(folders: usize, pairs: usize) {
        let objects: Vec<Resource> = (0..folders)
            .flat_map(|folder| {
                let path = format!("{folder}/rbac.yaml");
                ["{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: viewer}}",
                 "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: all}, roleRef: {kind: ClusterRole, name: viewer}, subjects: [{kind: User, name: ada}]}"]
                .map(|text| {
                    let object = load_one(text, Profile::SigsYaml, &Limits::default()).expect("a manifest");
                    Resource::new(object.into(), None, Some(path.as_str().into()))
                })
            })
            .collect();
        let indexes: Vec<usize> = (0..objects.len()).collect();
        let (residents, own) = (Pool::default(), Pool::new(objects, 0));
        let seen = Seen {
            residents: &residents,
            own: &own,
            turn: Turn::All,
        };
        let found = aggregate(Aggregator::SubjectRoleRolebinding, Pairing::Meant, &indexes, seen);
        assert_eq!(found.entries.len(), pairs, "{folders} folders");
        assert_eq!(
            found.incomplete.is_some(),
            folders > MOST_ROLES,
            "{folders} folders"
        );
        for pair in own.resources().chunks(2) {
            let belongs = |(tested, _): &(Tested, EngineValue)| match tested {
                Tested::Subject(subject) => pair.iter().all(|object| subject.0.id.contains(&*object.id)),
                _ => false,
            };
            assert!(
                found.entries.iter().any(belongs),
                "{folders} folders: {}",
                pair[0].id
            );
        }
    }

    #[test]
    fn roles_of_one_name() {
        check(1, 1);
        check(3, 9);
        check(MOST_ROLES, MOST_ROLES * MOST_ROLES);
        check(100, 100 * MOST_ROLES);
    }

    #[test]
    fn roles_of_other_namespaces() {
        let objects: Vec<Resource> = [
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: viewer, namespace: a}}",
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: viewer, namespace: b}}",
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all, namespace: a}, roleRef: {kind: Role, name: viewer}, subjects: [{kind: User, name: ada}]}",
        ]
        .into_iter()
        .map(|text| load_one(text, Profile::SigsYaml, &Limits::default()).expect("a manifest"))
        .map(|object| Resource::new(object.into(), None, None))
        .collect();
        let (residents, own) = (Pool::default(), Pool::new(objects, 0));
        let seen = Seen {
            residents: &residents,
            own: &own,
            turn: Turn::All,
        };
        for (pairing, pairs) in [(Pairing::Meant, 1), (Pairing::Named, 2)] {
            let found = aggregate(Aggregator::SubjectRoleRolebinding, pairing, &[0, 1, 2], seen);
            assert_eq!(found.entries.len(), pairs);
        }
    }
}
