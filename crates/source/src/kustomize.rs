//! Kustomizations among the files of an input.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_helm::{Overrides, RenderOptions};
use kubescape_kustomize::{
    Build, BuildOptions, ChartRequest, Document, FILE_NAMES, LineOrigin, LoadRestriction, RenderedChart,
    build,
};
use kubescape_model::{FileType, Origins, RenderedLine, Rendering, Source};
use rayon::prelude::*;

use crate::clones::Clones;
use crate::error::CollectError;
use crate::file::{Loaded, load_rendered};
use crate::path::{CollectSettings, Skipped};
use crate::rendered::Rendered;

/// Whether a file is the file of a kustomization.
pub(crate) fn is_kustomization(file: &Path) -> bool {
    file.file_name()
        .is_some_and(|name| FILE_NAMES.iter().any(|known| name == *known))
}

/// The folder of a kustomization that the user named, by its folder or by its file.
pub(crate) fn named(input: &Path) -> Option<PathBuf> {
    if input.is_dir() {
        let files = FILE_NAMES.iter().filter(|name| input.join(name).is_file());
        return (files.count() == 1).then(|| input.to_owned());
    }
    is_kustomization(input).then(|| input.parent().unwrap_or(input).to_owned())
}

/// Builds the one kustomization that the user named: a failure ends the scan.
pub(crate) fn build_named(
    folder: &Path,
    typed: &str,
    root: &Path,
    settings: &CollectSettings,
    clones: &Clones<'_>,
) -> Result<Loaded, CollectError> {
    let built = build_one(folder, root, settings, clones).map_err(|message| CollectError::Kustomize {
        input: typed.to_owned(),
        message,
    })?;
    // Its objects carry the name that the user typed.
    Ok(load(folder, Path::new(typed), &built, root, settings, clones))
}

/// Builds every kustomization among the files. Components are no builds of their own; a failure leaves the files to
/// those who read them one by one.
pub(crate) fn build_all(
    files: &[PathBuf],
    root: &Path,
    settings: &CollectSettings,
    clones: &Clones<'_>,
) -> Rendered {
    let mut folders: Vec<PathBuf> = files
        .iter()
        .filter(|file| is_kustomization(file) && !is_component(file))
        .filter_map(|file| file.parent().map(Path::to_owned))
        .filter(|folder| named(folder).is_some())
        .collect();
    folders.sort();
    let built: Vec<(&PathBuf, Result<Build, String>)> = folders
        .par_iter()
        .map(|folder| (folder, build_one(folder, root, settings, clones)))
        .collect();
    let mut all = Rendered::default();
    // The files of kustomizations hold no objects themselves.
    all.files
        .extend(files.iter().filter(|file| is_kustomization(file)).cloned());
    for (folder, built) in built {
        match built {
            Ok(built) => {
                all.files.extend(built.files.iter().cloned());
                all.loaded
                    .push(load(folder, folder, &built, root, settings, clones));
            }
            Err(message) => all.loaded.push(Loaded {
                skipped: vec![Skipped::whole(
                    folder,
                    format!("the kustomization cannot be built: {message}"),
                )],
                ..Loaded::default()
            }),
        }
    }
    all
}

fn is_component(file: &Path) -> bool {
    std::fs::read_to_string(file)
        .is_ok_and(|text| text.lines().any(|line| line.trim_end() == "kind: Component"))
}

fn build_one(
    folder: &Path,
    root: &Path,
    settings: &CollectSettings,
    clones: &Clones<'_>,
) -> Result<Build, String> {
    let fetch = |entry: &str| clones.base(entry);
    let render = |request: &ChartRequest| render_chart(request, &settings.helm);
    build(
        folder,
        &BuildOptions {
            restriction: LoadRestriction::Below(root.to_owned()),
            charts: Some(&render),
            repository: clones.repository_of(folder),
            remote: Some(&fetch),
        },
    )
    .map_err(|error| error.to_string())
}

