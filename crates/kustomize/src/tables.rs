//! What kustomize knows of Kubernetes' fields: where names, labels and images stand, which lists merge by which keys.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Where a field stands in objects of some kinds.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSpec {
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub path: String,
    /// Whether a missing field is made.
    #[serde(default)]
    pub create: bool,
}

/// Fields that name objects of a kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameReference {
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub kind: String,
    #[serde(default, rename = "fieldSpecs")]
    pub fields: Vec<FieldSpec>,
}

/// All fields that transformers work on; `configurations` add to it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Fields {
    pub name_prefix: Vec<FieldSpec>,
    pub name_suffix: Vec<FieldSpec>,
    pub namespace: Vec<FieldSpec>,
    pub common_labels: Vec<FieldSpec>,
    pub labels: Vec<FieldSpec>,
    pub template_labels: Vec<FieldSpec>,
    pub common_annotations: Vec<FieldSpec>,
    pub name_reference: Vec<NameReference>,
    pub var_reference: Vec<FieldSpec>,
    pub images: Vec<FieldSpec>,
    pub replicas: Vec<FieldSpec>,
}

impl Fields {
    /// Adds what is not there yet. The error names the field of the configuration.
    pub(crate) fn extend(&mut self, other: &Self) -> Result<(), String> {
        let lists = [
            ("namePrefix", &mut self.name_prefix, &other.name_prefix),
            ("nameSuffix", &mut self.name_suffix, &other.name_suffix),
            ("namespace", &mut self.namespace, &other.namespace),
            ("commonLabels", &mut self.common_labels, &other.common_labels),
            ("labels", &mut self.labels, &other.labels),
            (
                "templateLabels",
                &mut self.template_labels,
                &other.template_labels,
            ),
            (
                "commonAnnotations",
                &mut self.common_annotations,
                &other.common_annotations,
            ),
            ("varReference", &mut self.var_reference, &other.var_reference),
            ("images", &mut self.images, &other.images),
            ("replicas", &mut self.replicas, &other.replicas),
        ];
        for (name, into, from) in lists {
            add(into, from).map_err(|message| format!("{name}: {message}"))?;
        }
        for reference in &other.name_reference {
            let known = self.name_reference.iter_mut().find(|known| {
                known.group == reference.group
                    && known.version == reference.version
                    && known.kind == reference.kind
            });
            match known {
                Some(known) => add(&mut known.fields, &reference.fields)
                    .map_err(|message| format!("nameReference: {message}"))?,
                None => self.name_reference.push(reference.clone()),
            }
        }
        Ok(())
    }
}

/// Adds specs to others. One of the same path as a known spec, for the same kind or for more, adds nothing, but must
/// agree with it.
pub(crate) fn add(into: &mut Vec<FieldSpec>, from: &[FieldSpec]) -> Result<(), String> {
    if into.is_empty() {
        into.extend_from_slice(from);
        return Ok(());
    }
    let covers = |known: &str, new: &str| new.is_empty() || known == new;
    for spec in from {
        let known = into.iter().find(|known| {
            known.path == spec.path
                && covers(&known.group, &spec.group)
                && covers(&known.version, &spec.version)
                && covers(&known.kind, &spec.kind)
        });
        match known {
            Some(known) if known.create != spec.create => {
                return Err(format!(
                    "conflicting fieldspecs: {} is to be made by one and not by another",
                    spec.path
                ));
            }
            Some(_) => {}
            None => into.push(spec.clone()),
        }
    }
    Ok(())
}

/// How a field of a type leads on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct MergeField {
    /// The field is an object of this type.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The field is a list of this type.
    pub items: Option<String>,
    /// The field is a map of values of this type.
    pub map: Option<String>,
    pub strategy: Option<String>,
    pub merge_key: Option<String>,
    pub map_keys: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Merge {
    pub kinds: HashMap<String, String>,
    pub types: HashMap<String, HashMap<String, MergeField>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KindOrder {
    #[serde(default)]
    pub order_first: Vec<String>,
    #[serde(default)]
    pub order_last: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Skip {
    pub name_prefix_suffix: Vec<FieldSpec>,
    pub images: Vec<FieldSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tables {
    pub field_specs: Fields,
    pub cluster_scoped: HashSet<String>,
    pub legacy_sort: KindOrder,
    pub skip: Skip,
    pub merge: Merge,
}

/// The tables of kustomize 5.
#[expect(
    clippy::expect_used,
    reason = "the file is part of the program and read by every test"
)]
pub(crate) static TABLES: LazyLock<Tables> =
    LazyLock::new(|| serde_json::from_str(include_str!("tables.json")).expect("the tables are well-formed"));
