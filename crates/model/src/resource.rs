//! A Kubernetes object (or host, cloud, RBAC subject) with its identity and its place.

use std::sync::Arc;

use kubescape_yaml::{Node, Value};
use serde::Serialize;

use crate::{Object, Rendering};

/// Identity of a resource within a scan.
pub type ResourceId = Arc<str>;

/// An object of the scan. Parsed once; every stage borrows it.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Identity.
    pub id: ResourceId,
    /// Group, version and kind.
    pub kind: Arc<GroupVersionKind>,
    /// `metadata.namespace`, or empty.
    pub namespace: Arc<str>,
    /// `metadata.name`, or empty.
    pub name: Arc<str>,
    /// The object.
    pub object: Object,
    /// Where it stands; `None` for objects of a live cluster and for RBAC subjects.
    pub source: Option<Arc<Source>>,
    /// `PATH:INDEX` of a local object, which reports show inside the object.
    pub source_path: Option<Arc<str>>,
}

impl Resource {
    /// The resource of an object: its identity from the object's own fields and, for local objects, the path.
    pub fn new(object: Arc<Node>, source: Option<Arc<Source>>, source_path: Option<Arc<str>>) -> Self {
        let kind = Arc::new(GroupVersionKind::of(&object));
        let namespace: Arc<str> = text(&object, &["metadata", "namespace"]).into();
        let name: Arc<str> = text(&object, &["metadata", "name"]).into();
        let own = object_id(&kind, &namespace, &name);
        let id = match &source_path {
            Some(path) => local_id(path, &own).into(),
            None => own.into(),
        };
        Self {
            id,
            kind,
            namespace,
            name,
            object: object.into(),
            source,
            source_path,
        }
    }

    /// `apiVersion` as the object writes it.
    pub fn api_version(&self) -> String {
        self.kind.api_version()
    }
}

/// Group, version and kind of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupVersionKind {
    /// Empty for the core group.
    pub group: String,
    /// `v1`.
    pub version: String,
    /// `Pod`.
    pub kind: String,
}

impl GroupVersionKind {
    /// The kind that an object claims to be. RBAC subjects name their group in `apiGroup`.
    pub fn of(object: &Node) -> Self {
        let api_version = match text(object, &["apiVersion"]) {
            "" => text(object, &["apiGroup"]),
            version => version,
        };
        Self::new(api_version, text(object, &["kind"]))
    }

    /// A kind from the texts of an object.
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = parse_group_version(api_version);
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    /// `group/version`, or the version alone for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// Splits `apps/v1` into group and version; `v1` has the empty group.
pub fn parse_group_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// Identity of an object of a cluster: `group/version/namespace/Kind/name`, empty parts kept.
pub fn object_id(kind: &GroupVersionKind, namespace: &str, name: &str) -> String {
    format!("{}/{}/{namespace}/{}/{name}", kind.group, kind.version, kind.kind)
}

/// Identity of a local object: its own identity with a hash of the place it was read from in front.
pub fn local_id(source_path: &str, object_id: &str) -> String {
    format!("path={}/api={object_id}", fnv1a_32(source_path.as_bytes()))
}

/// Identity of a subject with the objects that bind it: all ids sorted as strings and joined.
///
/// The subject's own part is `api/namespace/kind/name`, with `apiVersion` or, for RBAC subjects, `apiGroup` as api.
pub fn subject_id(own: [&str; 4], related: impl IntoIterator<Item = String>) -> String {
    let mut ids: Vec<String> = related.into_iter().chain([own.join("/")]).collect();
    ids.sort();
    ids.join("/")
}

fn text<'node>(object: &'node Node, path: &[&str]) -> &'node str {
    let mut node = object;
    for key in path {
        match node.get(key) {
            Some(child) => node = child,
            None => return "",
        }
    }
    match &node.value {
        Value::String(text) => text,
        _ => "",
    }
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): the hash in the ids of local objects.
fn fnv1a_32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Where a local object came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Root of the input.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The file, relative to the root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub relative_path: String,
    /// What kind of file it is.
    pub file_type: FileType,
    /// Folder of the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helm_path: String,
    /// Name of the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helm_chart_name: String,
    /// Template within the chart.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub helm_template_file: String,
    /// Keys below `.Values` that the object shows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub helm_values_paths: Vec<String>,
    /// Line of the template that wrote the object.
    #[serde(skip_serializing_if = "is_zero")]
    pub helm_template_line: u32,
    /// Folder of the kustomization.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kustomize_directory_name: String,
    /// Last commit that touched the file.
    pub last_commit: Commit,
    /// The file on disk, for those who show its lines.
    #[serde(skip)]
    pub file: std::path::PathBuf,
    /// What the object was read from, when that is no file.
    #[serde(skip)]
    pub rendering: Option<Arc<Rendering>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A commit; without git, only the zero time that other tools of the family print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// Its hash.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// RFC 3339 time of its author.
    pub date: String,
    /// Name of its author.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_name: String,
    /// Mail address of its author.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub committer_email: String,
    /// First line of its message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Default for Commit {
    fn default() -> Self {
        Self {
            hash: String::new(),
            date: "0001-01-01T00:00:00Z".to_owned(),
            committer_name: String::new(),
            committer_email: String::new(),
            message: String::new(),
        }
    }
}

/// Kind of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum FileType {
    /// A YAML file.
    #[default]
    #[serde(rename = "YAML")]
    Yaml,
    /// A JSON file.
    #[serde(rename = "JSON")]
    Json,
    /// A template of a Helm chart.
    #[serde(rename = "Helm Chart")]
    HelmChart,
    /// A kustomization.
    #[serde(rename = "Kustomize Directory")]
    KustomizeDirectory,
    /// A Terraform module.
    Terraform,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_of_local_objects() {
        // Values of a published report.
        let own = object_id(
            &GroupVersionKind {
                group: "apps".into(),
                version: "v1".into(),
                kind: "Deployment".into(),
            },
            "default",
            "system-monitor-deployment",
        );
        assert_eq!(
            local_id("system-monitor/deployment.yaml:1", &own),
            "path=1531442829/api=apps/v1/default/Deployment/system-monitor-deployment"
        );
    }
}
