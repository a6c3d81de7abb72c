//! `generators`, `transformers` and `validators`: what is built in, configured by files of its own. Everything else
//! would run programs, and is refused.

use std::path::PathBuf;
use std::sync::Arc;

use kubescape_yaml::{Mapping, Node, Value};
use serde::Deserialize;

use crate::accumulate::{Build, Root, State, accumulate_entry};
use crate::config::{
    Generator, HelmChart, Image, Patch, ReplacementEntry, Replica, Selector, Texts, lenient,
};
use crate::error::{KustomizeError, Result};
use crate::metadata::{Configured, Origin, relative};
use crate::object::Object;
use crate::objects::{Objects, read};
use crate::selector::PatternSelector;
use crate::tables::FieldSpec;
use crate::transformers::namespace::{Move, Subjects};
use crate::transformers::{images, labels, names, namespace, patches, replacements, replicas};
use crate::{charts, generators};

/// A configuration and the file that holds it.
struct Plugin {
    object: Object,
    file: PathBuf,
}

impl Plugin {
    fn body<T: for<'de> Deserialize<'de> + Default>(&self) -> Result<T> {
        lenient(&self.file, &self.object.node)
    }

    fn configured(&self, build: &Build<'_>) -> Configured {
        Configured {
            file: relative(&build.folder, &self.file),
            kind: self.object.kind().to_owned(),
            name: self.object.name().into_owned(),
        }
    }

    fn refused(&self) -> KustomizeError {
        let api_version = self.object.gvk().api_version();
        if api_version == "builtin" {
            return KustomizeError::invalid(
                &self.file,
                format!("unable to load builtin {}", self.object.gvk()),
            );
        }
        KustomizeError::Plugin {
            path: self.file.clone(),
            plugin: format!("{api_version} {} {}", self.object.kind(), self.object.name()),
        }
    }
}

/// Reads the entries of a field: texts first, then files and folders.
fn load(build: &mut Build<'_>, root: &Root, field: &str, entries: &[String]) -> Result<Vec<Plugin>> {
    let mut objects = Objects::default();
    let is_text = |entry: &&String| entry.contains('\n') || entry.contains(": ");
    let at = |error: KustomizeError| match error {
        KustomizeError::Invalid { path, message } if path == root.file => KustomizeError::Invalid {
            path,
            message: format!("{field}: {message}"),
        },
        other => other,
    };
    for entry in entries.iter().filter(is_text) {
        for object in read(build.files, &root.file, entry).map_err(at)? {
            objects.append(&root.file, object).map_err(at)?;
        }
    }
    for entry in entries.iter().filter(|entry| !is_text(entry)) {
        for object in accumulate_entry(build, root, entry).map_err(at)? {
            objects.append(&root.file, object).map_err(at)?;
        }
    }
    objects
        .into_list()
        .into_iter()
        .map(|object| {
            let file = match object.origin.as_deref() {
                Some(Origin::File(path)) => build.folder.join(path),
                _ => root.file.clone(),
            };
            let plugin = Plugin { object, file };
            if plugin.object.gvk().api_version() == "builtin" {
                Ok(plugin)
            } else {
                Err(plugin.refused())
            }
        })
        .collect()
}

