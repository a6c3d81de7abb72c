//! From arguments and environment to what a scan does.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use kubescape_git::{Scratch, without_credentials};
use kubescape_helm::{Overrides, RenderOptions};
use kubescape_library::{Inputs, Library};
use kubescape_model::{ExceptionPolicy, KindFilter, NamespaceFilter, ResourceFilter, Severity};
use kubescape_policy::{ControlFilter, Request};
use kubescape_scan::WorkloadName;
use kubescape_source::CollectSettings;
use kubescape_yaml::Limits;

use crate::args::{HelmFlags, ScanArguments, ScanCommand, ScanFlags, View};
use crate::git;
use crate::output::file_name;

/// Frameworks of a bare scan of a cluster.
const CLUSTER_FRAMEWORKS: [&str; 3] = ["ClusterScan", "MITRE", "NSA"];
/// Frameworks of a bare scan of files.
const FILE_FRAMEWORKS: [&str; 2] = ["WorkloadScan", "AllControls"];
/// Frameworks of a bare scan by object or control.
const NATIVE_FRAMEWORKS: [&str; 3] = ["AllControls", "NSA", "MITRE"];

/// A scan, ready to run.
#[derive(Debug)]
pub(crate) struct ScanSettings {
    pub(crate) kind: ScanKind,
    pub(crate) request: Request,
    pub(crate) controls: ControlFilter,
    pub(crate) collect: CollectSettings,
    /// Whether a live cluster is scanned, not files.
    pub(crate) live: bool,
    /// Text of standard input, when that is scanned.
    pub(crate) text: Option<String>,
    pub(crate) workload: Option<WorkloadName>,
    pub(crate) view: View,
    pub(crate) outputs: Vec<Output>,
    /// Severities that are shown.
    pub(crate) severities: (Option<Severity>, Option<Severity>),
    pub(crate) gates: Gates,
    /// As the user typed it, for hints that repeat the command.
    pub(crate) inputs_shown: Vec<String>,
    /// Bounds of each rule.
    pub(crate) limits: kubescape_policy::rego::Limits,
    /// What is said before the scan starts.
    pub(crate) warnings: Vec<String>,
    pub(crate) flags: ScanFlags,
}

/// What was asked for: decides what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanKind {
    /// `scan`
    Cluster,
    /// `scan PATHS`
    Repository,
    /// `scan framework`, or a bare scan by object or control
    Framework,
    /// `scan control`
    Control,
    /// `scan workload`
    Workload,
}

/// A format and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) format: Format,
    /// `None`: standard output.
    pub(crate) file: Option<PathBuf>,
}

/// Formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Pretty,
    Json,
}

/// Formats of the Go kubescape that are to come.
const LATER: [&str; 12] = [
    "yaml",
    "junit",
    "prometheus",
    "pdf",
    "html",
    "sarif",
    "gitlab-sast",
    "csv",
    "markdown",
    "policyreport",
    "cyclonedx-json",
    "spdx-json",
];

impl Format {
    const ALL: [(&'static str, Self, &'static [&'static str]); 2] = [
        ("pretty-printer", Self::Pretty, &[".txt"]),
        ("json", Self::Json, &[".json"]),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, format, _)| *format == self)
            .map_or("", |(name, ..)| name)
    }

    fn extensions(self) -> &'static [&'static str] {
        Self::ALL
            .iter()
            .find(|(_, format, _)| *format == self)
            .map_or(&[], |(.., extensions)| extensions)
    }
}

/// What makes the exit code 1 after the results are shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gates {
    /// Lowest compliance; `None`: this kind of scan has no such gate.
    pub(crate) compliance: Option<f32>,
    pub(crate) severity: Option<Severity>,
    pub(crate) coverage: f32,
    pub(crate) degraded: bool,
}

