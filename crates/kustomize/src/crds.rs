//! `crds`: definitions of custom kinds, whose extensions say which fields hold names, labels and annotations.

use std::collections::HashMap;

use kubescape_yaml::{Limits, Mapping, Node, Profile, load_one};

use crate::accumulate::{Build, Root, State};
use crate::error::{KustomizeError, Result};
use crate::tables::{FieldSpec, Fields, NameReference};

/// Definitions within definitions.
const MAX_DEPTH: usize = 50;

/// Adds what the definitions say to the tables of a kustomization.
pub(crate) fn configure(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for name in &root.config.crds {
        let (path, text) = build.files.read_text(&root.folder, name)?;
        let invalid = |message: String| KustomizeError::invalid(&path, format!("crds: {message}"));
        let node = load_one(&text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| invalid(error.to_string()))?;
        let mut definitions = HashMap::new();
        for (name, definition) in node.as_mapping().into_iter().flat_map(Mapping::iter) {
            if definition.as_mapping().is_none() {
                return Err(invalid(
                    "not a map of OpenAPI definitions; manifests of CustomResourceDefinitions belong to resources"
                        .to_owned(),
                ));
            }
            if let Some(properties) = properties(definition) {
                definitions.insert(&**name, properties);
            }
        }
        let mut fields = Fields::default();
        for (name, definition) in &definitions {
            let is_kind = ["apiVersion", "kind", "metadata"]
                .iter()
                .all(|field| definition.get(field).is_some());
            if is_kind {
                let kind = name.rsplit('.').next().unwrap_or(name);
                collect(&definitions, definition, kind, "", &mut fields, 0).map_err(invalid)?;
            }
        }
        state.fields.extend(&fields).map_err(invalid)?;
    }
    Ok(())
}

/// Properties of a definition, which stand in a schema of either case.
fn properties(definition: &Node) -> Option<&Node> {
    let map = definition.as_mapping()?;
    let schema = map
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("schema"))
        .map_or(definition, |(_, schema)| schema);
    schema.get("properties")
}

fn collect(
    definitions: &HashMap<&str, &Node>,
    properties: &Node,
    kind: &str,
    path: &str,
    fields: &mut Fields,
    depth: usize,
) -> std::result::Result<(), String> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    for (name, property) in properties.as_mapping().into_iter().flat_map(Mapping::iter) {
        let path = if path.is_empty() {
            name.to_string()
        } else {
            format!("{path}/{name}")
        };
        let spec = |path: &str| FieldSpec {
            kind: kind.to_owned(),
            path: path.to_owned(),
            ..FieldSpec::default()
        };
        let text = |key: &str| property.get(key).and_then(Node::as_str);
        let has = |key: &str| property.get(key).is_some();
        let mut found = Fields::default();
        if has("x-kubernetes-annotation") {
            found.common_annotations.push(spec(&path));
        }
        if has("x-kubernetes-label-selector") {
            found.common_labels.push(spec(&path));
        }
        if has("x-kubernetes-identity") {
            found.name_prefix.push(spec(&path));
        }
        if let (Some(version), Some(referent)) = (
            text("x-kubernetes-object-ref-api-version"),
            text("x-kubernetes-object-ref-kind"),
        ) {
            let key = text("x-kubernetes-object-ref-name-key").unwrap_or("name");
            found.name_reference.push(NameReference {
                version: version.to_owned(),
                kind: referent.to_owned(),
                fields: vec![spec(&format!("{path}/{key}"))],
                ..NameReference::default()
            });
        }
        fields.extend(&found)?;
        let inner = text("$ref").and_then(|name| definitions.get(name).copied());
        if let Some(inner) = inner {
            collect(definitions, inner, kind, &path, fields, depth + 1)?;
        }
    }
    Ok(())
}
