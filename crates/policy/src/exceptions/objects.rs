//! `SecurityException` and `ClusterSecurityException` objects (`kubescape.io/v1beta1`) among the input.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubescape_model::{Designator, ExceptionPolicy, PosturePolicy, Resource};
use kubescape_yaml::Node;

use super::Exception;
use super::compiled::ATTRIBUTES;
use super::selector::Selector;

/// The API group of the objects.
pub const GROUP: &str = "kubescape.io";
/// Holds in its own namespace.
pub const NAMESPACED: &str = "SecurityException";
/// Holds everywhere, or where its namespace selector says.
pub const CLUSTER_WIDE: &str = "ClusterSecurityException";

/// The exceptions that objects among the resources state.
pub(super) fn of(resources: &[Resource], warnings: &mut Vec<String>) -> Vec<Exception> {
    resources
        .iter()
        .filter(|resource| {
            resource.kind.group == GROUP && [NAMESPACED, CLUSTER_WIDE].contains(&resource.kind.kind.as_str())
        })
        .flat_map(|resource| {
            exceptions(resource, resources).unwrap_or_else(|message| {
                warnings.push(format!("{}: {message}; it does not hold", super::named(resource)));
                Vec::new()
            })
        })
        .collect()
}

/// One exception for each entry of `spec.posture`.
fn exceptions(resource: &Resource, all: &[Resource]) -> Result<Vec<Exception>, String> {
    let object = resource.object.node();
    let Some(spec) = object.get("spec") else {
        return Err("it has no spec".to_owned());
    };
    let expires = spec.get("expiresAt").and_then(Node::as_str);
    if let Some(date) = expires
        && date.parse::<jiff::Timestamp>().is_err()
    {
        return Err(format!(
            "expiresAt {date:?} is no RFC 3339 time such as 2030-01-31T00:00:00Z"
        ));
    }
    let selector = |key: &str| {
        spec.get("match")
            .and_then(|matches| matches.get(key))
            .map(Selector::read)
            .transpose()
    };
    let objects = selector("objectSelector")?;
    let namespaces = match (resource.kind.kind.as_str(), selector("namespaceSelector")?) {
        (CLUSTER_WIDE, Some(selector)) => Some(selected_namespaces(&selector, all)),
        (CLUSTER_WIDE, None) => None,
        _ => Some(vec![Arc::clone(&resource.namespace)]),
    };
    let postures = spec
        .get("posture")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    Ok(postures
        .iter()
        .map(|posture| {
            let text = |key: &str| {
                posture
                    .get(key)
                    .and_then(Node::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let policy = ExceptionPolicy {
                name: format!("{}/{}", resource.name, text("controlID")),
                actions: vec![text("action")],
                reason: spec
                    .get("reason")
                    .and_then(Node::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                expiration_date: expires.map(ToOwned::to_owned),
                resources: designators(spec),
                posture_policies: vec![PosturePolicy {
                    framework_name: text("frameworkName"),
                    control_id: text("controlID"),
                    rule_name: String::new(),
                }],
                ..ExceptionPolicy::default()
            };
            Exception {
                policy: Arc::new(policy),
                objects: objects.clone(),
                namespaces: namespaces.clone(),
            }
        })
        .collect())
}

fn selected_namespaces(selector: &Selector, all: &[Resource]) -> Vec<Arc<str>> {
    all.iter()
        .filter(|resource| resource.kind.kind == "Namespace" && selector.matches(&resource.object.node()))
        .map(|resource| Arc::clone(&resource.name))
        .collect()
}

/// The resources that `spec.match.resources` names, or all.
fn designators(spec: &Node) -> Vec<Designator> {
    let named = spec
        .at("match.resources")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    let designator = |attributes| Designator {
        designator_type: ATTRIBUTES.to_owned(),
        attributes,
    };
    if named.is_empty() {
        return vec![designator(BTreeMap::from([("name".to_owned(), ".*".to_owned())]))];
    }
    named
        .iter()
        .map(|resource| {
            let attribute = |key: &str| {
                let value = resource
                    .get(key)
                    .and_then(Node::as_str)
                    .filter(|value| !value.is_empty())?;
                Some((key.to_owned(), regex::escape(value)))
            };
            let mut attributes: BTreeMap<String, String> = ["apiGroup", "kind", "name"]
                .into_iter()
                .filter_map(attribute)
                .collect();
            if attributes.is_empty() {
                attributes.insert("name".to_owned(), ".*".to_owned());
            }
            designator(attributes)
        })
        .collect()
}
