//! Exceptions: which findings somebody has accepted.

use std::sync::Arc;

use kubescape_model::{Designator, ExceptionPolicy, PosturePolicy, Resource};
use kubescape_yaml::Node;
use regex::Regex;

use crate::evaluate::EvaluationContext;
use crate::selection::equals_or_matches;

/// The exceptions that cover a rule of a control on a resource.
pub(crate) fn covering(
    context: &EvaluationContext<'_>,
    control_id: &str,
    rule_name: &str,
    resource: &Resource,
) -> Vec<Arc<ExceptionPolicy>> {
    context
        .exceptions
        .iter()
        .filter(|policy| {
            let of_control = policy.posture_policies.is_empty()
                || policy.posture_policies.iter().any(|posture| names(posture, control_id, rule_name));
            of_control && policy.resources.iter().any(|designator| designates(designator, resource, context.cluster))
        })
        .cloned()
        .collect()
}

fn names(posture: &PosturePolicy, control_id: &str, rule_name: &str) -> bool {
    let matches = |pattern: &str, text: &str| pattern.is_empty() || equals_or_matches(pattern, text);
    matches(&posture.control_id, control_id) && matches(&posture.rule_name, rule_name)
}

/// Every attribute must match; an empty designator matches nothing.
fn designates(designator: &Designator, resource: &Resource, cluster: &str) -> bool {
    if designator.designator_type != "Attributes" || designator.attributes.is_empty() {
        return false;
    }
    let mut labels = Vec::new();
    for (key, pattern) in &designator.attributes {
        let matched = match key.as_str() {
            "cluster" => anchored(pattern, cluster),
            "namespace" if resource.kind.kind == "Namespace" => anchored(pattern, &resource.name),
            "namespace" => anchored(pattern, &resource.namespace),
            "kind" => anchored(pattern, &resource.kind.kind),
            "name" => anchored(pattern, &resource.name),
            "resourceID" => anchored(pattern, &resource.id),
            "path" => anchored(pattern, resource.source_path.as_deref().unwrap_or_default()),
            "containerName" => has_container(&resource.object, pattern),
            _ => {
                labels.push((key.as_str(), pattern.as_str()));
                true
            }
        };
        if !matched {
            return false;
        }
    }
    labels.is_empty()
        || ["metadata.labels", "metadata.annotations"].iter().any(|path| {
            resource.object.at(path).is_some_and(|map| {
                labels.iter().all(|(key, pattern)| {
                    map.get(key).and_then(Node::as_str).is_some_and(|value| anchored(pattern, value))
                })
            })
        })
}

fn anchored(pattern: &str, text: &str) -> bool {
    pattern == text || Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

fn has_container(object: &Node, pattern: &str) -> bool {
    ["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"]
        .iter()
        .filter_map(|path| object.at(path))
        .flat_map(|spec| ["containers", "initContainers"].map(|array| spec.get(array)))
        .flatten()
        .filter_map(Node::as_sequence)
        .flatten()
        .filter_map(|container| container.get("name").and_then(Node::as_str))
        .any(|name| anchored(pattern, name))
}
