//! `kustomization.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use kubescape_yaml::{Limits, Node, Profile, Value, load_one};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::error::{KustomizeError, Result};
use crate::tables::{FieldSpec, KindOrder};

/// Names that the file may have.
pub(crate) const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Texts by key, in order of the keys.
pub(crate) type Texts = BTreeMap<String, String>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Kustomization {
    pub api_version: String,
    pub kind: String,
    pub metadata: Option<Json>,
    pub resources: Vec<String>,
    pub components: Vec<String>,
    pub crds: Vec<String>,
    pub configurations: Vec<String>,
    pub openapi: BTreeMap<String, String>,
    pub name_prefix: String,
    pub name_suffix: String,
    pub namespace: String,
    pub labels: Vec<Labels>,
    pub common_labels: Texts,
    pub common_annotations: Texts,
    pub patches: Vec<Patch>,
    pub patches_strategic_merge: Vec<String>,
    #[serde(rename = "patchesJson6902")]
    pub patches_json6902: Vec<Patch>,
    pub images: Vec<Image>,
    pub image_tags: Vec<Image>,
    pub replicas: Vec<Replica>,
    pub replacements: Vec<ReplacementEntry>,
    pub vars: Vec<Var>,
    pub config_map_generator: Vec<Generator>,
    pub secret_generator: Vec<Generator>,
    pub generator_options: Option<GeneratorOptions>,
    pub generators: Vec<String>,
    pub transformers: Vec<String>,
    pub validators: Vec<String>,
    pub helm_charts: Vec<Json>,
    pub helm_globals: Option<Json>,
    pub helm_chart_inflation_generator: Vec<Json>,
    pub bases: Vec<String>,
    pub build_metadata: Vec<String>,
    pub sort_options: Option<SortOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Labels {
    pub pairs: Texts,
    pub include_selectors: bool,
    pub include_templates: bool,
    pub fields: Vec<FieldSpec>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Patch {
    pub path: String,
    pub patch: String,
    pub target: Option<Selector>,
    pub options: BTreeMap<String, bool>,
}

/// Which objects are meant.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Selector {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
    pub label_selector: String,
    pub annotation_selector: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Image {
    pub name: String,
    pub new_name: String,
    pub new_tag: String,
    pub digest: String,
    pub tag_suffix: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Replica {
    pub name: String,
    pub count: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReplacementEntry {
    pub path: String,
    pub source: Option<ReplacementSource>,
    pub targets: Vec<ReplacementTarget>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ReplacementSource {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
    pub field_path: String,
    pub options: FieldOptions,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ReplacementTarget {
    pub select: Option<Selector>,
    pub reject: Vec<Selector>,
    pub field_paths: Vec<String>,
    pub options: FieldOptions,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FieldOptions {
    pub delimiter: String,
    pub index: i64,
    pub create: bool,
    pub encoding: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Var {
    pub name: String,
    pub objref: ObjectReference,
    pub fieldref: FieldReference,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ObjectReference {
    pub api_version: String,
    pub group: String,
    pub version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct FieldReference {
    #[serde(alias = "fieldpath")]
    pub field_path: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Generator {
    pub name: String,
    pub namespace: String,
    pub behavior: String,
    pub literals: Vec<String>,
    pub files: Vec<String>,
    pub envs: Vec<String>,
    pub env: String,
    #[serde(rename = "type")]
    pub secret_type: String,
    pub options: Option<GeneratorOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct GeneratorOptions {
    pub labels: Texts,
    pub annotations: Texts,
    pub disable_name_suffix_hash: bool,
    pub immutable: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SortOptions {
    pub order: String,
    pub legacy_sort_options: Option<KindOrder>,
}

impl Kustomization {
    /// Reads the file's text.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self> {
        let node = load_one(text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
        let mut read: Self = typed(path, &node)?;
        let kind = read.kind.as_str();
        if !matches!(kind, "" | "Kustomization" | "Component") {
            return Err(KustomizeError::invalid(
                path,
                "kind should be Kustomization or Component",
            ));
        }
        let wanted = if kind == "Component" {
            "kustomize.config.k8s.io/v1alpha1"
        } else {
            "kustomize.config.k8s.io/v1beta1"
        };
        if !read.api_version.is_empty() && read.api_version != wanted {
            let kind = if kind.is_empty() { "Kustomization" } else { kind };
            return Err(KustomizeError::invalid(
                path,
                format!("apiVersion for {kind} should be {wanted}"),
            ));
        }
        let is_empty = node
            .as_mapping()
            .is_none_or(|map| map.iter().all(|(key, _)| matches!(&**key, "apiVersion" | "kind")));
        if is_empty {
            return Err(KustomizeError::invalid(path, "kustomization.yaml is empty"));
        }
        read.resources.append(&mut read.bases);
        read.images.append(&mut read.image_tags);
        for generator in read
            .config_map_generator
            .iter_mut()
            .chain(&mut read.secret_generator)
        {
            if !generator.env.is_empty() {
                generator.envs.push(std::mem::take(&mut generator.env));
            }
        }
        Ok(read)
    }
}

/// A node as a typed value. Unknown fields are errors; the case of the outermost field names does not matter.
pub(crate) fn typed<T: for<'de> Deserialize<'de> + Default>(path: &Path, node: &Node) -> Result<T> {
    if node.is_null() {
        return Ok(T::default());
    }
    let mut node = node.clone();
    if let Some(map) = node.as_mapping_mut() {
        map.entries_mut()
            .retain(|entry| !matches!(entry.value.value, Value::Null));
        for entry in map.entries_mut() {
            let known = FIELDS
                .iter()
                .find(|known| known.eq_ignore_ascii_case(&entry.key.text));
            if let Some(known) = known {
                entry.key.text = (*known).into();
            }
        }
    }
    let json =
        serde_json::to_value(&node).map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
    serde_json::from_value(json)
        .map_err(|error| KustomizeError::invalid(path, format!("invalid Kustomization: json: {error}")))
}

/// Fields of the file as they are written usually.
const FIELDS: [&str; 37] = [
    "apiVersion",
    "kind",
    "metadata",
    "resources",
    "components",
    "crds",
    "configurations",
    "openapi",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "images",
    "imageTags",
    "replicas",
    "replacements",
    "vars",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "generators",
    "transformers",
    "validators",
    "helmCharts",
    "helmGlobals",
    "helmChartInflationGenerator",
    "bases",
    "buildMetadata",
    "sortOptions",
    "name",
    "source",
    "targets",
];
