//! What an object of the API server becomes: without the server's book-keeping, and only if no other object of the
//! scan stands for it.

use std::collections::HashSet;
use std::sync::Arc;

use kubescape_model::{GroupVersionKind, Resource, parse_group_version};
use kubescape_yaml::{Entry, Key, Node};

/// Annotation in which kubectl keeps a second copy of the object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Kinds that make other objects from a template, by group. Their own verdict stands for what they made.
const MAKERS: [(&str, &str); 7] = [
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("batch", "Job"),
    ("batch", "CronJob"),
    ("", "ReplicationController"),
];

/// Kinds that others make.
const MADE: [&str; 3] = ["Pod", "ReplicaSet", "Job"];

/// An item of a list as an object of its own: lists name the kind only once.
pub(crate) fn clean(mut item: Node, kind: &GroupVersionKind) -> Node {
    let Some(object) = item.as_mapping_mut() else {
        return item;
    };
    let named = [("apiVersion", kind.api_version()), ("kind", kind.kind.clone())];
    for (place, (key, value)) in named.into_iter().enumerate() {
        if object.get(key).is_none() {
            let entry = Entry {
                key: Key {
                    text: key.into(),
                    ..Key::default()
                },
                value: Node::string(value),
            };
            object.entries_mut().insert(place, entry);
        }
    }
    let metadata = object.get_mut("metadata").and_then(Node::as_mapping_mut);
    if let Some(metadata) = metadata {
        metadata.remove("managedFields");
        let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut);
        let is_empty = annotations
            .is_some_and(|annotations| annotations.remove(LAST_APPLIED).is_some() && annotations.is_empty());
        if is_empty {
            metadata.remove("annotations");
        }
    }
    item
}

/// Leaves out what another object stands for.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    /// Owners of an unknown kind that one of their objects stands for already.
    represented: HashSet<Arc<str>>,
}

impl Owners {
    /// The object as a resource, unless its owner stands for it: a pod of a deployment says nothing that the deployment
    /// does not say. Of the objects of an owner that no rule knows, the first stands for all.
    pub(crate) fn admit(&mut self, object: Node) -> Option<Resource> {
        let is_made = object
            .get("kind")
            .and_then(Node::as_str)
            .is_some_and(|kind| MADE.contains(&kind));
        if is_made
            && let Some(owner) = controller(&object)
            && !self.represents(owner)
        {
            return None;
        }
        Some(Resource::new(Arc::new(object), None, None))
    }

    fn represents(&mut self, owner: &Node) -> bool {
        let text = |key: &str| owner.get(key).and_then(Node::as_str).unwrap_or_default();
        let (group, _) = parse_group_version(text("apiVersion"));
        let kind = text("kind");
        if kind == "Node" {
            // A static pod: the node only mirrors it.
            return true;
        }
        if MAKERS.contains(&(group, kind)) {
            return false;
        }
        let identity = match text("uid") {
            "" => format!("{group}/{kind}/{}", text("name")),
            uid => uid.to_owned(),
        };
        self.represented.insert(identity.into())
    }
}

/// The owner that manages the object; without a mark, the first.
fn controller(object: &Node) -> Option<&Node> {
    let owners = object.at("metadata.ownerReferences")?.as_sequence()?;
    let manages = |owner: &&Node| owner.get("controller").and_then(Node::as_bool) == Some(true);
    owners.iter().find(manages).or_else(|| owners.first())
}

#[cfg(test)]
mod tests {
    use kubescape_yaml::{Limits, load_json};

    use super::*;

    #[track_caller]
    fn check(objects: &[(&str, &str)], expected: &[&str]) {
        let mut owners = Owners::default();
        let kept: Vec<String> = objects
            .iter()
            .enumerate()
            .filter_map(|(index, (kind, owner))| {
                let references = match owner.split_once(' ') {
                    None => String::new(),
                    Some((version, kind)) => format!(
                        r#","ownerReferences":[{{"apiVersion":"{version}","kind":"{kind}","name":"o","uid":"{kind}"}}]"#
                    ),
                };
                let text = format!(
                    r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"{index}"{references}}}}}"#
                );
                let object = load_json(&text, &Limits::default()).unwrap();
                Some(owners.admit(object)?.name.to_string())
            })
            .collect();
        assert_eq!(kept, expected);
    }

    #[test]
    fn owners_stand_for_what_they_made() {
        check(
            &[
                ("Pod", ""),
                ("Pod", "apps/v1 ReplicaSet"),
                ("ReplicaSet", "apps/v1 Deployment"),
            ],
            &["0"],
        );
        check(
            &[("Pod", "v1 Node"), ("Secret", "apps/v1 Deployment")],
            &["0", "1"],
        );
    }

    #[test]
    fn one_stands_for_an_unknown_owner() {
        check(
            &[
                ("ReplicaSet", "argoproj.io/v1 Rollout"),
                ("ReplicaSet", "argoproj.io/v1 Rollout"),
                ("Pod", "x/v1 Set"),
            ],
            &["0", "2"],
        );
    }

    #[test]
    fn book_keeping_goes() {
        let text = format!(
            r#"{{"metadata":{{"name":"a","managedFields":[],"annotations":{{"{LAST_APPLIED}":"x"}}}}}}"#
        );
        let object = clean(
            load_json(&text, &Limits::default()).unwrap(),
            &GroupVersionKind::new("apps/v1", "Deployment"),
        );
        let mut json = String::new();
        kubescape_yaml::write_json(&object, kubescape_yaml::JsonStyle::default(), &mut json);
        assert_eq!(
            json,
            r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}"#
        );
    }
}
