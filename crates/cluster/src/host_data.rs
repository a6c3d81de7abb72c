//! What the node agents report of their hosts: custom resources, in the shape that rules know.

use std::sync::Arc;

use kubescape_model::{GroupVersionKind, KindPattern, Resource};
use kubescape_yaml::{Mapping, Node, Value};

/// Group of the custom resources and of what rules see.
pub(crate) const GROUP: &str = "hostdata.kubescape.cloud";
/// Version that rules see.
const VERSION: &str = "v1beta0";

/// Plural of the custom resource, and the kind that rules see.
const KINDS: [(&str, &str); 10] = [
    ("osreleasefiles", "OsReleaseFile"),
    ("kernelversions", "KernelVersion"),
    ("linuxsecurityhardeningstatuses", "LinuxSecurityHardeningStatus"),
    ("openportslists", "OpenPortsList"),
    ("linuxkernelvariables", "LinuxKernelVariables"),
    ("kubeletinfos", "KubeletInfo"),
    ("kubeproxyinfos", "KubeProxyInfo"),
    ("controlplaneinfos", "ControlPlaneInfo"),
    ("cloudproviderinfos", "CloudProviderInfo"),
    ("cniinfos", "CNIInfo"),
];

/// The kind that rules see of a custom resource, when a pattern asks for it.
pub(crate) fn wanted_kind(plural: &str, wanted: &[KindPattern]) -> Option<GroupVersionKind> {
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == plural)?;
    let kind = GroupVersionKind {
        group: GROUP.to_owned(),
        version: VERSION.to_owned(),
        kind: (*kind).to_owned(),
    };
    wanted
        .iter()
        .any(|pattern| pattern.matches(&kind))
        .then_some(kind)
}

/// The object that rules see: the node's name, and its data without the name.
pub(crate) fn resource(custom: &Node, kind: &GroupVersionKind) -> Resource {
    let mut spec = custom.get("spec").cloned().unwrap_or_default();
    let named = spec.get("nodeName").and_then(Node::as_str).map(ToOwned::to_owned);
    let own = custom
        .at("metadata.name")
        .and_then(Node::as_str)
        .map(ToOwned::to_owned);
    let name = named.or(own).unwrap_or_default();
    if let Some(map) = spec.as_mapping_mut() {
        map.remove("nodeName");
    }
    // Some agents put the data one level deeper, under the kind.
    let data = spec.get(&kind.kind).cloned().unwrap_or(spec);
    let mut metadata = Mapping::new();
    metadata.insert("name", Node::string(name));
    let mut object = Mapping::new();
    object.insert("apiVersion", Node::string(kind.api_version()));
    object.insert("kind", Node::string(kind.kind.as_str()));
    object.insert("metadata", Node::new(Value::Mapping(metadata)));
    object.insert("data", data);
    Resource::new(Arc::new(Node::new(Value::Mapping(object))), None, None)
}

#[cfg(test)]
mod tests {
    use kubescape_yaml::{JsonStyle, Limits, load_json, write_json};

    use super::*;

    #[track_caller]
    fn check(custom: &str, expected: &str) {
        let custom = load_json(custom, &Limits::default()).unwrap();
        let kind = GroupVersionKind {
            group: GROUP.to_owned(),
            version: VERSION.to_owned(),
            kind: "KubeletInfo".to_owned(),
        };
        let mut json = String::new();
        write_json(
            &resource(&custom, &kind).object.node(),
            JsonStyle::default(),
            &mut json,
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn data_of_a_node() {
        let expected = r#"{"apiVersion":"hostdata.kubescape.cloud/v1beta0","kind":"KubeletInfo","metadata":{"name":"n1"},"data":{"cmdLine":"kubelet"}}"#;
        check(
            r#"{"metadata":{"name":"n1"},"spec":{"nodeName":"n1","cmdLine":"kubelet"}}"#,
            expected,
        );
        check(
            r#"{"metadata":{"name":"n1"},"spec":{"nodeName":"n1","KubeletInfo":{"cmdLine":"kubelet"}}}"#,
            expected,
        );
    }

    #[test]
    fn kinds() {
        let pattern = KindPattern {
            group: GROUP.to_owned(),
            version: VERSION.to_owned(),
            kind: "KubeletInfo".to_owned(),
        };
        assert!(wanted_kind("kubeletinfos", std::slice::from_ref(&pattern)).is_some());
        assert!(wanted_kind("cniinfos", &[pattern]).is_none());
    }
}
