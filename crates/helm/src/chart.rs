//! Charts, and reading them from folders and archives.

mod archive;
mod folder;

use std::collections::BTreeMap;
use std::path::Path;

use archive::Allowance;
use kubescape_gotemplate::{Map, Text};

use crate::error::HelmError;
use crate::ignore::Ignore;
use crate::metadata::{Metadata, dependencies};
use crate::values::{copy, read_table};

/// Largest file of a chart, in bytes.
pub(crate) const MAX_FILE: u64 = 5 << 20;
/// Largest chart, unpacked.
pub(crate) const MAX_CHART: u64 = 100 << 20;
/// Charts within charts.
const MAX_NESTING: usize = 20;

/// A file of a chart, by its path within it.
#[derive(Clone, Debug)]
pub struct ChartFile {
    /// Path, with slashes.
    pub name: String,
    /// Content.
    pub data: Text,
}

/// A chart with its sub-charts.
#[derive(Debug, Default)]
pub struct Chart {
    /// `Chart.yaml`.
    pub metadata: Metadata,
    /// Default values.
    pub values: DefaultValues,
    /// `values.schema.json`.
    pub schema: Option<Text>,
    /// Files below `templates/`.
    pub templates: Vec<ChartFile>,
    /// Everything else.
    pub files: Vec<ChartFile>,
    /// Sub-charts that lie in `charts/`.
    pub subcharts: Vec<Chart>,
    /// Bytes of the files that it was read from and does not keep.
    pub(crate) read_bytes: usize,
    /// Its path in the chart that was loaded.
    pub(crate) home: String,
    /// Whether a declaration made it of the loaded one.
    pub(crate) is_copy: bool,
    /// Whether its sub-charts stay there: those of a chart that declares none do, whatever alias a copy of it has.
    pub(crate) keeps_home: bool,
}

/// A chart's default values.
#[derive(Default)]
pub struct DefaultValues(pub Option<Map>);

impl std::fmt::Debug for DefaultValues {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DefaultValues")
    }
}

impl DefaultValues {
    /// The values; none are an empty map.
    pub(crate) fn map(&self) -> Map {
        self.0.clone().unwrap_or_else(Map::dict)
    }
}

impl Clone for Chart {
    /// A copy with values of its own, which may change: a chart may be used under several aliases.
    fn clone(&self) -> Self {
        Self {
            metadata: self.metadata.clone(),
            values: DefaultValues(Some(copy(&self.values.map()))),
            schema: self.schema.clone(),
            templates: self.templates.clone(),
            files: self.files.clone(),
            subcharts: self.subcharts.clone(),
            read_bytes: self.read_bytes,
            home: self.home.clone(),
            is_copy: self.is_copy,
            keeps_home: self.keeps_home,
        }
    }
}

impl Chart {
    /// Reads a chart from its folder, or from a `.tgz` of it. `.helmignore` says what to leave out when a chart is packed:
    /// it counts in folders alone.
    pub fn load(path: &Path) -> Result<Self, HelmError> {
        let name = path.display().to_string();
        let mut allowance = Allowance::default();
        let files = if path.is_dir() {
            folder::read(path)?
        } else {
            archive::read_file(path, &mut allowance)?
        };
        Self::from_files(&name, files, 0, &mut allowance)
    }

    /// Reads an archive without the files that its `.helmignore` names; nothing when there are none. Archives that helm
    /// packed hold none, and others may render without them alone, as their folder does.
    pub(crate) fn load_without_ignored(path: &Path) -> Result<Option<Self>, HelmError> {
        if path.is_dir() {
            return Ok(None);
        }
        let name = path.display().to_string();
        let mut allowance = Allowance::default();
        let files = archive::read_file(path, &mut allowance)?;
        let count = files.len();
        let files = without_ignored(&name, files)?;
        if files.len() == count {
            return Ok(None);
        }
        Self::from_files(&name, files, 0, &mut allowance).map(Some)
    }

