//! From rendered files to documents in the order in which Helm installs them.

use std::sync::LazyLock;

use kubescape_yaml::{Limits, Node, Profile, load_one};
use regex::Regex;

use crate::error::HelmError;

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
        if !node.is_null() && node.as_mapping().is_none() {
            return Err(failed(
                "error unmarshaling JSON: the document is no object with apiVersion and kind".to_owned(),
            ));
        }
        let text_of = |key: &str| {
            node.get(key)
                .and_then(Node::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let hook = node
            .get("metadata")
            .and_then(|metadata| metadata.get("annotations"))
            .and_then(|annotations| annotations.get("helm.sh/hook"))
            .and_then(Node::as_str);
        if let Some(hook) = hook {
            let known = hook
                .split(',')
                .all(|name| HOOKS.contains(&name.trim().to_ascii_lowercase().as_str()));
            if !known {
                warnings.push(format!("{file}: unknown hook {hook:?}; the document is left out"));
                continue;
            }
        }
        pieces.push(Piece {
            kind: text_of("kind"),
            is_hook: hook.is_some(),
            range,
        });
    }
    Ok(pieces)
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
