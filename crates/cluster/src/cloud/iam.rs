//! Roles and policies of an AWS account, from one answer (AWS IAM API reference, `GetAccountAuthorizationDetails`).

use std::collections::BTreeMap;

use kubescape_yaml::{Mapping, Node, Value};

use super::answer::map;

/// By the ARN of each attached policy the roles that have it, as `ListEntitiesForPolicy` shows them.
pub(super) fn roles_of_policies(account: &Node) -> Node {
    let mut policies: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
    for role in items(account, "RoleDetailList") {
        let mut shown = Mapping::new();
        for key in ["RoleName", "RoleId"] {
            if let Some(value) = role.get(key) {
                shown.insert(key, value.clone());
            }
        }
        let shown = Node::new(Value::Mapping(shown));
        for policy in items(role, "AttachedManagedPolicies") {
            if let Some(name) = policy.get("PolicyArn").and_then(Node::as_str) {
                policies.entry(name).or_default().push(shown.clone());
            }
        }
    }
    let mut found = Mapping::new();
    for (policy, roles) in policies {
        found.insert(policy, map([("PolicyRoles", Node::new(Value::Sequence(roles)))]));
    }
    Node::new(Value::Mapping(found))
}

/// By the ARN of each policy the document of its default version.
pub(super) fn documents(account: &Node) -> Node {
    let mut found = Mapping::new();
    for policy in items(account, "Policies") {
        let version = items(policy, "PolicyVersionList")
            .iter()
            .find(|version| version.get("IsDefaultVersion").and_then(Node::as_bool) == Some(true));
        let document = version.and_then(|version| version.get("Document"));
        if let (Some(name), Some(document)) = (policy.get("Arn").and_then(Node::as_str), document) {
            found.insert(name, document.clone());
        }
    }
    Node::new(Value::Mapping(found))
}

fn items<'node>(node: &'node Node, key: &str) -> &'node [Node] {
    node.get(key).and_then(Node::as_sequence).unwrap_or_default()
}