impl ScanSettings {
    /// Reads what the arguments name: standard input, and the environment's limit on files.
    pub(crate) fn resolve(arguments: ScanArguments, scratch: &Scratch) -> anyhow::Result<Self> {
        let flags = arguments.flags;
        let mut warnings = flags.compatibility.check()?;
        let target = Target::new(arguments.command, arguments.paths, &flags)?;
        let (text, inputs) = read_input(target.paths)?;
        let live = text.is_none() && inputs.is_empty();
        if !live {
            warnings.extend(
                flags
                    .cluster
                    .given()
                    .into_iter()
                    .map(|flag| format!("no effect of {flag}: it concerns live clusters")),
            );
            if flags.compatibility.host_scan == Some(true) {
                warnings.push("no effect of --host-scan: files say nothing about hosts".to_owned());
            }
        }
        let view = match target.kind {
            ScanKind::Framework | ScanKind::Control if flags.view == View::Security => View::Resource,
            _ => flags.view,
        };
        let gates = gates(&flags, target.kind, view)?;
        let severities = severity_range(&flags)?;
        if gates.compliance.is_none() && flags.compliance_threshold > 0.0 {
            warnings.push(
                "--compliance-threshold has no effect on this scan; add --view resource, or scan for a framework"
                    .to_owned(),
            );
        }
        let outputs = outputs(&flags)?;
        // Only reports for machines tell of commits.
        let last_commits = outputs.iter().any(|output| output.format != Format::Pretty);
        let settings = Self {
            outputs,
            controls: control_filter(&flags)?,
            inputs_shown: if text.is_some() {
                vec!["-".to_owned()]
            } else {
                inputs.iter().map(|input| without_credentials(input)).collect()
            },
            collect: CollectSettings {
                inputs,
                exclude: flags.exclude_path.clone(),
                use_ignore_file: !flags.no_ignore_file,
                limits: limits()?,
                filter: ResourceFilter {
                    kinds: KindFilter {
                        include: names("--include-kinds", flags.include_kinds.as_deref())?,
                        exclude: names("--exclude-kinds", flags.exclude_kinds.as_deref())?,
                    },
                    namespaces: NamespaceFilter {
                        include: names("--include-namespaces", flags.include_namespaces.as_deref())?,
                        exclude: names("--exclude-namespaces", flags.exclude_namespaces.as_deref())?,
                    },
                    ..ResourceFilter::default()
                },
                helm: render_options(&flags.helm)?,
                git: git::settings(scratch, last_commits),
                allow_network: flags.network.allow_network,
                last_commits,
            },
            live,
            kind: target.kind,
            request: target.request,
            workload: target.workload,
            text,
            view,
            severities,
            gates,
            limits: rule_limits(&flags)?,
            warnings,
            flags,
        };
        Ok(settings)
    }

    /// Inputs of the controls: the user's file, or the library's defaults.
    pub(crate) fn inputs(&self, defaults: &Inputs) -> anyhow::Result<Inputs> {
        let Some(path) = &self.flags.controls_config else {
            return Ok(defaults.clone());
        };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let own: Inputs = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} must be a JSON object of lists of strings: {{\"inputName\": [\"value\"]}}",
                path.display()
            )
        })?;
        // Inputs that the file does not name keep their defaults.
        let mut inputs = defaults.clone();
        inputs.extend(own);
        Ok(inputs)
    }

    /// Accepted risks: those of the user's file, or the library's own.
    pub(crate) fn exceptions(&self, library: &Library) -> anyhow::Result<Vec<Arc<ExceptionPolicy>>> {
        let Some(path) = &self.flags.exceptions else {
            return Ok(library.exceptions.clone());
        };
        crate::library::read_exceptions_file(path)
    }
}

/// What the sub-command and its arguments name.
struct Target {
    kind: ScanKind,
    request: Request,
    workload: Option<WorkloadName>,
    paths: Vec<String>,
}

