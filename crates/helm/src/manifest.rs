//! From rendered files to documents in the order in which Helm installs them.

use std::sync::LazyLock;

use kubescape_gotemplate::Value;
use kubescape_yaml::{KeyKind, Limits, Mapping, Node, Profile, Value as Yaml, is_plain_string, load_one};
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
    /// Its value for readers of manifests, where it was read that way.
    pub root: Option<Node>,
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
        let (head, root) = match as_manifest(inner) {
            Some((head, root)) => (head, Some(root)),
            None => (as_helm_reads(inner).map_err(failed)?, None),
        };
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
            root,
        });
    }
    Ok(pieces)
}

/// What decides about a document's place.
struct Head {
    kind: String,
    hook: Option<String>,
}

fn as_helm_reads(text: &str) -> Result<Head, String> {
    let node = load_one(text, Profile::SigsYaml, &Limits::default()).map_err(|error| {
        format!(
            "error converting YAML to JSON: yaml: line {}: {}",
            error.position.line, error.message
        )
    })?;
    head(&node)
}

/// What readers of manifests find in a text, which spares them to read it again. Nothing where Helm might see something
/// else in it: with tags and merges, keys that are no strings, and words that only Helm's reader takes for more.
fn as_manifest(text: &str) -> Option<(Head, Node)> {
    let may_be_tag = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| before.is_whitespace() || "[{,".contains(before))
    };
    if text.contains("<<") || text.match_indices('!').any(|(at, _)| may_be_tag(at)) {
        return None;
    }
    let node = load_one(text, Profile::GoYamlV3, &Limits::default()).ok()?;
    let head = head(&node).ok()?;
    let is_same = |word: &str| word.is_empty() || is_plain_string(word, Profile::SigsYaml);
    let is_known = is_same(&head.kind) && head.hook.as_deref().is_none_or(is_same);
    (is_known && has_string_keys(&node)).then_some((head, node))
}

fn has_string_keys(node: &Node) -> bool {
    match &node.value {
        Yaml::Sequence(items) => items.iter().all(has_string_keys),
        Yaml::Mapping(map) => map.entries().iter().all(|entry| {
            let key = &entry.key;
            let is_string = key.kind == KeyKind::String && is_plain_string(&key.text, Profile::SigsYaml);
            is_string && has_string_keys(&entry.value)
        }),
        _ => true,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a text is read as manifests are, Helm finds the same head in it.
    #[track_caller]
    fn check(text: &str, is_shared: bool) {
        let shared = as_manifest(text);
        assert_eq!(shared.is_some(), is_shared, "{text:?}");
        if let Some((head, _)) = shared {
            let helm = as_helm_reads(text).unwrap();
            assert_eq!((head.kind, head.hook), (helm.kind, helm.hook), "{text:?}");
        }
    }

    #[test]
    fn documents_are_read_once_where_both_readers_agree() {
        check(
            "kind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: test}}",
            true,
        );
        check("kind: Pod\ndata:\n  run: |\n    #!/bin/sh\n    echo hello!", true);
        check("# nothing", true);
        check("kind: 5", false);
        check("kind: yes", false);
        check("kind: Pod\nspec: !!str 5", false);
        check("kind: Pod\nspec: {<<: {a: 1}}", false);
        check("kind: Pod\ndata: {1: a}", false);
        check("kind: Pod\ndata: {yes: a}", false);
        check("kind: Pod\nkind: Job", false);
        check("kind: Pod\nspec: .inf", false);
        check("kind: [Pod]", false);
        check("kind: Pod\nmetadata: {annotations: {helm.sh/hook: off}}", false);
        check("kind: Pod\n: b", false);
    }
}
