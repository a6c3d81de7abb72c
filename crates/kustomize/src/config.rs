//! `kustomization.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use kubescape_yaml::{Limits, LineIndex, Node, Profile, load_one};
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
    /// Lines on which the entries of `patchesStrategicMerge` start.
    #[serde(skip)]
    pub strategic_lines: Vec<usize>,
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
    /// Line of the kustomization on which `patch` starts.
    #[serde(skip)]
    pub line: usize,
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

/// An entry of `helmCharts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct HelmChart {
    pub name: String,
    pub version: String,
    pub repo: String,
    pub release_name: String,
    pub namespace: String,
    /// Only names releases that have no name.
    pub name_template: String,
    pub values_file: String,
    pub additional_values_files: Vec<String>,
    pub values_inline: Option<Json>,
    pub values_merge: String,
    #[serde(rename = "includeCRDs")]
    pub include_crds: bool,
    pub skip_hooks: bool,
    pub skip_tests: bool,
    pub api_versions: Vec<String>,
    pub kube_version: String,
    /// Changes nothing of what is rendered.
    pub debug: bool,
}

impl Kustomization {
    /// Reads the file's text.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self> {
        let node = load_one(text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| KustomizeError::invalid(path, format!("invalid Kustomization: {error}")))?;
        if node.as_mapping().is_none() && !node.is_null() {
            return Err(KustomizeError::invalid(
                path,
                "invalid Kustomization: not a map of fields",
            ));
        }
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
        if is_empty(&node) {
            return Err(KustomizeError::invalid(path, "kustomization.yaml is empty"));
        }
        read.strategic_lines = lines_of(text, &node, "patchesStrategicMerge", None);
        for (field, patches) in [
            ("patches", &mut read.patches),
            ("patchesJson6902", &mut read.patches_json6902),
        ] {
            let lines = lines_of(text, &node, field, Some("patch"));
            for (patch, line) in patches.iter_mut().zip(lines) {
                patch.line = line;
            }
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

/// Whether nothing is asked for: empty lists ask for something, empty texts and nulls do not.
fn is_empty(node: &Node) -> bool {
    let Some(map) = node.as_mapping() else {
        return true;
    };
    map.iter().all(|(key, value)| {
        let is_header = key.eq_ignore_ascii_case("apiVersion") || key.eq_ignore_ascii_case("kind");
        is_header || value.is_null() || value.as_str() == Some("")
    })
}

/// The lines on which the texts of a list start.
fn lines_of(text: &str, node: &Node, field: &str, inner: Option<&str>) -> Vec<usize> {
    let entry = node
        .as_mapping()
        .and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(field)));
    let Some(items) = entry.and_then(|(_, list)| list.as_sequence()) else {
        return Vec::new();
    };
    let index = LineIndex::new(text);
    items
        .iter()
        .map(|item| {
            let value = match inner {
                Some(inner) => item.get(inner),
                None => Some(item),
            };
            let start = value.map_or(item.span.start, |value| value.span.start) as usize;
            // The text of a block starts on the line below its sign.
            let is_block = text.get(start..).is_some_and(|rest| rest.starts_with(['|', '>']));
            index.position(start).line + usize::from(is_block)
        })
        .collect()
}

/// A node as a typed value. Unknown fields are errors; the case of field names does not matter; nulls are nothing.
pub(crate) fn typed<T: for<'de> Deserialize<'de> + Default>(path: &Path, node: &Node) -> Result<T> {
    if node.is_null() {
        return Ok(T::default());
    }
    let json =
        serde_json::to_value(node).map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
    serde_path_to_error::deserialize(known_names(json)).map_err(|error| {
        let field = error.path().to_string();
        let message = error.into_inner().to_string();
        let message = message.split(", expected one of").next().unwrap_or_default();
        let place = if field == "." {
            String::new()
        } else {
            format!("{field}: ")
        };
        KustomizeError::invalid(path, format!("invalid Kustomization: {place}{message}"))
    })
}

/// The same for what is JSON already. The error names a field.
pub(crate) fn strict_json<T: for<'de> Deserialize<'de>>(path: &Path, field: &str, json: &Json) -> Result<T> {
    serde_path_to_error::deserialize(known_names(json.clone())).map_err(|error| {
        let inner = error.path().to_string();
        let message = error.into_inner().to_string();
        let message = message.split(", expected one of").next().unwrap_or_default();
        KustomizeError::invalid(path, format!("invalid Kustomization: {field}.{inner}: {message}"))
    })
}

/// The body of a file of its own: fields that the type does not have are left aside.
pub(crate) fn lenient<T: for<'de> Deserialize<'de>>(path: &Path, node: &Node) -> Result<T> {
    let json =
        serde_json::to_value(node).map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
    lenient_json(path, &json)
}