impl Target {
    fn new(command: Option<ScanCommand>, paths: Vec<String>, flags: &ScanFlags) -> anyhow::Result<Self> {
        let frameworks =
            |names: &[&str]| Request::Frameworks(names.iter().map(ToString::to_string).collect());
        Ok(match command {
            None if flags.view == View::Security && paths.is_empty() => Self {
                kind: ScanKind::Cluster,
                request: frameworks(&CLUSTER_FRAMEWORKS),
                workload: None,
                paths,
            },
            None if flags.view == View::Security => Self {
                kind: ScanKind::Repository,
                request: frameworks(&FILE_FRAMEWORKS),
                workload: None,
                paths,
            },
            None => Self {
                kind: ScanKind::Framework,
                request: frameworks(&NATIVE_FRAMEWORKS),
                workload: None,
                paths,
            },
            Some(ScanCommand::Framework { names, paths }) => {
                let Some(names) = names else {
                    bail!("requires at least one framework name")
                };
                if names.is_empty() {
                    bail!("missing required input framework name");
                }
                let names = split(&names, "usage: <framework-0>,<framework-1>")?;
                Self {
                    kind: ScanKind::Framework,
                    request: Request::Frameworks(names),
                    workload: None,
                    paths,
                }
            }
            Some(ScanCommand::Control { ids, paths }) => {
                let Some(ids) = ids else {
                    bail!("requires at least one control ID")
                };
                let ids = split(&ids, "usage: <control-0>,<control-1>")?;
                Self {
                    kind: ScanKind::Control,
                    request: Request::Controls(ids),
                    workload: None,
                    paths,
                }
            }
            Some(ScanCommand::Workload {
                name,
                paths,
                namespace,
                file_path,
                chart_path,
                api_version,
            }) => {
                let mut workload: WorkloadName = name.parse()?;
                if let Some(namespace) = namespace {
                    workload.namespace = namespace;
                }
                if let Some(api_version) = api_version {
                    workload.api_version = api_version;
                }
                // The file of a chart's template says which of the chart's objects is meant.
                let paths = match (chart_path, file_path) {
                    (Some(chart), Some(file)) => {
                        workload.file = Some(std::path::absolute(file)?);
                        vec![chart]
                    }
                    (_, file) => file.map_or(paths, |path| vec![path]),
                };
                Self {
                    kind: ScanKind::Workload,
                    request: frameworks(&FILE_FRAMEWORKS),
                    workload: Some(workload),
                    paths,
                }
            }
        })
    }
}

/// A comma-separated list of names; blanks around them are nobody's intention.
fn split(list: &str, usage: &str) -> anyhow::Result<Vec<String>> {
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        bail!("{usage}");
    }
    Ok(names)
}

/// Names of an optional flag.
fn names(flag: &str, list: Option<&str>) -> anyhow::Result<Vec<String>> {
    match list {
        // `--flag "$VARIABLE"` with an empty variable asks for nothing.
        None | Some("") => Ok(Vec::new()),
        Some(list) if list.trim().is_empty() => bail!("{flag} is blank"),
        Some(list) => Ok(list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(ToOwned::to_owned)
            .collect()),
    }
}

/// How charts are rendered.
pub(crate) fn render_options(flags: &HelmFlags) -> anyhow::Result<RenderOptions> {
    let name = &flags.release_name;
    let is_name = !name.is_empty()
        && name.len() <= 53
        && !name.starts_with(['-', '.'])
        && !name.ends_with(['-', '.'])
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    if !is_name {
        bail!(
            "--release-name {name:?}: a name has at most 53 lower-case letters, digits, hyphens and dots, and starts and ends with a letter or digit"
        );
    }
    Ok(RenderOptions {
        release_name: name.clone(),
        namespace: flags.release_namespace.clone(),
        kube_version: flags.kube_version.clone(),
        api_versions: flags.api_versions.clone(),
        overrides: Overrides {
            files: flags.values.clone(),
            json: flags.set_json.clone(),
            typed: flags.set.clone(),
            strings: flags.set_string.clone(),
            contents: flags.set_file.clone(),
            ..Overrides::default()
        },
        ..RenderOptions::default()
    })
}

/// Standard input instead of paths, when the only path is `-`.
fn read_input(paths: Vec<String>) -> anyhow::Result<(Option<String>, Vec<String>)> {
    if let [first, _] = paths.as_slice()
        && first == "image"
        && !std::path::Path::new(first).exists()
    {
        bail!("`scan image` is not part of this version yet");
    }
    if !paths.iter().any(|path| path == "-") {
        return Ok((None, paths));
    }
    if paths.len() > 1 {
        bail!("`-` (standard input) cannot be mixed with other inputs");
    }
    let limit = limits()?.file_bytes;
    let mut bytes = Vec::new();
    let take = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin()
        .take(take)
        .read_to_end(&mut bytes)
        .context("cannot read standard input")?;
    if bytes.len() > limit {
        bail!("standard input has more than {limit} bytes; raise KUBESCAPE_MAX_FILE_SIZE to read it");
    }
    let text = String::from_utf8(bytes).context("standard input is not text")?;
    Ok((Some(text), Vec::new()))
}

