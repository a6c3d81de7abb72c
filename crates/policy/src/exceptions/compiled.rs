//! An exception with its expressions compiled.

use std::sync::Arc;

use kubescape_model::{Designator, ExceptionPolicy, Resource};
use kubescape_yaml::Node;
use regex::Regex;

use super::Exception;

/// The only kind of designator that is known.
pub(super) const ATTRIBUTES: &str = "Attributes";

/// An exception with its expressions compiled.
#[derive(Debug)]
pub(crate) struct Compiled {
    exception: Exception,
    resources: Vec<Vec<(String, Pattern)>>,
    postures: Vec<PosturePatterns>,
}

#[derive(Debug)]
struct PosturePatterns {
    framework: String,
    control: Option<Pattern>,
    rule: Option<Pattern>,
}

impl PosturePatterns {
    fn names(&self, control_id: &str, rule_name: &str) -> bool {
        let matches = |pattern: &Option<Pattern>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
        };
        matches(&self.control, control_id) && matches(&self.rule, rule_name)
    }
}

impl Compiled {
    pub(super) fn new(exception: Exception) -> Self {
        let policy = &exception.policy;
        let optional = |text: &String| (!text.is_empty()).then(|| Pattern::any_case(text));
        let postures = policy
            .posture_policies
            .iter()
            .map(|posture| PosturePatterns {
                framework: posture.framework_name.clone(),
                control: optional(&posture.control_id),
                rule: optional(&posture.rule_name),
            })
            .collect();
        let resources = policy.resources.iter().filter_map(attributes).collect();
        Self {
            exception,
            resources,
            postures,
        }
    }

    pub(super) fn policy(&self) -> &Arc<ExceptionPolicy> {
        &self.exception.policy
    }

    pub(super) fn names_control(&self, control_id: &str) -> bool {
        let named = |posture: &PosturePatterns| {
            posture
                .control
                .as_ref()
                .is_none_or(|pattern| pattern.matches(control_id))
        };
        self.postures.is_empty() || self.postures.iter().any(named)
    }

    pub(super) fn names_rule(&self, control_id: &str, rule_name: &str) -> bool {
        self.postures.is_empty()
            || self
                .postures
                .iter()
                .any(|posture| posture.names(control_id, rule_name))
    }

    /// The frameworks that it is bound to for this finding; `None` when it is bound to none.
    pub(super) fn frameworks(&self, control_id: &str, rule_name: &str) -> Option<Vec<String>> {
        let naming: Vec<&PosturePatterns> = self
            .postures
            .iter()
            .filter(|posture| posture.names(control_id, rule_name))
            .collect();
        if naming.is_empty() || naming.iter().any(|posture| posture.framework.is_empty()) {
            return None;
        }
        Some(
            naming
                .into_iter()
                .map(|posture| posture.framework.clone())
                .collect(),
        )
    }

    /// Whether a resource, or any object that an aggregated resource relates to, is meant.
    pub(super) fn designates(&self, resource: &Resource, cluster: &str) -> bool {
        let object = resource.object.node();
        let related = object
            .get("relatedObjects")
            .and_then(Node::as_sequence)
            .unwrap_or_default();
        let subjects = std::iter::once(Subject::of_resource(resource, &object))
            .chain(related.iter().map(Subject::of_object));
        subjects
            .into_iter()
            .any(|subject| self.designates_subject(&subject, cluster))
    }

    fn designates_subject(&self, subject: &Subject<'_>, cluster: &str) -> bool {
        let in_namespaces = self.exception.namespaces.as_ref().is_none_or(|namespaces| {
            namespaces
                .iter()
                .any(|namespace| **namespace == *subject.own_namespace())
        });
        let selected = self
            .exception
            .objects
            .as_ref()
            .is_none_or(|selector| selector.matches(subject.object));
        in_namespaces
            && selected
            && self
                .resources
                .iter()
                .any(|attributes| matches(attributes, subject, cluster))
    }

    /// No resource is singled out: by name of the cluster at most.
    pub(super) fn is_of_everything(&self, cluster: &str) -> bool {
        let whole = |attributes: &Vec<(String, Pattern)>| {
            attributes
                .iter()
                .all(|(key, pattern)| key == "cluster" && pattern.matches(cluster))
        };
        let selects = self.exception.objects.is_some() || self.exception.namespaces.is_some();
        !selects && (self.exception.policy.resources.is_empty() || self.resources.iter().any(whole))
    }
}

