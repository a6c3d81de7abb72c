//! What is wrong with a chart.

use std::path::PathBuf;

use kubescape_gotemplate::{ExecError, ParseError};

/// A chart that cannot be loaded or rendered.
#[derive(Debug, thiserror::Error)]
pub enum HelmError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The chart's files do not make a chart.
    #[error("{chart}: {message}")]
    Load {
        /// The chart's folder or archive.
        chart: String,
        /// What is wrong.
        message: String,
    },
    /// The chart only offers definitions to others.
    #[error("{chart}: library charts are not installable")]
    Library {
        /// The chart's folder or archive.
        chart: String,
    },
    /// `Chart.yaml` says something that is not allowed.
    #[error("{chart}: validation: {message}")]
    Metadata {
        /// The chart's folder or archive.
        chart: String,
        /// What is wrong.
        message: String,
    },
    /// Sub-charts are declared but not there.
    #[error(
        "{chart}: found in Chart.yaml, but missing in charts/ directory: {missing}; run `helm dependency build {chart}` to fetch them"
    )]
    MissingDependencies {
        /// The chart's folder or archive.
        chart: String,
        /// Their names.
        missing: String,
    },
    /// The chart is for other versions of Kubernetes.
    #[error(
        "chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {version}; name another version with --kube-version"
    )]
    KubeVersion {
        /// The constraint.
        wanted: String,
        /// The version that is rendered for.
        version: String,
    },
    /// Values that were given cannot be used.
    #[error("{0}")]
    Values(String),
    /// The values do not fit the chart's schema.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{0}")]
    Schema(String),
    /// A template is no template.
    #[error("parse error at ({}:{}): {}", .0.file, .0.line, last_part(&.0.message))]
    Parse(#[source] ParseError),
    /// A template fails.
    #[error("{}", describe(.0))]
    Render(#[source] Box<ExecError>),
    /// What was rendered is no YAML.
    #[error("YAML parse error on {file}: {message}")]
    Manifest {
        /// The template file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// A bound was reached.
    #[error("{0}")]
    Limit(String),
}

impl HelmError {
    /// Whether the chart is a library, which has nothing to render.
    pub fn is_library(&self) -> bool {
        matches!(self, Self::Library { .. })
    }
}

/// What follows the last colon.
fn last_part(message: &str) -> &str {
    message.rsplit(": ").next().unwrap_or(message)
}

/// A message of the chart's author stands alone, with the place in the outermost file.
fn describe(error: &ExecError) -> String {
    match &error.user_message {
        Some(message) => format!(
            "execution error at ({}:{}:{}): {message}",
            error.file, error.line, error.column
        ),
        None => error.to_string(),
    }
}
