//! Everything that changes objects, in kustomize's order. One module a transformer.

mod annotations;
mod images;
mod labels;
mod names;
mod namespace;
mod patches;
mod replacements;
mod replicas;

use crate::accumulate::{Build, Root, State};
use crate::error::{KustomizeError, Result};
use crate::generators::first_line;

/// Runs the transformers of a kustomization over all of its objects.
pub(crate) fn run(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    patches::strategic(build, root, state)?;
    patches::patches(build, root, state)?;
    namespace::run(root, state)?;
    names::run(root, state);
    labels::run(root, state)?;
    annotations::run(root, state)?;
    patches::json6902(build, root, state)?;
    replicas::run(root, state)?;
    images::run(root, state)?;
    replacements::run(build, root, state)?;
    let plugins = root.config.transformers.iter().chain(&root.config.validators);
    if let Some(entry) = plugins.into_iter().next() {
        return Err(KustomizeError::Plugin {
            path: root.file.clone(),
            plugin: first_line(entry),
        });
    }
    Ok(())
}
