//! Who runs the cluster.

use kubescape_yaml::Node;

/// The managed service that a node belongs to, by what every node of the service carries: the form of its provider id,
/// or labels that only the service sets.
pub(crate) fn cloud_provider(node: &Node) -> Option<&'static str> {
    let provider_id = node
        .at("spec.providerID")
        .and_then(Node::as_str)
        .unwrap_or_default();
    let labels = node.at("metadata.labels");
    let has_label = |start: &str| {
        labels
            .and_then(Node::as_mapping)
            .is_some_and(|labels| labels.iter().any(|(key, _)| key.starts_with(start)))
    };
    match provider_id.split_once("://").map(|(scheme, _)| scheme) {
        Some("aws") if has_label("eks.amazonaws.com/") || has_label("alpha.eksctl.io/") => Some("eks"),
        Some("gce") if has_label("cloud.google.com/gke-") => Some("gke"),
        Some("azure") if has_label("kubernetes.azure.com/") => Some("aks"),
        _ if has_label("eks.amazonaws.com/") => Some("eks"),
        _ if has_label("cloud.google.com/gke-") => Some("gke"),
        _ if has_label("kubernetes.azure.com/") => Some("aks"),
        _ => None,
    }
}

/// Whether ordinary pods may run on a node: it is not kept for the control plane.
pub(crate) fn is_worker(node: &Node) -> bool {
    let taints = node
        .at("spec.taints")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    !taints.iter().any(|taint| {
        let text = |key: &str| taint.get(key).and_then(Node::as_str).unwrap_or_default();
        text("effect") == "NoSchedule"
            && matches!(
                text("key"),
                "node-role.kubernetes.io/master" | "node-role.kubernetes.io/control-plane"
            )
    })
}

#[cfg(test)]
mod tests {
    use kubescape_yaml::{Limits, load_json};

    use super::*;

    #[track_caller]
    fn check(node: &str, provider: Option<&str>, worker: bool) {
        let node = load_json(node, &Limits::default()).unwrap();
        assert_eq!((cloud_provider(&node), is_worker(&node)), (provider, worker));
    }

    #[test]
    fn nodes() {
        check(
            r#"{"metadata":{"labels":{"eks.amazonaws.com/nodegroup":"a"}},"spec":{"providerID":"aws:///eu/i-1"}}"#,
            Some("eks"),
            true,
        );
        check(r#"{"spec":{"providerID":"aws:///eu/i-1"}}"#, None, true);
        check(
            r#"{"metadata":{"labels":{"cloud.google.com/gke-nodepool":"a"}},"spec":{"providerID":"gce://p/z/n"}}"#,
            Some("gke"),
            true,
        );
        check(
            r#"{"metadata":{"labels":{"kubernetes.azure.com/cluster":"a"}},"spec":{"providerID":"azure:///x"}}"#,
            Some("aks"),
            true,
        );
        check(
            r#"{"spec":{"taints":[{"key":"node-role.kubernetes.io/control-plane","effect":"NoSchedule"}]}}"#,
            None,
            false,
        );
    }
}
