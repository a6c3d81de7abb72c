//! What tells objects apart.

use std::fmt;

use kubescape_yaml::Node;

use crate::tables::{FieldSpec, TABLES};

/// What objects outside of namespaces have for one.
pub(crate) const NO_NAMESPACE: &str = "_non_namespaceable_";

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Gvk {
    pub group: String,
    pub version: String,
    pub kind: String,
}

impl Gvk {
    pub(crate) fn of(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
        let (group, version) = text("apiVersion")
            .split_once('/')
            .unwrap_or(("", text("apiVersion")));
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: text("kind").to_owned(),
        }
    }

    /// Whether the given parts are these; empty ones are anything.
    pub(crate) fn is_selected(&self, group: &str, version: &str, kind: &str) -> bool {
        let fits = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        fits(group, &self.group) && fits(version, &self.version) && fits(kind, &self.kind)
    }

    pub(crate) fn fits(&self, spec: &FieldSpec) -> bool {
        self.is_selected(&spec.group, &spec.version, &spec.kind)
    }

    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether objects of the kind are surely outside of namespaces. Unknown kinds are taken to be inside.
    pub(crate) fn is_cluster_scoped(&self) -> bool {
        TABLES
            .cluster_scoped
            .contains(&format!("{} {}", self.api_version(), self.kind))
    }
}

impl fmt::Display for Gvk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |part: &str, none: &str| {
            if part.is_empty() {
                none.to_owned()
            } else {
                part.to_owned()
            }
        };
        write!(
            formatter,
            "{}.{}.{}",
            or(&self.kind, "[noKind]"),
            or(&self.version, "[noVer]"),
            or(&self.group, "[noGrp]")
        )
    }
}

/// Identity of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id {
    pub gvk: Gvk,
    pub name: String,
    /// As it is written; see [`Id::effective_namespace`].
    pub namespace: String,
}

impl Id {
    /// No namespace and `default` are the same; objects outside of namespaces share one of their own.
    pub(crate) fn effective_namespace(&self) -> &str {
        if self.gvk.is_cluster_scoped() {
            NO_NAMESPACE
        } else if self.namespace.is_empty() {
            "default"
        } else {
            &self.namespace
        }
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.gvk == other.gvk
            && self.name == other.name
            && self.effective_namespace() == other.effective_namespace()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |part: &str, none: &str| {
            if part.is_empty() {
                none.to_owned()
            } else {
                part.to_owned()
            }
        };
        write!(
            formatter,
            "{}/{}.{}",
            self.gvk,
            or(&self.name, "[noName]"),
            or(&self.namespace, "[noNs]")
        )
    }
}