pub(crate) fn limits() -> anyhow::Result<Limits> {
    let mut limits = Limits::default();
    if let Ok(text) = std::env::var("KUBESCAPE_MAX_FILE_SIZE") {
        limits.file_bytes = text
            .parse()
            .with_context(|| format!("KUBESCAPE_MAX_FILE_SIZE must be a number of bytes, not {text:?}"))?;
    }
    Ok(limits)
}

fn rule_limits(flags: &ScanFlags) -> anyhow::Result<kubescape_policy::rego::Limits> {
    let given = |time: Option<Duration>| time.filter(|time| !time.is_zero());
    if let (Some(control), Some(scan)) = (given(flags.control_timeout), given(flags.scan_timeout))
        && control >= scan
    {
        bail!("--control-timeout must be shorter than --scan-timeout");
    }
    Ok(match flags.control_timeout {
        None => kubescape_policy::rego::Limits::default(),
        limit => kubescape_policy::rego::Limits { time: given(limit) },
    })
}

fn control_filter(flags: &ScanFlags) -> anyhow::Result<ControlFilter> {
    Ok(ControlFilter {
        exclude: flags.exclude_controls.clone(),
        skip: names("--skip-controls", flags.skip_controls.as_deref())?,
        include: names("--include-controls", flags.include_controls.as_deref())?,
    })
}

fn severity(text: &str) -> anyhow::Result<Severity> {
    Severity::parse(text).with_context(|| {
        let names: Vec<&str> = Severity::NAMED.iter().map(|severity| severity.as_str()).collect();
        format!("unknown severity. Supported severities are: {}", names.join(", "))
    })
}

fn severity_range(flags: &ScanFlags) -> anyhow::Result<(Option<Severity>, Option<Severity>)> {
    let lowest = flags.min_severity.as_deref().map(severity).transpose()?;
    let highest = flags.max_severity.as_deref().map(severity).transpose()?;
    if let (Some(lowest), Some(highest)) = (lowest, highest)
        && lowest > highest
    {
        bail!("--min-severity {lowest} is above --max-severity {highest}");
    }
    Ok((lowest, highest))
}

fn gates(flags: &ScanFlags, kind: ScanKind, view: View) -> anyhow::Result<Gates> {
    for threshold in [flags.compliance_threshold, flags.fail_coverage_below] {
        if !(0.0..=100.0).contains(&threshold) {
            bail!("bad argument: out of range threshold");
        }
    }
    let has_compliance = matches!(kind, ScanKind::Framework | ScanKind::Control) || view != View::Security;
    Ok(Gates {
        compliance: has_compliance.then_some(flags.compliance_threshold),
        severity: flags.severity_threshold.as_deref().map(severity).transpose()?,
        coverage: flags.fail_coverage_below,
        degraded: flags.fail_on_degraded_config,
    })
}

fn outputs(flags: &ScanFlags) -> anyhow::Result<Vec<Output>> {
    if flags.format_version != "v2" {
        bail!(
            "invalid --format-version {:?}: only v2 is supported",
            flags.format_version
        );
    }
    let supported: Vec<&str> = Format::ALL.iter().map(|(name, ..)| *name).collect();
    let mut outputs: Vec<Output> = Vec::new();
    for name in flags
        .format
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let Some((_, format, _)) = Format::ALL.iter().find(|(known, ..)| *known == name) else {
            let supported = supported.join(", ");
            if LATER.contains(&name) {
                bail!("format {name:?} is not part of this version yet; supported formats: {supported}");
            }
            bail!("invalid format {name:?}, supported formats: {supported}");
        };
        if outputs.iter().any(|output| output.format == *format) {
            continue;
        }
        let file = flags
            .output
            .as_deref()
            .map(|output| file_name(output, format.extensions()));
        if let Some(other) = outputs
            .iter()
            .find(|output| output.file.is_some() && output.file == file)
        {
            bail!(
                "output path collision: formats {:?} and {name:?} both resolve to {:?}; use another --output",
                other.format.name(),
                file.unwrap_or_default().display().to_string()
            );
        }
        outputs.push(Output {
            format: *format,
            file,
        });
    }
    if outputs.is_empty() {
        bail!(
            "format cannot be empty, supported formats: {}",
            supported.join(", ")
        );
    }
    Ok(outputs)
}
