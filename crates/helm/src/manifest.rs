//! From rendered files to documents in the order in which Helm installs them.

use std::sync::LazyLock;

use kubescape_gotemplate::Value;
use kubescape_yaml::{Limits, Mapping, Node, Profile, load_one};
use regex::Regex;

use crate::error::HelmError;
use crate::values::{from_node, infinite, json_type};

/// Kinds in the order of installation; all others come after these, by name.
const INSTALL_ORDER: [&str; 37] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "",
];

const HOOKS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|\s*\n)---\s*").unwrap());

/// A document within a rendered file.
pub(crate) struct Piece {
    pub kind: String,
    pub is_hook: bool,
    /// Bytes of the file's text.
    pub range: std::ops::Range<usize>,
}

/// The documents of a rendered file, without those of unknown hooks.
pub(crate) fn split(file: &str, text: &str, warnings: &mut Vec<String>) -> Result<Vec<Piece>, HelmError> {
    let mut pieces = Vec::new();
    let trimmed = text.trim();
    let offset = text.len() - text.trim_start().len();
    let mut start = 0;
    let mut ranges = Vec::new();
    for separator in SEPARATOR.find_iter(trimmed) {
        ranges.push(start..separator.start());
        start = separator.end();
    }
    ranges.push(start..trimmed.len());
    for range in ranges {
        let content = trimmed.get(range.clone()).unwrap_or_default();
        let inner = content.trim();
        if inner.is_empty() {
            continue;
        }
        let begin = offset + range.start + (content.len() - content.trim_start().len());
        let range = begin..begin + inner.len();
        let failed = |message: String| HelmError::Manifest {
            file: file.to_owned(),
            message,
        };
        let node = load_one(inner, Profile::SigsYaml, &Limits::default()).map_err(|error| {
            failed(format!(
                "error converting YAML to JSON: yaml: line {}: {}",
                error.position.line, error.message
            ))
        })?;
        let head = head(&node).map_err(failed)?;
        if let Some(hook) = &head.hook {
            let known = hook
                .split(',')
                .all(|name| HOOKS.contains(&name.trim().to_ascii_lowercase().as_str()));
            if !known {
                warnings.push(format!("{file}: unknown hook {hook:?}; the document is left out"));
                continue;
            }
        }
        pieces.push(Piece {
            kind: head.kind,
            is_hook: head.hook.is_some(),
            range,
        });
    }
    Ok(pieces)
}

/// What decides about a document's place.
struct Head {
    kind: String,
    hook: Option<String>,
}

/// Reads it; what is no object, or has other types where Helm reads it, is an error.
fn head(node: &Node) -> Result<Head, String> {
    if let Some(number) = infinite(node) {
        return Err(format!(
            "error converting YAML to JSON: json: unsupported value: {number}"
        ));
    }
    let metadata = child(Some(node), "metadata", "the document")?;
    let annotations = child(metadata, "annotations", "metadata")?;
    let hook = child(annotations, "helm.sh/hook", "metadata.annotations")?;
    for (key, value) in annotations
        .and_then(Node::as_mapping)
        .into_iter()
        .flat_map(Mapping::iter)
    {
        text(Some(value), &format!("annotation {key}"))?;
    }
    text(child(Some(node), "apiVersion", "the document")?, "apiVersion")?;
    text(child(metadata, "name", "metadata")?, "metadata.name")?;
    let kind = text(child(Some(node), "kind", "the document")?, "kind")?;
    Ok(Head {
        kind: kind.unwrap_or_default(),
        // A hook that is null is one without a name.
        hook: match hook {
            Some(_) => Some(text(hook, "annotation helm.sh/hook")?.unwrap_or_default()),
            None => None,
        },
    })
}

/// A value of an object, which may be missing or null.
fn child<'a>(object: Option<&'a Node>, key: &str, place: &str) -> Result<Option<&'a Node>, String> {
    match object {
        Some(node) if node.as_mapping().is_some() => Ok(node.get(key)),
        Some(node) if !node.is_null() => Err(wrong(node, place)),
        _ => Ok(None),
    }
}

/// A scalar as a string.
fn text(node: Option<&Node>, place: &str) -> Result<Option<String>, String> {
    match node.map(|node| (node, from_node(node))) {
        None | Some((_, Value::Nil)) => Ok(None),
        Some((node, Value::Map(_) | Value::List(_))) => Err(wrong(node, place)),
        Some((_, scalar)) => Ok(Some(format!("{scalar:?}"))),
    }
}

fn wrong(found: &Node, place: &str) -> String {
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into {place}",
        json_type(&from_node(found))
    )
}

/// The place of a kind in the order of installation.
pub(crate) fn rank(kind: &str) -> (usize, String) {
    match INSTALL_ORDER
        .iter()
        .position(|known| *known == kind && !known.is_empty())
    {
        Some(index) => (index, String::new()),
        None => (INSTALL_ORDER.len(), kind.to_owned()),
    }
}
