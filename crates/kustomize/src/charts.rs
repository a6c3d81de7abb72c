//! `helmCharts`: charts beside the kustomization, rendered by whoever builds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_yaml::{Limits, Profile, load_one};
use serde_json::Value as Json;

use crate::accumulate::{Build, Root, State};
use crate::config::{HelmChart, lenient_json, strict_json};
use crate::error::{KustomizeError, Result};
use crate::metadata::{Configured, Origin};
use crate::objects::read_rendered;
use crate::origins::LineOrigin;

/// A chart that a kustomization asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartRequest {
    /// Folder of the chart.
    pub chart: PathBuf,
    /// Name of the release; empty: whatever is usual.
    pub release_name: String,
    /// Namespace of the release; empty: whatever is usual.
    pub namespace: String,
    /// Values over those of the chart, as JSON; `null` takes a value of the chart out.
    pub values: Option<String>,
    /// Whether the definitions in `crds/` are included.
    pub include_crds: bool,
    /// Whether hooks are left out.
    pub skip_hooks: bool,
    /// Version of Kubernetes; empty: whatever is usual.
    pub kube_version: String,
    /// Further group versions.
    pub api_versions: Vec<String>,
}

/// A chart as YAML.
#[derive(Clone, Debug, Default)]
pub struct RenderedChart {
    /// The documents.
    pub text: String,
    /// Which file and line wrote each line of the text.
    pub lines: Vec<LineOrigin>,
}

/// Runs `helmCharts`, and the older `helmChartInflationGenerator`.
pub(crate) fn run(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    let config = &root.config;
    for entry in &config.helm_charts {
        let chart: HelmChart = strict_json(&root.file, "helmCharts", entry)?;
        let origin = build.configured(root, "HelmChartInflationGenerator");
        inflate(build, root, state, &chart, config.helm_globals.as_ref(), origin)?;
    }
    for entry in &config.helm_chart_inflation_generator {
        let mut chart: HelmChart = lenient_json(&root.file, entry)?;
        let text = |key: &str| {
            entry
                .get(key)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        // The older field has names of its own.
        for (into, key) in [
            (&mut chart.name, "chartName"),
            (&mut chart.version, "chartVersion"),
            (&mut chart.repo, "chartRepoUrl"),
            (&mut chart.values_file, "values"),
            (&mut chart.release_name, "releaseName"),
        ] {
            if into.is_empty() {
                *into = text(key);
            }
        }
        let globals = config
            .helm_globals
            .clone()
            .unwrap_or_else(|| serde_json::json!({ "chartHome": text("chartHome") }));
        let origin = build.configured(root, "HelmChartInflationGenerator");
        inflate(build, root, state, &chart, Some(&globals), origin)?;
    }
    Ok(())
}

/// Renders one chart and adds its objects.
pub(crate) fn inflate(
    build: &mut Build<'_>,
    root: &Root,
    state: &mut State,
    chart: &HelmChart,
    globals: Option<&Json>,
    origin: Configured,
) -> Result<()> {
    let failed = |message: String| {
        KustomizeError::invalid(&root.file, format!("helmCharts: chart {}: {message}", chart.name))
    };
    if chart.name.is_empty() {
        return Err(failed("chart name cannot be empty".to_owned()));
    }
    let Some(render) = build.charts else {
        return Err(failed(
            "charts are not rendered here; must specify --enable-helm".to_owned(),
        ));
    };
    let folder = folder(root, chart, globals).map_err(failed)?;
    let request = ChartRequest {
        values: values(build, root, chart, &folder)?.map(|values| values.to_string()),
        chart: folder,
        release_name: chart.release_name.clone(),
        namespace: chart.namespace.clone(),
        include_crds: chart.include_crds,
        skip_hooks: chart.skip_hooks,
        kube_version: chart.kube_version.clone(),
        api_versions: chart.api_versions.clone(),
    };
    let rendered = render(&request).map_err(failed)?;
    let origin = Arc::new(Origin::Generator(origin));
    for mut object in read_rendered(build.files, &request.chart, rendered)? {
        if chart.skip_tests && is_test(&object) {
            continue;
        }
        object.origin = Some(Arc::clone(&origin));
        state.objects.append(&root.file, object)?;
    }
    Ok(())
}

fn is_test(object: &crate::object::Object) -> bool {
    object.annotation("helm.sh/hook").is_some_and(|hooks| {
        hooks
            .split(',')
            .any(|hook| matches!(hook.trim(), "test" | "test-success" | "test-failure"))
    })
}

/// The chart's folder, which must be there: nothing is fetched.
fn folder(root: &Root, chart: &HelmChart, globals: Option<&Json>) -> std::result::Result<PathBuf, String> {
    let home = globals
        .and_then(|globals| globals.get("chartHome")?.as_str())
        .filter(|home| !home.is_empty())
        .unwrap_or("charts");
    let home = root.folder.join(home);
    let versioned = home
        .join(format!("{}-{}", chart.name, chart.version))
        .join(&chart.name);
    let is_versioned = !chart.version.is_empty() && !chart.repo.is_empty();
    let plain = home.join(&chart.name);
    let folder = if is_versioned && versioned.is_dir() {
        &versioned
    } else {
        &plain
    };
    if folder.is_dir() {
        return Ok(folder.clone());
    }
    if chart.repo.is_empty() {
        return Err(format!(
            "no repo specified for pull, no chart found at '{}'",
            plain.display()
        ));
    }
    let target = if is_versioned {
        home.join(format!("{}-{}", chart.name, chart.version))
    } else {
        home
    };
    let source = if chart.repo.starts_with("oci://") {
        format!("{}/{}", chart.repo.trim_end_matches('/'), chart.name)
    } else {
        format!("--repo {} {}", chart.repo, chart.name)
    };
    let version = if chart.version.is_empty() {
        String::new()
    } else {
        format!(" --version {}", chart.version)
    };
    Err(format!(
        "there is no folder {}, and nothing is fetched; run `helm pull --untar --untardir {} {source}{version}` first",
        plain.display(),
        target.display()
    ))
}

/// The values over those of the chart.
fn values(build: &mut Build<'_>, root: &Root, chart: &HelmChart, folder: &Path) -> Result<Option<Json>> {
    let inline = chart.values_inline.clone();
    let from_file = |build: &mut Build<'_>| {
        if chart.values_file.is_empty() {
            own_values(build, folder)
        } else {
            file(build, root, &chart.values_file)
        }
    };
    let mut merged = match (inline, chart.values_merge.as_str()) {
        (None, "" | "override" | "merge" | "replace") => file(build, root, &chart.values_file)?,
        (Some(inline), "" | "override") => {
            let mut values = from_file(build)?.unwrap_or_else(empty);
            overlay(&mut values, inline);
            Some(values)
        }
        (Some(mut inline), "merge") => {
            overlay(&mut inline, from_file(build)?.unwrap_or_else(empty));
            Some(inline)
        }
        (Some(inline), "replace") => Some(inline),
        (_, other) => {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("helmCharts: valuesMerge must be one of override, merge, replace; got {other:?}"),
            ));
        }
    };
    for name in &chart.additional_values_files {
        if let Some(more) = file(build, root, name)? {
            overlay(merged.get_or_insert_with(empty), more);
        }
    }
    Ok(merged)
}