/// Renders a chart of `helmCharts`. Values of the command line are for charts of their own.
fn render_chart(request: &ChartRequest, options: &RenderOptions) -> Result<RenderedChart, String> {
    let mut options = options.clone();
    let take = |into: &mut String, from: &str| {
        if !from.is_empty() {
            from.clone_into(into);
        }
    };
    take(&mut options.release_name, &request.release_name);
    take(&mut options.namespace, &request.namespace);
    take(&mut options.kube_version, &request.kube_version);
    options.api_versions.extend(request.api_versions.iter().cloned());
    options.overrides = Overrides {
        inline: request.values.clone(),
        ..Overrides::default()
    };
    let rendered = kubescape_helm::render(&request.chart, &options).map_err(|error| error.to_string())?;
    let mut chart = RenderedChart::default();
    for document in &rendered.documents {
        let is_wanted =
            (request.include_crds || !document.is_crd) && (!request.skip_hooks || !document.is_hook);
        if !is_wanted {
            continue;
        }
        let place = |file: &str, line: usize| LineOrigin {
            file: request.chart.join(
                file.strip_prefix(&rendered.chart)
                    .unwrap_or(file)
                    .trim_start_matches('/'),
            ),
            line,
        };
        chart.text.push_str("---\n");
        chart.lines.push(place(&document.file, 1));
        for (index, line) in document.text.lines().enumerate() {
            chart.text.push_str(line);
            chart.text.push('\n');
            chart.lines.push(match document.lines.get(index) {
                Some(origin) => place(&origin.file, origin.line),
                None if document.is_crd => place(&document.file, index + 1),
                None => place(&document.file, 1),
            });
        }
    }
    Ok(chart)
}

fn load(
    folder: &Path,
    shown: &Path,
    built: &Build,
    root: &Path,
    settings: &CollectSettings,
    clones: &Clones<'_>,
) -> Loaded {
    let mut all = Loaded::default();
    for warning in &built.warnings {
        all.skipped.push(Skipped::whole(folder, warning.clone()));
    }
    for document in &built.documents {
        let source = source(folder, shown, document, root, clones);
        let loaded = load_rendered(source, &document.text, None, &settings.limits, &settings.filter);
        all.resources.extend(loaded.resources);
        all.objects += loaded.objects;
        all.kept_by_kind += loaded.kept_by_kind;
        all.skipped.extend(loaded.skipped);
    }
    all
}

fn source(folder: &Path, shown: &Path, document: &Document, root: &Path, clones: &Clones<'_>) -> Source {
    let relative = |path: &Path| relative_to(root, path);
    let in_clone = |path: &Path| (!path.starts_with(root)).then(|| clones.shown(path)).flatten();
    let lines = document
        .lines
        .iter()
        .map(|line| RenderedLine {
            file: in_clone(&line.file)
                .unwrap_or_else(|| relative(&line.file))
                .into(),
            line: u32::try_from(line.line).unwrap_or(u32::MAX),
            values_key: None,
        })
        .collect();
    let name = folder.file_name().unwrap_or(folder.as_os_str());
    Source {
        path: root.to_string_lossy().into_owned(),
        relative_path: relative(shown),
        file_type: FileType::KustomizeDirectory,
        kustomize_directory_name: name.to_string_lossy().into_owned(),
        file: shown.to_owned(),
        rendering: Some(Arc::new(Rendering {
            text: document.text.as_str().into(),
            origins: Origins::Lines(lines),
        })),
        ..Source::default()
    }
}

/// A path from a folder on, with `..` where it leaves the folder: bases often lie beside what uses them.
fn relative_to(root: &Path, path: &Path) -> String {
    let common = root
        .components()
        .zip(path.components())
        .take_while(|(one, other)| one == other)
        .count();
    if path.is_relative() || common < 2 {
        return path.to_string_lossy().into_owned();
    }
    let up = root.components().skip(common).map(|_| "..".to_owned());
    let down = path
        .components()
        .skip(common)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}
