//! Kustomize builds as a library: `kustomize build` without its program.
//!
//! A build reads files below the kustomization (see [`LoadRestriction`]), and nothing else: remote bases are refused,
//! plugins that would run programs as well. Every node of the result tells which line of which file wrote it, patches
//! included.
//!
//! ```no_run
//! use kubescape_kustomize::{BuildOptions, build};
//!
//! let build = build("overlays/production".as_ref(), &BuildOptions::default())?;
//! print!("{}", build.to_yaml());
//! # Ok::<(), kubescape_kustomize::KustomizeError>(())
//! ```

mod accumulate;
mod charts;
mod config;
mod error;
mod files;
mod generators;
mod hash;
mod id;
mod json_patch;
mod merge;
mod object;
mod objects;
mod order;
mod origins;
mod references;
mod selector;
mod tables;
mod transformers;
mod vars;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kubescape_yaml::{Node, to_yaml_folded};

use crate::accumulate::{Build as Running, Root, State, accumulate, real};
use crate::files::Files;

pub use charts::ChartRequest;
pub use error::KustomizeError;
pub use files::LoadRestriction;
pub use origins::LineOrigin;

/// Names that the file of a kustomization may have.
pub const FILE_NAMES: [&str; 3] = config::FILE_NAMES;

/// Renders a chart to YAML; the error is for the user.
pub type ChartRenderer<'a> = dyn Fn(&ChartRequest) -> Result<String, String> + Sync + 'a;

/// How a build runs.
#[derive(Default)]
pub struct BuildOptions<'a> {
    /// Which files may be read.
    pub restriction: LoadRestriction,
    /// What renders the charts of `helmCharts`; without it they are refused.
    pub charts: Option<&'a ChartRenderer<'a>>,
}

/// What a build gives.
#[derive(Debug)]
pub struct Build {
    /// The objects, in order.
    pub documents: Vec<Document>,
    /// Every file that was read.
    pub files: BTreeSet<PathBuf>,
    /// Remarks.
    pub warnings: Vec<String>,
}

/// An object of a build.
#[derive(Clone, Debug)]
pub struct Document {
    /// The object as YAML.
    pub text: String,
    /// Which file and line wrote each line of the text; lines that a transformer made have the place of the line above.
    pub lines: Vec<LineOrigin>,
}

impl Build {
    /// The objects as `kustomize build` prints them.
    pub fn to_yaml(&self) -> String {
        let texts: Vec<&str> = self
            .documents
            .iter()
            .map(|document| document.text.as_str())
            .collect();
        texts.join("---\n")
    }
}

/// Column behind which lines of the output are folded.
const WIDTH: i32 = 80;

/// Builds the kustomization of a folder.
pub fn build(folder: &Path, options: &BuildOptions<'_>) -> Result<Build, KustomizeError> {
    let mut files = Files::new(options.restriction.clone());
    let root = Root::open(folder, &mut files)?;
    let mut running = Running {
        files: &mut files,
        warnings: Vec::new(),
        charts: options.charts,
    };
    let mut state = accumulate(&mut running, &root, &mut vec![real(folder)])?;
    let warnings = running.warnings;
    finish(&root, &mut state)?;
    let documents = state
        .objects
        .list
        .iter()
        .map(|object| {
            let text = to_yaml_folded(&object.node, WIDTH);
            let lines = origins::lines(&object.node, &text, &files);
            Document { text, lines }
        })
        .collect();
    Ok(Build {
        documents,
        files: files.read,
        warnings,
    })
}

/// What happens once, to all objects: hashes, references, variables, order.
fn finish(root: &Root, state: &mut State) -> Result<(), KustomizeError> {
    for object in state.objects.list.iter_mut().filter(|object| object.needs_hash) {
        if let Some(hash) = hash::suffix(&object.node) {
            object.remember();
            let name = format!("{}-{hash}", object.name());
            object.set_name(&name);
        }
    }
    references::fix(&root.file, state)?;
    vars::resolve(state)?;
    state.objects.list.retain(|object| {
        object
            .annotation("config.kubernetes.io/local-config")
            .is_none_or(|value| value == "false")
    });
    order::sort(&mut state.objects.list, root.config.sort_options.as_ref())
        .map_err(|message| KustomizeError::invalid(&root.file, message))?;
    for object in &mut state.objects.list {
        if root
            .config
            .build_metadata
            .iter()
            .any(|name| name == "managedByLabel")
        {
            let version = Node::string("kustomize-v5.5.0");
            object::set(
                &mut object.node,
                &["metadata", "labels", "app.kubernetes.io/managed-by"],
                version,
            );
        }
        annotations_to_text(&mut object.node);
    }
    Ok(())
}

/// Annotations are texts, whatever they were written as; those for kustomize itself are taken out.
fn annotations_to_text(node: &mut Node) {
    let Some(metadata) = node.as_mapping_mut().and_then(|map| map.get_mut("metadata")) else {
        return;
    };
    let Some(metadata) = metadata.as_mapping_mut() else {
        return;
    };
    let Some(annotations) = metadata.get_mut("annotations") else {
        return;
    };
    if let Some(map) = annotations.as_mapping_mut() {
        map.entries_mut().retain(|entry| {
            !entry.key.text.starts_with("internal.config.kubernetes.io/")
                && !matches!(
                    &*entry.key.text,
                    "config.kubernetes.io/path" | "config.kubernetes.io/index" | "config.k8s.io/id"
                )
        });
        for entry in map.entries_mut() {
            if entry.value.as_mapping().is_none() && entry.value.as_sequence().is_none() {
                let text = object::scalar_text(&entry.value);
                entry.value.value = kubescape_yaml::Value::String(text.into());
            }
        }
        if !map.is_empty() {
            return;
        }
    } else if !annotations.is_null() {
        return;
    }
    metadata.remove("annotations");
}
