//! The identity of objects that rules return, from the objects' own fields.

use kubescape_model::{GroupVersionKind, Resource, local_id, object_id, subject_id};

use crate::rego::EngineValue;

/// Group, version and kind; RBAC subjects name their group in `apiGroup`.
pub(crate) fn kind_of(value: &EngineValue) -> GroupVersionKind {
    GroupVersionKind::new(&api_of(value), &value.text(&["kind"]))
}

/// Api, namespace, kind and name: the own part of a subject's id.
pub(crate) fn own_parts(value: &EngineValue) -> [String; 4] {
    [
        api_of(value),
        field(value, "namespace"),
        value.text(&["kind"]),
        field(value, "name"),
    ]
}

/// The id under which a resource with these fields stands in a report.
pub(crate) fn id_of(value: &EngineValue) -> String {
    if let Some(related) = value.get("relatedObjects") {
        // One related object instead of a list adds nothing to the id: reports of this family agree on that.
        let related = if related.address().is_some() {
            Vec::new()
        } else {
            related.elements()
        };
        return subject_id(
            own_parts(value).each_ref().map(String::as_str),
            related.iter().map(id_of),
        );
    }
    let own = object_id(&kind_of(value), &field(value, "namespace"), &field(value, "name"));
    match value.text(&["sourcePath"]) {
        path if path.is_empty() => own,
        path => local_id(&path, &own),
    }
}

/// A resource for an object that only a rule knows: a host, a cloud or a subject with the objects that it concerns.
pub(crate) fn external_resource(value: &EngineValue) -> Resource {
    Resource {
        id: id_of(value).into(),
        kind: kind_of(value).into(),
        namespace: field(value, "namespace").into(),
        name: field(value, "name").into(),
        object: value.to_node().into(),
        source: None,
        source_path: None,
    }
}

fn api_of(value: &EngineValue) -> String {
    match value.text(&["apiVersion"]) {
        version if version.is_empty() => value.text(&["apiGroup"]),
        version => version,
    }
}

fn field(value: &EngineValue, name: &str) -> String {
    match value.text(&["metadata", name]) {
        text if text.is_empty() => value.text(&[name]),
        text => text,
    }
}