/// The attributes of a designator that can match something.
fn attributes(designator: &Designator) -> Option<Vec<(String, Pattern)>> {
    if designator.designator_type != ATTRIBUTES || designator.attributes.is_empty() {
        return None;
    }
    Some(
        designator
            .attributes
            .iter()
            .map(|(key, text)| (key.clone(), Pattern::exact_case(text)))
            .collect(),
    )
}

/// What attributes are compared with.
struct Subject<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    group: &'a str,
    id: &'a str,
    path: &'a str,
    object: &'a Node,
}

impl<'a> Subject<'a> {
    fn of_resource(resource: &'a Resource, object: &'a Node) -> Self {
        Self {
            kind: &resource.kind.kind,
            namespace: &resource.namespace,
            name: &resource.name,
            group: &resource.kind.group,
            id: &resource.id,
            path: resource.source_path.as_deref().unwrap_or_default(),
            object,
        }
    }

    fn of_object(object: &'a Node) -> Self {
        let text = |path: &str| object.at(path).and_then(Node::as_str).unwrap_or_default();
        Self {
            kind: text("kind"),
            namespace: text("metadata.namespace"),
            name: text("metadata.name"),
            group: text("apiVersion").split_once('/').map_or("", |(group, _)| group),
            id: "",
            path: text("sourcePath"),
            object,
        }
    }

    /// A namespace stands for itself.
    fn own_namespace(&self) -> &'a str {
        if self.kind == "Namespace" {
            self.name
        } else {
            self.namespace
        }
    }
}

fn matches(attributes: &[(String, Pattern)], subject: &Subject<'_>, cluster: &str) -> bool {
    let mut labels = Vec::new();
    for (key, pattern) in attributes {
        let matched = match key.as_str() {
            "cluster" => pattern.matches(cluster),
            "namespace" => pattern.matches(subject.own_namespace()),
            "kind" => pattern.matches(subject.kind),
            "name" => pattern.matches(subject.name),
            "apiGroup" => pattern.matches(subject.group),
            "resourceID" => pattern.matches(subject.id),
            "path" => pattern.matches(subject.path),
            "containerName" => has_container(subject.object, pattern),
            _ => {
                labels.push((key.as_str(), pattern));
                true
            }
        };
        if !matched {
            return false;
        }
    }
    labels.is_empty()
        || ["metadata.labels", "metadata.annotations"]
            .iter()
            .any(|path| has_labels(subject.object.at(path), &labels))
}

fn has_labels(map: Option<&Node>, labels: &[(&str, &Pattern)]) -> bool {
    map.is_some_and(|map| {
        labels.iter().all(|(key, pattern)| {
            map.get(key)
                .and_then(Node::as_str)
                .is_some_and(|value| pattern.matches(value))
        })
    })
}

fn has_container(object: &Node, pattern: &Pattern) -> bool {
    [
        "spec",
        "spec.template.spec",
        "spec.jobTemplate.spec.template.spec",
    ]
    .iter()
    .filter_map(|path| object.at(path))
    .flat_map(|spec| ["containers", "initContainers"].map(|array| spec.get(array)))
    .flatten()
    .filter_map(Node::as_sequence)
    .flatten()
    .filter_map(|container| container.get("name").and_then(Node::as_str))
    .any(|name| pattern.matches(name))
}

/// An expression that must match a whole text.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    any_case: bool,
    /// `None`: a plain text, or an expression that is none and so only equals itself.
    regex: Option<Regex>,
}

impl Pattern {
    pub(super) fn exact_case(text: &str) -> Self {
        Self::new(text, false)
    }

    pub(super) fn any_case(text: &str) -> Self {
        Self::new(text, true)
    }

    fn new(text: &str, any_case: bool) -> Self {
        let plain = !text.contains(|character: char| r"\.+*?()|[]{}^$".contains(character));
        let flags = if any_case { "(?i)" } else { "" };
        let regex = if plain {
            None
        } else {
            Regex::new(&format!("{flags}^(?:{text})$")).ok()
        };
        Self {
            text: text.to_owned(),
            any_case,
            regex,
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let equal = if self.any_case {
            self.text.eq_ignore_ascii_case(text)
        } else {
            self.text == text
        };
        equal || self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
