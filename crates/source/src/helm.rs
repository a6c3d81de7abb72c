//! Helm charts among the files of an input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_helm::{Document, HelmError, Rendered, render};
use kubescape_model::{FileType, RenderedLine, Rendering, Resource, Source};
use rayon::prelude::*;

use crate::file::{Loaded, load_rendered};
use crate::path::{CollectSettings, Skipped};

/// The charts of an input, rendered.
#[derive(Default)]
pub(crate) struct RenderedCharts {
    /// Folders of charts that were rendered, or that have nothing to render.
    covered: Vec<PathBuf>,
    /// Archives that were rendered.
    archives: Vec<PathBuf>,
    loaded: Vec<Loaded>,
}

/// Renders every chart among the files: folders that hold a `Chart.yaml`, and archives that the user named.
pub(crate) fn render_all(files: &[PathBuf], root: &str, settings: &CollectSettings) -> RenderedCharts {
    let charts = charts(files);
    let rendered: Vec<(&PathBuf, Result<Rendered, HelmError>)> = charts
        .par_iter()
        .map(|chart| (chart, render(chart, &settings.helm)))
        .collect();
    let mut all = RenderedCharts::default();
    for (chart, rendered) in rendered {
        let is_archive = chart.is_file();
        match rendered {
            Ok(rendered) => {
                all.loaded.push(load(chart, &rendered, root, settings));
                if is_archive {
                    all.archives.push(chart.clone());
                } else {
                    all.covered.push(chart.clone());
                }
            }
            // A library chart has only definitions for others.
            Err(error) if error.is_library() => all.covered.push(chart.clone()),
            Err(error) => {
                if is_archive {
                    all.archives.push(chart.clone());
                }
                all.loaded.push(Loaded {
                    skipped: vec![Skipped::whole(
                        chart,
                        format!("the chart cannot be rendered: {error}"),
                    )],
                    ..Loaded::default()
                });
            }
        }
    }
    all
}

impl RenderedCharts {
    pub(crate) fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }

    /// Whether a file is part of a rendered chart and must not be read by itself.
    pub(crate) fn covers(&self, file: &Path) -> bool {
        self.archives.iter().any(|archive| archive == file)
            || self.covered.iter().any(|chart| {
                file.strip_prefix(chart).is_ok_and(|inner| {
                    let first = inner
                        .components()
                        .next()
                        .map(|part| part.as_os_str().to_string_lossy());
                    matches!(
                        first.as_deref(),
                        Some("templates" | "charts" | "crds" | "Chart.yaml" | "Chart.lock" | "values.yaml")
                    )
                })
            })
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

/// Charts, outermost first; those within others are rendered with them.
fn charts(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = files
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name == "Chart.yaml"))
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    folders.sort_by_key(|folder| folder.components().count());
    let mut charts: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let within = charts.iter().any(|chart| {
            folder.starts_with(chart.join("charts")) || folder.starts_with(chart.join("templates"))
        });
        if !within {
            charts.push(folder);
        }
    }
    charts.sort();
    let is_archive = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "tgz");
    charts.extend(files.iter().filter(is_archive).cloned());
    charts
}

fn load(chart: &Path, rendered: &Rendered, root: &str, settings: &CollectSettings) -> Loaded {
    let mut all = Loaded::default();
    for warning in &rendered.warnings {
        all.skipped.push(Skipped::whole(chart, warning.clone()));
    }
    for document in &rendered.documents {
        let source = source(chart, rendered, document, root);
        let loaded = load_rendered(source, &document.text, &settings.limits, &settings.filter);
        all.resources.extend(loaded.resources);
        all.objects += loaded.objects;
        all.kept_by_kind += loaded.kept_by_kind;
        all.skipped.extend(loaded.skipped);
    }
    all
}

fn source(chart: &Path, rendered: &Rendered, document: &Document, root: &str) -> Source {
    let in_chart = |file: &str| {
        let inner = file.strip_prefix(&rendered.chart).unwrap_or(file);
        inner.trim_start_matches('/').to_owned()
    };
    let on_disk = |file: &str| chart.join(in_chart(file));
    let relative = |file: &str| {
        let path = on_disk(file);
        path.strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned()
    };
    let mut names: Vec<(&str, Arc<str>)> = Vec::new();
    let lines: Vec<RenderedLine> = document
        .lines
        .iter()
        .map(|line| {
            let known = names.iter().find(|(file, _)| *file == line.file);
            let file = if let Some((_, name)) = known {
                Arc::clone(name)
            } else {
                let name: Arc<str> = relative(&line.file).into();
                names.push((&line.file, Arc::clone(&name)));
                name
            };
            RenderedLine {
                file,
                line: u32::try_from(line.line).unwrap_or(u32::MAX),
                values_key: line.values_key.as_deref().map(Arc::from),
            }
        })
        .collect();
    let mut keys: Vec<String> = document
        .lines
        .iter()
        .filter_map(|line| line.values_key.clone())
        .collect();
    keys.sort();
    keys.dedup();
    Source {
        path: root.to_owned(),
        relative_path: relative(&document.file),
        file_type: FileType::HelmChart,
        helm_path: chart.to_string_lossy().into_owned(),
        helm_chart_name: rendered.chart.clone(),
        helm_template_file: in_chart(&document.file),
        helm_template_line: lines.first().map_or(1, |line| line.line),
        helm_values_paths: keys,
        file: on_disk(&document.file),
        rendering: Some(Arc::new(Rendering {
            text: document.text.as_str().into(),
            lines,
        })),
        ..Source::default()
    }
}
