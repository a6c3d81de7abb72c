//! Helm charts among the files of an input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_helm::{Document, HelmError, Rendered as RenderedChart, render};
use kubescape_model::{FileType, Origins, RenderedLine, Rendering, Source};
use kubescape_yaml::Limits;
use rayon::prelude::*;

use crate::file::{Loaded, load_rendered};
use crate::path::{CollectSettings, Skipped};
use crate::rendered::Rendered;

/// Renders every chart among the files: folders that hold a `Chart.yaml`, and archives that the user named.
pub(crate) fn render_all(files: &[PathBuf], root: &str, settings: &CollectSettings) -> Rendered {
    let charts = charts(files);
    let rendered: Vec<(&PathBuf, Result<RenderedChart, HelmError>)> = charts
        .par_iter()
        .map(|chart| (chart, render(chart, &settings.helm)))
        .collect();
    let mut all = Rendered::default();
    for (chart, rendered) in rendered {
        let is_archive = chart.is_file();
        match rendered {
            Ok(rendered) => {
                all.loaded.push(load(chart, rendered, root, settings));
                if is_archive {
                    all.files.insert(chart.clone());
                } else {
                    all.charts.push(chart.clone());
                }
            }
            // A library chart has only definitions for others.
            Err(error) if error.is_library() => all.charts.push(chart.clone()),
            Err(error) => {
                if is_archive {
                    all.files.insert(chart.clone());
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

fn load(chart: &Path, mut rendered: RenderedChart, root: &str, settings: &CollectSettings) -> Loaded {
    let mut all = Loaded::default();
    let documents = std::mem::take(&mut rendered.documents);
    for warning in &rendered.warnings {
        all.skipped.push(Skipped::whole(chart, warning.clone()));
    }
    for document in documents {
        let source = source(chart, &rendered, &document, root);
        // Other limits may refuse what the chart's renderer read.
        let value = document.root.filter(|_| settings.limits == Limits::default());
        let loaded = load_rendered(source, &document.text, value, &settings.limits, &settings.filter);
        all.resources.extend(loaded.resources);
        all.objects += loaded.objects;
        all.kept_by_kind += loaded.kept_by_kind;
        all.skipped.extend(loaded.skipped);
    }
    all
}

fn source(chart: &Path, rendered: &RenderedChart, document: &Document, root: &str) -> Source {
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
            let known = names.iter().find(|(file, _)| **file == *line.file);
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
                values_key: line.values_key.clone(),
            }
        })
        .collect();
    let keys: BTreeSet<&str> = document
        .lines
        .iter()
        .filter_map(|line| line.values_key.as_deref())
        .collect();
    Source {
        path: root.to_owned(),
        relative_path: relative(&document.file),
        file_type: FileType::HelmChart,
        helm_path: chart.to_string_lossy().into_owned(),
        helm_chart_name: rendered.chart.clone(),
        helm_template_file: in_chart(&document.file),
        helm_template_line: lines.first().map_or(1, |line| line.line),
        helm_values_paths: keys.into_iter().map(str::to_owned).collect(),
        file: on_disk(&document.file),
        rendering: Some(Arc::new(Rendering {
            text: Arc::clone(&document.text),
            origins: if document.is_crd {
                Origins::File(relative(&document.file).into())
            } else {
                Origins::Lines(lines)
            },
        })),
        ..Source::default()
    }
}
