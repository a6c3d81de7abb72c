//! What controls need that no manifest holds, and what to do about it.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubescape_model::{GroupVersionKind, KindPattern, Rule};

/// Why rules that found nothing to judge could not: all of them need objects from outside, none of which is there.
/// `cluster`: its name; empty for files.
pub(super) fn reason(
    rules: &[&Rule],
    kinds: &BTreeSet<Arc<GroupVersionKind>>,
    cluster: &str,
) -> Option<String> {
    let there = |pattern: &KindPattern| kinds.iter().any(|kind| pattern.matches(kind));
    let lacks = |rule: &&Rule| !rule.external.is_empty() && !rule.external.iter().any(there);
    if rules.is_empty() || !rules.iter().all(lacks) {
        return None;
    }
    let pattern = rules.first()?.external.first()?;
    let (what, how) = match pattern.group.as_str() {
        "hostdata.kubescape.cloud" => ("the data of nodes", "the node agent's objects"),
        "armo.vuln.images" | "image.vulnscan.com" => {
            ("the vulnerabilities of images", "an image scanner's objects")
        }
        "apiserverinfo.kubescape.cloud" => ("the version of the API server", "the object that tells it"),
        "eks.amazonaws.com" | "management.azure.com" | "container.googleapis.com" => {
            ("the cloud's description of the cluster", "the provider's answer")
        }
        _ => ("objects that are not in the input", "them"),
    };
    let object = format!("{} of {}/{}", pattern.kind, pattern.group, pattern.version);
    Some(match cluster.is_empty() {
        true => format!("it needs {what}: scan {how} ({object}) along with the manifests"),
        false => format!("it needs {what}: the cluster has no {object}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(external: &[(&str, &str)], there: &[(&str, &str)], expected: Option<&str>) {
        let rules: Vec<Rule> = external
            .iter()
            .map(|(group, kind)| Rule {
                external: match kind.is_empty() {
                    true => Vec::new(),
                    false => vec![KindPattern {
                        group: (*group).to_owned(),
                        version: "v1".to_owned(),
                        kind: (*kind).to_owned(),
                    }],
                },
                ..Rule::default()
            })
            .collect();
        let kinds = there
            .iter()
            .map(|(group, kind)| Arc::new(GroupVersionKind::new(&format!("{group}/v1"), kind)))
            .collect();
        let found = reason(&rules.iter().collect::<Vec<_>>(), &kinds, "");
        match (found.as_deref(), expected) {
            (Some(found), Some(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn data_from_outside() {
        let (images, nodes) = ("armo.vuln.images", "hostdata.kubescape.cloud");
        check(
            &[(images, "ImageVulnerabilities")],
            &[],
            Some("the vulnerabilities of images"),
        );
        check(
            &[(nodes, "KubeletInfo")],
            &[("apps", "Deployment")],
            Some("KubeletInfo of hostdata"),
        );
        check(
            &[(images, "ImageVulnerabilities")],
            &[(images, "ImageVulnerabilities")],
            None,
        );
        check(&[(nodes, "KubeletInfo"), ("", "")], &[], None);
        check(&[], &[], None);
    }
}
