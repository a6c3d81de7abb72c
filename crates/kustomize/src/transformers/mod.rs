//! Everything that changes objects, in kustomize's order. One module a transformer.

mod field_path;
pub(crate) mod images;
pub(crate) mod labels;
pub(crate) mod names;
pub(crate) mod namespace;
pub(crate) mod patches;
pub(crate) mod replacements;
pub(crate) mod replicas;

use crate::accumulate::{Build, Root, State};
use crate::error::{KustomizeError, Result};
use crate::plugins;

use namespace::{Move, Subjects};

/// Runs the transformers of a kustomization over all of its objects.
pub(crate) fn run(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    let (config, path) = (&root.config, root.file.as_path());
    let fields = state.fields.clone();
    if !config.patches_strategic_merge.is_empty() {
        patches::strategic(build, root, state, &config.patches_strategic_merge)?;
        build.trace(root, state, "PatchStrategicMergeTransformer");
    }
    for patch in &config.patches {
        patches::patch(build, root, state, patch)?;
        build.trace(root, state, "PatchTransformer");
    }
    if !config.namespace.is_empty() {
        let wanted = Move {
            namespace: &config.namespace,
            specs: &fields.namespace,
            unset_only: false,
            subjects: Subjects::DefaultOnly,
        };
        namespace::run(path, state, wanted)?;
        build.trace(root, state, "NamespaceTransformer");
    }
    if !config.name_prefix.is_empty() {
        names::prefix(path, state, &config.name_prefix, &fields.name_prefix)?;
        build.trace(root, state, "PrefixTransformer");
    }
    if !config.name_suffix.is_empty() {
        names::suffix(path, state, &config.name_suffix, &fields.name_suffix)?;
        build.trace(root, state, "SuffixTransformer");
    }
    for entry in &config.labels {
        let specs = labels::specs(entry, &fields)
            .map_err(|message| KustomizeError::invalid(path, format!("labels: {message}")))?;
        labels::set_texts(path, state, &entry.pairs, &specs)?;
        build.trace(root, state, "LabelTransformer");
    }
    if !config.common_labels.is_empty() || !config.labels.is_empty() {
        labels::set_texts(path, state, &config.common_labels, &fields.common_labels)?;
        build.trace(root, state, "LabelTransformer");
    }
    if !config.common_annotations.is_empty() {
        labels::set_texts(
            path,
            state,
            &config.common_annotations,
            &fields.common_annotations,
        )?;
        build.trace(root, state, "AnnotationsTransformer");
    }
    for patch in &config.patches_json6902 {
        patches::json6902(build, root, state, patch)?;
        build.trace(root, state, "PatchJson6902Transformer");
    }
    for replica in &config.replicas {
        replicas::run(path, state, replica, &fields.replicas)?;
        build.trace(root, state, "ReplicaCountTransformer");
    }
    for image in &config.images {
        images::run(path, state, image, &fields.images)?;
        build.trace(root, state, "ImageTagTransformer");
    }
    if !config.replacements.is_empty() {
        replacements::run(build, root, state, &config.replacements)?;
        build.trace(root, state, "ReplacementTransformer");
    }
    plugins::transform(build, root, state)?;
    plugins::validate(build, root, state)
}