/// The same for what is JSON already.
pub(crate) fn lenient_json<T: for<'de> Deserialize<'de>>(path: &Path, json: &Json) -> Result<T> {
    let mut json = known_names(json.clone());
    if let Some(map) = json.as_object_mut() {
        for header in ["apiVersion", "kind", "metadata"] {
            map.remove(header);
        }
    }
    // Each turn takes out one field that is not known.
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(json.clone()) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split('`').next());
        let removed = unknown.and_then(|name| json.as_object_mut()?.remove(name));
        if removed.is_none() {
            let field = error.path().to_string();
            return Err(KustomizeError::invalid(path, format!("{field}: {message}")));
        }
    }
}

/// Fields whose maps have keys of the user's own.
const FREE: [&str; 9] = [
    "metadata",
    "openapi",
    "commonLabels",
    "commonAnnotations",
    "pairs",
    "labels",
    "annotations",
    "valuesInline",
    "options",
];

/// Writes field names as they are written usually, and leaves out nulls.
fn known_names(json: Json) -> Json {
    match json {
        Json::Object(map) => Json::Object(
            map.into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| {
                    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(&key));
                    let key = known.map_or(key, |known| (*known).to_owned());
                    let value = if key == "valuesInline" {
                        value
                    } else if FREE.contains(&key.as_str()) && value.is_object() {
                        free(value)
                    } else {
                        known_names(without_null_items(&key, value))
                    };
                    (key, value)
                })
                .collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().map(known_names).collect()),
        other => other,
    }
}

/// Lists of texts.
const TEXTS: [&str; 19] = [
    "additionalValuesFiles",
    "apiVersions",
    "bases",
    "buildMetadata",
    "components",
    "configurations",
    "crds",
    "envs",
    "fieldPaths",
    "files",
    "generators",
    "literals",
    "orderFirst",
    "orderLast",
    "patchesStrategicMerge",
    "paths",
    "resources",
    "transformers",
    "validators",
];

/// A null in a list is an empty text, or an entry without fields.
fn without_null_items(key: &str, json: Json) -> Json {
    let Json::Array(mut items) = json else {
        return json;
    };
    for item in items.iter_mut().filter(|item| item.is_null()) {
        *item = if TEXTS.contains(&key) {
            Json::String(String::new())
        } else {
            Json::Object(serde_json::Map::new())
        };
    }
    Json::Array(items)
}

/// A map whose keys are free; among them stand the options of generators. A null text is an empty one.
fn free(json: Json) -> Json {
    let Json::Object(map) = json else {
        return json;
    };
    Json::Object(
        map.into_iter()
            .map(|(key, value)| {
                let known = OPTIONS.iter().find(|known| known.eq_ignore_ascii_case(&key));
                match (known, value) {
                    (_, Json::Null) => (key, Json::String(String::new())),
                    (Some(known), value @ Json::Object(_)) => ((*known).to_owned(), free(value)),
                    (Some(known), value @ (Json::Bool(_) | Json::Number(_))) => ((*known).to_owned(), value),
                    (_, value) => (key, value),
                }
            })
            .collect(),
    )
}

/// Options of generators and fields, which are found beside keys that are free.
const OPTIONS: [&str; 7] = [
    "labels",
    "annotations",
    "disableNameSuffixHash",
    "immutable",
    "delimiter",
    "index",
    "create",
];

/// Fields as they are written usually.
const NAMES: [&str; 96] = [
    "additionalValuesFiles",
    "annotations",
    "annotationSelector",
    "apiVersion",
    "apiVersions",
    "bases",
    "behavior",
    "buildMetadata",
    "chartHome",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configHome",
    "configMapGenerator",
    "configurations",
    "count",
    "crds",
    "create",
    "debug",
    "delimiter",
    "digest",
    "disableNameSuffixHash",
    "encoding",
    "env",
    "envs",
    "fieldPath",
    "fieldPaths",
    "fieldref",
    "fields",
    "fieldSpecs",
    "files",
    "generatorOptions",
    "generators",
    "group",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "images",
    "imageTags",
    "immutable",
    "includeCRDs",
    "includeSelectors",
    "includeTemplates",
    "index",
    "kind",
    "kubeVersion",
    "labels",
    "labelSelector",
    "legacySortOptions",
    "literals",
    "metadata",
    "name",
    "namePrefix",
    "nameReference",
    "namespace",
    "nameSuffix",
    "nameTemplate",
    "newName",
    "newTag",
    "objref",
    "openapi",
    "options",
    "order",
    "orderFirst",
    "orderLast",
    "pairs",
    "patch",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "path",
    "reject",
    "releaseName",
    "replacements",
    "replicas",
    "repo",
    "resources",
    "secretGenerator",
    "select",
    "skipHooks",
    "skipTests",
    "sortOptions",
    "source",
    "tagSuffix",
    "target",
    "targets",
    "templateLabels",
    "transformers",
    "type",
    "validators",
    "valuesFile",
    "valuesInline",
    "valuesMerge",
    "varReference",
    "vars",
    "version",
];