fn empty() -> Json {
    Json::Object(serde_json::Map::new())
}

fn file(build: &mut Build<'_>, root: &Root, name: &str) -> Result<Option<Json>> {
    if name.is_empty() {
        return Ok(None);
    }
    let (path, text) = build.files.read_text(&root.folder, name)?;
    parse(&path, &text).map(Some)
}

fn own_values(build: &mut Build<'_>, folder: &Path) -> Result<Option<Json>> {
    if !folder.join("values.yaml").is_file() {
        return Ok(None);
    }
    let (path, text) = build.files.read_text(folder, "values.yaml")?;
    parse(&path, &text).map(Some)
}

fn parse(path: &Path, text: &str) -> Result<Json> {
    let invalid = |message: String| KustomizeError::invalid(path, message);
    let node =
        load_one(text, Profile::SigsYaml, &Limits::default()).map_err(|error| invalid(error.to_string()))?;
    if node.is_null() {
        return Ok(empty());
    }
    if node.as_mapping().is_none() {
        return Err(invalid("values must be a map".to_owned()));
    }
    serde_json::to_value(&node).map_err(|error| invalid(error.to_string()))
}

/// Lays values over others: maps are joined, everything else replaces. A null takes nothing away.
fn overlay(into: &mut Json, over: Json) {
    match (into, over) {
        (Json::Object(into), Json::Object(over)) => {
            for (key, value) in over {
                match into.get_mut(&key) {
                    Some(_) if value.is_null() => {}
                    Some(old) => overlay(old, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (into, over) => *into = over,
    }
}
