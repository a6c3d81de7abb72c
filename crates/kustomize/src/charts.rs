//! `helmCharts`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;

use crate::accumulate::{Build, Root, State};
use crate::error::{KustomizeError, Result};
use crate::objects::read;

/// A chart that a kustomization asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartRequest {
    /// Folder of the chart.
    pub chart: PathBuf,
    /// Name of the release; empty: whatever is usual.
    pub release_name: String,
    /// Namespace of the release; empty: whatever is usual.
    pub namespace: String,
    /// Values files, later ones win.
    pub values_files: Vec<PathBuf>,
    /// Values in JSON, which win over the files.
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

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HelmChart {
    name: String,
    version: String,
    repo: String,
    release_name: String,
    namespace: String,
    values_file: String,
    additional_values_files: Vec<String>,
    values_inline: Option<Json>,
    #[serde(rename = "includeCRDs")]
    include_crds: bool,
    skip_hooks: bool,
    api_versions: Vec<String>,
    kube_version: String,
}

pub(crate) fn run(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    let entries = root
        .config
        .helm_charts
        .iter()
        .chain(&root.config.helm_chart_inflation_generator);
    for entry in entries {
        let chart: HelmChart = serde_json::from_value(entry.clone())
            .map_err(|error| KustomizeError::invalid(&root.file, format!("helmCharts: {error}")))?;
        let Some(render) = build.charts else {
            return Err(KustomizeError::invalid(
                &root.file,
                format!(
                    "chart {}: charts are not rendered here; must specify --enable-helm",
                    chart.name
                ),
            ));
        };
        let request = request(root, &chart)?;
        let text = render(&request).map_err(|message| {
            KustomizeError::invalid(&root.file, format!("chart {}: {message}", chart.name))
        })?;
        for object in read(build.files, &request.chart, &text)? {
            state.objects.append(&root.file, object)?;
        }
    }
    Ok(())
}

fn request(root: &Root, chart: &HelmChart) -> Result<ChartRequest> {
    let home = root
        .config
        .helm_globals
        .as_ref()
        .and_then(|globals| globals.get("chartHome")?.as_str())
        .unwrap_or("charts");
    let home = root.folder.join(home);
    let versioned = home
        .join(format!("{}-{}", chart.name, chart.version))
        .join(&chart.name);
    let folder = if !chart.version.is_empty() && !chart.repo.is_empty() && versioned.is_dir() {
        versioned
    } else {
        home.join(&chart.name)
    };
    if !folder.is_dir() {
        let fetch = if chart.repo.is_empty() {
            String::new()
        } else {
            format!(
                "; run `helm pull --untar --untardir {} --repo {} {}` first",
                home.display(),
                chart.repo,
                chart.name
            )
        };
        return Err(KustomizeError::invalid(
            &root.file,
            format!(
                "chart {}: there is no folder {}{fetch}",
                chart.name,
                folder.display()
            ),
        ));
    }
    let path = |name: &String| -> PathBuf { root.folder.join(Path::new(name)) };
    let mut values_files = Vec::new();
    if !chart.values_file.is_empty() {
        values_files.push(path(&chart.values_file));
    }
    values_files.extend(chart.additional_values_files.iter().map(path));
    Ok(ChartRequest {
        chart: folder,
        release_name: chart.release_name.clone(),
        namespace: chart.namespace.clone(),
        values_files,
        values: chart.values_inline.as_ref().map(ToString::to_string),
        include_crds: chart.include_crds,
        skip_hooks: chart.skip_hooks,
        kube_version: chart.kube_version.clone(),
        api_versions: chart.api_versions.clone(),
    })
}