/// Runs `generators`.
pub(crate) fn generate(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for plugin in load(build, root, "generators", &root.config.generators)? {
        let origin = plugin.configured(build);
        match plugin.object.kind() {
            kind @ ("ConfigMapGenerator" | "SecretGenerator") => {
                let mut generator: Generator = plugin.body()?;
                if generator.name.is_empty() {
                    generator.name = plugin.object.name().into_owned();
                }
                if generator.namespace.is_empty() {
                    generator.namespace = plugin.object.namespace().into_owned();
                }
                if !generator.env.is_empty() {
                    generator.envs.push(std::mem::take(&mut generator.env));
                }
                generators::texts(build, root, state, &generator, kind == "SecretGenerator", origin)?;
            }
            "HelmChartInflationGenerator" => {
                let chart: HelmChart = plugin.body()?;
                let globals = plugin
                    .object
                    .node
                    .get("helmGlobals")
                    .and_then(|globals| serde_json::to_value(globals).ok());
                charts::inflate(build, root, state, &chart, globals.as_ref(), origin)?;
            }
            "IAMPolicyGenerator" => {
                let mut object = service_account(&plugin.body()?);
                object.origin = Some(Arc::new(Origin::Generator(origin)));
                state.objects.append(&plugin.file, object)?;
            }
            _ => return Err(plugin.refused()),
        }
    }
    Ok(())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct IamPolicy {
    kubernetes_service: Named,
    service_account: GoogleAccount,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
    namespace: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct GoogleAccount {
    name: String,
    project_id: String,
}

/// The service account that stands for one of Google's cloud.
fn service_account(policy: &IamPolicy) -> Object {
    let account = format!(
        "{}@{}.iam.gserviceaccount.com",
        policy.service_account.name, policy.service_account.project_id
    );
    let mut node = Node::new(Value::Mapping(Mapping::new()));
    let mut set = |path: &[&str], text: &str| crate::object::set(&mut node, path, Node::string(text));
    set(&["apiVersion"], "v1");
    set(&["kind"], "ServiceAccount");
    set(&["metadata", "name"], &policy.kubernetes_service.name);
    if !policy.kubernetes_service.namespace.is_empty() {
        set(&["metadata", "namespace"], &policy.kubernetes_service.namespace);
    }
    set(
        &["metadata", "annotations", "iam.gke.io/gcp-service-account"],
        &account,
    );
    Object::new(node)
}

/// Runs `transformers`.
pub(crate) fn transform(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for plugin in load(build, root, "transformers", &root.config.transformers)? {
        run(build, root, state, &plugin)?;
        if build.traces {
            state.trace(&Arc::new(plugin.configured(build)));
        }
    }
    Ok(())
}

/// Runs `validators`: transformers that must change nothing but a label of their own.
pub(crate) fn validate(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for plugin in load(build, root, "validators", &root.config.validators)? {
        let before: Vec<Node> = state.objects.iter().map(|object| object.node.clone()).collect();
        run(build, root, state, &plugin)?;
        let unlabelled = |node: &Node| {
            let mut node = node.clone();
            crate::object::remove(&mut node, &["metadata", "labels", "validated-by"]);
            if crate::object::is_empty_map(&node, &["metadata", "labels"]) {
                crate::object::remove(&mut node, &["metadata", "labels"]);
            }
            kubescape_yaml::to_yaml(&node)
        };
        let same = before.len() == state.objects.len()
            && before
                .iter()
                .zip(state.objects.iter())
                .all(|(before, object)| unlabelled(before) == unlabelled(&object.node));
        if !same {
            return Err(KustomizeError::invalid(
                &plugin.file,
                "validator shouldn't modify the resource map",
            ));
        }
    }
    Ok(())
}

/// The bodies of all transformers together: each reads what is its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    labels: Texts,
    annotations: Texts,
    prefix: String,
    suffix: String,
    field_specs: Option<Vec<FieldSpec>>,
    unset_only: bool,
    set_role_binding_subjects: String,
    image_tag: Image,
    replica: Replica,
    path: String,
    patch: String,
    json_op: String,
    target: Option<Selector>,
    options: std::collections::BTreeMap<String, bool>,
    paths: Vec<String>,
    patches: String,
    replacements: Vec<ReplacementEntry>,
    value: String,
    targets: Vec<ValueTarget>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ValueTarget {
    selector: Option<Selector>,
    field_path: String,
    file_path_position: usize,
}

fn run(build: &mut Build<'_>, root: &Root, state: &mut State, plugin: &Plugin) -> Result<()> {
    let kind = plugin.object.kind();
    let file = plugin.file.as_path();
    let body: Body = plugin.body()?;
    let specs = body.field_specs.as_deref().unwrap_or_default();
    let required = || {
        body.field_specs.as_deref().ok_or_else(|| {
            KustomizeError::invalid(file, format!("{kind}: fieldSpecs is not expected to be nil"))
        })
    };
    match kind {
        "LabelTransformer" => labels::set_texts(file, state, &body.labels, specs),
        "AnnotationsTransformer" => labels::set_texts(file, state, &body.annotations, specs),
        "PrefixTransformer" => names::prefix(file, state, &body.prefix, required()?),
        "SuffixTransformer" => names::suffix(file, state, &body.suffix, required()?),
        "PrefixSuffixTransformer" => {
            names::prefix(file, state, &body.prefix, required()?)?;
            names::suffix(file, state, &body.suffix, required()?)
        }
        "NamespaceTransformer" => {
            let subjects = match body.set_role_binding_subjects.as_str() {
                "" | "defaultOnly" => Subjects::DefaultOnly,
                "allServiceAccounts" => Subjects::AllServiceAccounts,
                "none" => Subjects::None,
                other => {
                    return Err(KustomizeError::invalid(
                        file,
                        format!(
                            "setRoleBindingSubjects {other:?} must be one of defaultOnly, allServiceAccounts, none"
                        ),
                    ));
                }
            };
            let wanted = Move {
                namespace: &plugin.object.namespace(),
                specs,
                unset_only: body.unset_only,
                subjects,
            };
            namespace::run(file, state, wanted)
        }
        "ImageTagTransformer" => images::run(file, state, &body.image_tag, specs),
        "ReplicaCountTransformer" => replicas::run(file, state, &body.replica, specs),
        "PatchTransformer" => patches::patch(build, root, state, &a_patch(body)),
        "PatchJson6902Transformer" => patches::json6902(build, root, state, &a_patch(body)),
        "PatchStrategicMergeTransformer" => {
            let mut entries = body.paths.clone();
            if !body.patches.is_empty() {
                entries.push(body.patches.clone());
            }
            patches::strategic(build, root, state, &entries)
        }
        "ReplacementTransformer" => replacements::run(build, root, state, &body.replacements),
        "ValueAddTransformer" => add_value(plugin, state, &body),
        "HashTransformer" => {
            for object in state
                .objects
                .all_mut()
                .iter_mut()
                .filter(|object| object.needs_hash)
            {
                crate::hash::rename(object);
            }
            Ok(())
        }
        _ => Err(plugin.refused()),
    }
}

fn a_patch(body: Body) -> Patch {
    Patch {
        path: body.path,
        patch: if body.patch.is_empty() {
            body.json_op
        } else {
            body.patch
        },
        target: body.target,
        options: body.options,
        line: 1,
    }
}

/// Puts a value into fields, or into a part of them between slashes.
fn add_value(plugin: &Plugin, state: &mut State, body: &Body) -> Result<()> {
    let invalid = |message: String| KustomizeError::invalid(&plugin.file, message);
    for target in &body.targets {
        let selector = PatternSelector::new(&target.selector.clone().unwrap_or_default()).map_err(invalid)?;
        let spec = FieldSpec {
            path: target.field_path.clone(),
            create: true,
            ..FieldSpec::default()
        };
        for object in state.objects.all_mut() {
            if !selector.matches(object) {
                continue;
            }
            let gvk = object.gvk();
            let made = Value::String("".into());
            crate::walk::each_field(&mut object.node, &gvk, &spec, &made, &mut |field| {
                let text = if target.file_path_position == 0 {
                    body.value.clone()
                } else {
                    with_part(
                        &crate::object::scalar_text(field),
                        target.file_path_position,
                        &body.value,
                    )
                };
                field.value = Value::String(text.into());
                Ok(())
            })
            .map_err(invalid)?;
        }
    }
    Ok(())
}

/// A path with another part before the one at a place, counted from 1.
fn with_part(path: &str, position: usize, part: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let is_absolute = parts.first().is_some_and(|first| first.is_empty());
    let place = if is_absolute { position } else { position - 1 };
    parts.insert(place.min(parts.len()), part);
    parts.join("/")
}