    fn from_files(
        place: &str,
        files: Vec<ChartFile>,
        depth: usize,
        allowance: &mut Allowance,
    ) -> Result<Self, HelmError> {
        let failed = |message: String| HelmError::Load {
            chart: place.to_owned(),
            message,
        };
        if depth > MAX_NESTING {
            return Err(failed("charts are nested too deeply".to_owned()));
        }
        let mut chart = Self::default();
        let mut subcharts: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
        let manifest = files
            .iter()
            .find(|file| file.name == "Chart.yaml")
            .ok_or_else(|| failed("Chart.yaml file is missing".to_owned()))?;
        let map = read_table(&text(manifest))
            .map_err(|message| failed(format!("cannot load Chart.yaml: {message}")))?;
        chart.metadata = Metadata::read(&map).map_err(|message| HelmError::Metadata {
            chart: place.to_owned(),
            message,
        })?;
        for file in files {
            if matches!(
                file.name.as_str(),
                "Chart.yaml" | "requirements.yaml" | "values.yaml" | "values.schema.json"
            ) {
                chart.read_bytes += file.data.len();
            }
            match file.name.as_str() {
                "Chart.yaml" | "Chart.lock" => {}
                "values.yaml" => {
                    let values = utf8(&file)
                        .and_then(read_table)
                        .map_err(|message| failed(format!("cannot load values.yaml: {message}")))?;
                    chart.values = DefaultValues(Some(values));
                }
                "values.schema.json" => chart.schema = Some(file.data),
                "requirements.yaml" => {
                    let map = read_table(&text(&file))
                        .map_err(|message| failed(format!("cannot load requirements.yaml: {message}")))?;
                    let declared = dependencies(&map)
                        .map_err(|message| failed(format!("cannot load requirements.yaml: {message}")))?;
                    chart.metadata.dependencies.extend(declared);
                    if chart.metadata.api_version == "v1" {
                        chart.files.push(file);
                    }
                }
                "requirements.lock" => {
                    if chart.metadata.api_version == "v1" {
                        chart.files.push(file);
                    }
                }
                name if name.starts_with("templates/") => chart.templates.push(file),
                name => match name.strip_prefix("charts/") {
                    None => chart.files.push(file),
                    Some(_) if Path::new(name).extension().is_some_and(|ext| ext == "prov") => {
                        chart.files.push(file);
                    }
                    Some(rest) => {
                        let first = rest.split('/').next().unwrap_or_default().to_owned();
                        let inner = rest.strip_prefix(&first).unwrap_or_default();
                        let name = inner.trim_start_matches('/').to_owned();
                        subcharts
                            .entry(first)
                            .or_default()
                            .push(ChartFile { name, ..file });
                    }
                },
            }
        }
        for (name, files) in subcharts {
            if name.starts_with(['_', '.']) {
                continue;
            }
            let place = format!("{place}/charts/{name}");
            let files = match files.as_slice() {
                [archive] if archive.name.is_empty() && name.ends_with(".tgz") => {
                    archive::unpack(&place, archive.data.as_bytes(), allowance)?
                }
                _ => files,
            };
            let subchart =
                Self::from_files(&place, files, depth + 1, allowance).map_err(|error| match error {
                    HelmError::Load { message, .. } => failed(format!(
                        "error unpacking subchart {name} in {}: {message}",
                        chart.metadata.name
                    )),
                    other => other,
                })?;
            chart.subcharts.push(subchart);
        }
        Ok(chart)
    }

    /// The text of `.helmignore`.
    pub(crate) fn helmignore(&self) -> String {
        let file = self.files.iter().find(|file| file.name == ".helmignore");
        file.map(text).unwrap_or_default()
    }

    /// Bytes that a copy of it takes, with its sub-charts.
    pub(crate) fn bytes(&self) -> usize {
        /// What is made of a line of YAML is larger than the line.
        const READ: usize = 16;
        let files = self.templates.iter().chain(&self.files);
        let own: usize = files.map(|file| file.name.len() + file.data.len()).sum();
        own + self.read_bytes * READ + self.subcharts.iter().map(Self::bytes).sum::<usize>()
    }

    /// Whether it only offers definitions to other charts.
    pub(crate) fn is_library(&self) -> bool {
        self.metadata.kind == "library"
    }
}

/// Leaves out what `.helmignore` names.
fn without_ignored(place: &str, mut files: Vec<ChartFile>) -> Result<Vec<ChartFile>, HelmError> {
    let Some(patterns) = files.iter().find(|file| file.name == ".helmignore") else {
        return Ok(files);
    };
    let ignore = Ignore::parse(&text(patterns)).map_err(|message| HelmError::Load {
        chart: place.to_owned(),
        message,
    })?;
    files.retain(|file| !ignore.excludes_file(&file.name));
    Ok(files)
}

fn text(file: &ChartFile) -> String {
    String::from_utf8_lossy(file.data.as_bytes()).into_owned()
}

/// A file that must be text.
fn utf8(file: &ChartFile) -> Result<&str, String> {
    std::str::from_utf8(file.data.as_bytes()).map_err(|error| {
        format!(
            "error converting YAML to JSON: yaml: byte {} is no UTF-8; save the file as UTF-8",
            error.valid_up_to()
        )
    })
}

/// Without a byte order mark.
pub(crate) fn without_bom(data: &[u8]) -> &[u8] {
    data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data)
}
