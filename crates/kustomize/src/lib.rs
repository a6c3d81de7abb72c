//! Kustomize builds as a library: `kustomize build` without its program.
//!
//! A build reads files below the kustomization (see [`LoadRestriction`]), and nothing else: remote bases are what a
//! [`Fetcher`] of the caller makes of them, and plugins that would run programs are refused. Every node of the result tells which line of which file wrote it, patches
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
mod annotations;
mod charts;
mod config;
mod crds;
mod error;
mod files;
mod generators;
mod hash;
mod id;
mod json_patch;
mod merge;
mod metadata;
mod object;
mod objects;
mod openapi;
mod order;
mod origins;
mod patterns;
mod plugins;
mod references;
mod remote;
mod requirements;
mod rewritten;
mod selector;
mod shared;
mod tables;
mod transformers;
mod vars;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kubescape_yaml::{Node, to_yaml_folded};

use crate::accumulate::{Build as Running, Root, State, accumulate, real};
use crate::files::Files;

pub use charts::{ChartRequest, RenderedChart};
pub use error::KustomizeError;
pub use files::LoadRestriction;
pub use origins::LineOrigin;
pub use remote::{Fetcher, Remote};

/// Names that the file of a kustomization may have.
pub const FILE_NAMES: [&str; 3] = config::FILE_NAMES;

/// Renders a chart to YAML; the error is for the user.
pub type ChartRenderer<'a> = dyn Fn(&ChartRequest) -> Result<RenderedChart, String> + Sync + 'a;

/// How a build runs.
#[derive(Default)]
pub struct BuildOptions<'a> {
    /// Which files may be read.
    pub restriction: LoadRestriction,
    /// What renders the charts of `helmCharts`; without it they are refused.
    pub charts: Option<&'a ChartRenderer<'a>>,
    /// The repository that the kustomization was fetched with, which it may not leave.
    pub repository: Option<PathBuf>,
    /// What fetches bases that are not on this disk; without it they are refused.
    pub remote: Option<&'a Fetcher<'a>>,
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
const WIDTH: usize = 80;

/// Builds the kustomization of a folder.
pub fn build(folder: &Path, options: &BuildOptions<'_>) -> Result<Build, KustomizeError> {
    let mut files = Files::new(options.restriction.clone());
    files.confine(options.repository.clone());
    let root = Root::open(folder, &mut files)?;
    let mut running = Running {
        files: &mut files,
        warnings: Vec::new(),
        charts: options.charts,
        remote: options.remote,
        folder: real(folder),
        traces: root
            .config
            .build_metadata
            .iter()
            .any(|name| name == "transformerAnnotations"),
        openapi: None,
    };
    let mut state = accumulate(&mut running, &root, &mut vec![real(folder)])?;
    let warnings = running.warnings;
    finish(&root, &files, &mut state)?;
    let documents = state
        .objects
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
fn finish(root: &Root, files: &Files, state: &mut State) -> Result<(), KustomizeError> {
    let invalid = |message: String| KustomizeError::invalid(&root.file, message);
    for object in state
        .objects
        .all_mut()
        .iter_mut()
        .filter(|object| object.needs_hash)
    {
        hash::rename(object);
    }
    references::fix(&root.file, state)?;
    vars::resolve(state)?;
    state.objects.all_mut().retain(|object| {
        object
            .annotation("config.kubernetes.io/local-config")
            .is_none_or(|value| value == "false")
    });
    state.objects.check_unique(&root.file, objects::REPEATED)?;
    order::sort(state.objects.all_mut(), root.config.sort_options.as_ref()).map_err(invalid)?;
    let asks_for = |name: &str| root.config.build_metadata.iter().any(|option| option == name);
    for object in state.objects.all_mut() {
        if asks_for("managedByLabel") {
            let version = Node::string("kustomize-(devel)");
            object::set(
                &mut object.node,
                &["metadata", "labels", "app.kubernetes.io/managed-by"],
                version,
            );
        }
        let shown = object.id();
        let at = |message: String| invalid(format!("{shown}: {message}"));
        annotations::finish(&mut object.node, files).map_err(at)?;
        rewritten::rewrite_last(files, object);
        metadata::annotate(object, &root.config.build_metadata);
        annotations::check_writable(&object.node).map_err(at)?;
    }
    Ok(())
}
