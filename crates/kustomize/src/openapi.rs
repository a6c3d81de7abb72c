//! `openapi`: a schema of the user's own, which says how lists merge.

use std::collections::HashMap;

use kubescape_yaml::{Limits, Mapping, Node, Profile, load_one};

use crate::accumulate::{Build, Root};
use crate::error::{KustomizeError, Result};
use crate::tables::{Merge, MergeField};

/// The version of Kubernetes whose schema is built in.
const BUILT_IN: &str = "v1.21.2";
/// Definitions within definitions.
const MAX_DEPTH: usize = 50;

/// Reads the schema of a kustomization. The first one of a build counts for all of it.
pub(crate) fn choose(build: &mut Build<'_>, root: &Root) -> Result<()> {
    let openapi = &root.config.openapi;
    let part = |key: &str| {
        openapi
            .get(key)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    };
    let invalid = |message: String| Err(KustomizeError::invalid(&root.file, format!("openapi: {message}")));
    let path = match (part("version"), part("path")) {
        (Some(_), Some(_)) => {
            return invalid("builtin version and custom schema provided, cannot use both".to_owned());
        }
        (Some(BUILT_IN) | None, None) => return Ok(()),
        (Some(version), None) => {
            return invalid(format!(
                "the specified OpenAPI version {version} is not built in; {BUILT_IN} is"
            ));
        }
        (None, Some(path)) => path,
    };
    let (path, text) = build.files.read_text(&root.folder, path)?;
    if build.openapi.is_some() {
        return Ok(());
    }
    let node = load_one(&text, Profile::SigsYaml, &Limits::default())
        .map_err(|error| KustomizeError::invalid(&path, format!("openapi: {error}")))?;
    build.openapi = Some(node.get("definitions").map(read).unwrap_or_default());
    Ok(())
}

fn read(definitions: &Node) -> Merge {
    let mut merge = Merge::default();
    for (name, definition) in definitions.as_mapping().into_iter().flat_map(Mapping::iter) {
        object(&mut merge.types, name, definition, 0);
        let kinds = definition
            .get("x-kubernetes-group-version-kind")
            .and_then(Node::as_sequence)
            .unwrap_or_default();
        for kind in kinds {
            let part = |key: &str| kind.get(key).and_then(Node::as_str).unwrap_or_default();
            let api_version = if part("group").is_empty() {
                part("version").to_owned()
            } else {
                format!("{}/{}", part("group"), part("version"))
            };
            merge
                .kinds
                .insert(format!("{api_version} {}", part("kind")), name.to_string());
        }
    }
    merge
}

/// Keeps the fields of an object under a name.
fn object(types: &mut HashMap<String, HashMap<String, MergeField>>, name: &str, schema: &Node, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let properties = schema.get("properties").and_then(Node::as_mapping);
    let mut fields = HashMap::new();
    for (key, property) in properties.into_iter().flat_map(Mapping::iter) {
        fields.insert(
            key.to_string(),
            field(types, &format!("{name}.{key}"), property, depth + 1),
        );
    }
    types.insert(name.to_owned(), fields);
}

fn field(
    types: &mut HashMap<String, HashMap<String, MergeField>>,
    name: &str,
    schema: &Node,
    depth: usize,
) -> MergeField {
    let text = |key: &str| schema.get(key).and_then(Node::as_str).map(str::to_owned);
    let map_keys = schema
        .get("x-kubernetes-list-map-keys")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    MergeField {
        reference: refers(types, name, schema, depth),
        items: schema
            .get("items")
            .and_then(|items| refers(types, &format!("{name}[]"), items, depth)),
        map: schema
            .get("additionalProperties")
            .and_then(|values| refers(types, &format!("{name}{{}}"), values, depth)),
        strategy: text("x-kubernetes-patch-strategy"),
        merge_key: text("x-kubernetes-patch-merge-key"),
        map_keys: map_keys
            .iter()
            .filter_map(|key| key.as_str().map(str::to_owned))
            .collect(),
    }
}

/// The type of a schema: one that it names, or one of its own.
fn refers(
    types: &mut HashMap<String, HashMap<String, MergeField>>,
    name: &str,
    schema: &Node,
    depth: usize,
) -> Option<String> {
    if let Some(reference) = schema.get("$ref").and_then(Node::as_str) {
        return Some(reference.trim_start_matches("#/definitions/").to_owned());
    }
    schema.get("properties")?;
    object(types, name, schema, depth);
    Some(name.to_owned())
}
