//! Objects that were built from other files, and the files that they stand for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_model::Resource;

use crate::file::Loaded;

/// What charts and kustomizations of an input gave.
#[derive(Default)]
pub(crate) struct Rendered {
    /// Folders of charts that were rendered, or that have nothing to render.
    pub charts: Vec<PathBuf>,
    /// Single files that were used up.
    pub files: BTreeSet<PathBuf>,
    /// The objects.
    pub loaded: Vec<Loaded>,
}

impl Rendered {
    pub(crate) fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.charts.extend(other.charts);
        self.files.extend(other.files);
        self.loaded.extend(other.loaded);
    }

    /// Whether a file is part of what was rendered and must not be read by itself.
    pub(crate) fn covers(&self, file: &Path) -> bool {
        self.files.contains(file) || self.charts.iter().any(|chart| is_part_of(chart, file))
    }

    /// Puts the rendered objects before the plain ones. A plain object that was rendered as well is left out.
    pub(crate) fn join(self, loaded: &mut Vec<Loaded>) {
        let identity = |resource: &Resource| {
            (
                resource.api_version(),
                Arc::clone(&resource.namespace),
                resource.kind.kind.clone(),
                Arc::clone(&resource.name),
            )
        };
        let rendered: BTreeSet<_> = self
            .loaded
            .iter()
            .flat_map(|loaded| &loaded.resources)
            .map(identity)
            .collect();
        if !rendered.is_empty() {
            for file in loaded.iter_mut() {
                file.resources
                    .retain(|resource| !rendered.contains(&identity(resource)));
            }
        }
        loaded.splice(0..0, self.loaded);
    }
}

/// Whether a chart's rendering stands for a file.
fn is_part_of(chart: &Path, file: &Path) -> bool {
    file.strip_prefix(chart).is_ok_and(|inner| {
        let first = inner.components().next();
        let first = first.map(|part| part.as_os_str().to_string_lossy());
        matches!(
            first.as_deref(),
            Some("templates" | "charts" | "crds" | "Chart.yaml" | "Chart.lock" | "values.yaml")
        )
    })
}
