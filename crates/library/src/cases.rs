//! Test cases of rules, in two forms.
//!
//! - A tree `RULE/CASE/` with `input/*` (one object per file), `expected.json` and, optionally, `data.json`: the form
//!   in which test suites of this family of policies are exchanged.
//! - `cases.yaml` beside a `rule.yaml`: a list of cases with objects and the findings that matter, written by hand.

use std::path::{Path, PathBuf};

use kubescape_yaml::{Limits, LineIndex, Node, Profile, Value};
use serde::Deserialize;

use crate::custom_rules::custom_rule_id;
use crate::document::{entries, files_with_extension, read_text};
use crate::published_rules;
use crate::rule_file::read_rules;
use crate::{Inputs, LibraryError};

/// One case of one rule.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name or alias of the rule.
    pub rule: String,
    /// Name of the case.
    pub name: String,
    /// The objects.
    pub input: Vec<Node>,
    /// Inputs that replace the library's defaults.
    pub inputs: Inputs,
    /// `eks`, `gke` or `aks`.
    pub cloud_provider: Option<String>,
    /// What the rule must answer.
    pub expected: Expected,
    /// What its filter must answer, when the case says so.
    pub expected_filter: Option<Expected>,
}

/// What a rule must answer.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Whole findings, as rules return them.
    Findings(Vec<serde_json::Value>),
    /// Findings in short.
    Brief(Vec<BriefFinding>),
    /// The case cannot be read, for this reason: it fails, and the others are run.
    Unreadable(String),
}

/// A finding in short: lists that are left out must be empty, other keys are only compared when given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BriefFinding {
    /// `Kind/name` of the failed objects.
    pub resources: Vec<String>,
    /// `Kind/name` of the failed object that is not of the Kubernetes API.
    pub external: Option<String>,
    /// Paths of the older form.
    pub failed_paths: Option<Vec<String>>,
    /// Paths to delete.
    pub delete_paths: Vec<String>,
    /// Paths to look at.
    pub review_paths: Vec<String>,
    /// Paths to set, with their values.
    pub fix_paths: serde_json::Map<String, serde_json::Value>,
    /// Command to run.
    pub fix_command: String,
    /// The rule's own score.
    pub score: Option<f64>,
    /// `Kind/name` of the other objects of the story, or of those within `external`.
    pub related: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CaseData {
    posture_control_inputs: Inputs,
    data_control_inputs: DataInputs,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct DataInputs {
    cloud_provider: Option<String>,
}

/// Cases of a tree `RULE/CASE/`, sorted by rule and name.
pub fn cases_of_folder(folder: &Path) -> Result<Vec<Case>, LibraryError> {
    let mut cases = Vec::new();
    for rule in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for case in entries(&rule)?
            .into_iter()
            .filter(|path| path.join("expected.json").exists())
        {
            cases.push(read_case(&case, &name(&rule)));
        }
    }
    Ok(cases)
}

/// Cases of every `cases.yaml` of a library's folder, and those below `test/` of published rules.
pub fn cases_of_library(folder: &Path) -> Result<Vec<Case>, LibraryError> {
    let mut cases = Vec::new();
    for rule in entries(&folder.join("rules"))? {
        let path = rule.join("cases.yaml");
        if path.exists() {
            cases.extend(read_case_list(&path, only_rule(&rule)?)?);
        }
    }
    cases.extend(published_rules::cases(folder)?);
    Ok(cases)
}

/// A case of the first form. What cannot be read concerns this case alone.
pub(crate) fn read_case(folder: &Path, rule: &str) -> Case {
    readable_case(folder, rule).unwrap_or_else(|error| Case {
        rule: rule.to_owned(),
        name: name(folder),
        input: Vec::new(),
        inputs: Inputs::default(),
        cloud_provider: None,
        expected: Expected::Unreadable(reason(&error)),
        expected_filter: None,
    })
}

/// The error with what caused it.
fn reason(error: &LibraryError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn readable_case(folder: &Path, rule: &str) -> Result<Case, LibraryError> {
    let mut input = Vec::new();
    for file in entries(&folder.join("input"))? {
        let node = read_object(&file)?;
        if matches!(node.value, Value::Mapping(_)) {
            input.push(host_envelope(node));
        }
    }
    let data: CaseData = optional_json(&folder.join("data.json"))?.unwrap_or_default();
    let findings: Option<Vec<serde_json::Value>> = optional_json(&folder.join("expected.json"))?;
    Ok(Case {
        rule: rule.to_owned(),
        name: name(folder),
        input,
        inputs: data.posture_control_inputs,
        cloud_provider: data.data_control_inputs.cloud_provider,
        expected: Expected::Findings(findings.unwrap_or_default()),
        expected_filter: optional_json(&folder.join("expected-filter.json"))?.map(Expected::Findings),
    })
}

/// The first document of a file; JSON is read as YAML, which contains it.
fn read_object(path: &Path) -> Result<Node, LibraryError> {
    kubescape_yaml::load_one(&read_text(path)?, Profile::SigsYaml, &Limits::default()).map_err(|error| {
        LibraryError::Yaml {
            path: path.to_owned(),
            message: error.to_string(),
        }
    })
}

fn optional_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, LibraryError> {
    if !path.exists() {
        return Ok(None);
    }
    serde_json::from_str(&read_text(path)?).map_err(|error| LibraryError::Shape {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// Host data reaches rules through an envelope that keeps four fields and always has a name.
fn host_envelope(node: Node) -> Node {
    let is_host = node
        .get("apiVersion")
        .and_then(Node::as_str)
        .is_some_and(|version| version.starts_with("hostdata.kubescape.cloud/"));
    if !is_host {
        return node;
    }
    let name = node
        .at("metadata.name")
        .cloned()
        .unwrap_or_else(|| Node::string(""));
    let mut metadata = kubescape_yaml::Mapping::new();
    metadata.insert("name", name);
    let mut envelope = kubescape_yaml::Mapping::new();
    for key in ["apiVersion", "kind", "data"] {
        if let Some(value) = node.get(key) {
            envelope.insert(key, value.clone());
        }
    }
    envelope.insert("metadata", Node::new(Value::Mapping(metadata)));
    Node::new(Value::Mapping(envelope))
}

/// Cases of custom rules: `NAME.cases.yaml` beside `NAME.rego`.
pub fn cases_of_custom_rules(folder: &Path) -> Result<Vec<Case>, LibraryError> {
    let mut cases = Vec::new();
    for rule in files_with_extension(folder, "rego")? {
        let path = rule.with_extension("cases.yaml");
        if path.exists() {
            cases.extend(read_case_list(&path, Some(custom_rule_id(&rule)))?);
        }
    }
    Ok(cases)
}

/// A list of cases; those that name no rule are of the rule `only`.
fn read_case_list(path: &Path, only: Option<String>) -> Result<Vec<Case>, LibraryError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Header {
        name: String,
        rule: Option<String>,
        #[serde(default)]
        config: Inputs,
        cloud_provider: Option<String>,
        #[serde(rename = "input", default)]
        _input: serde_json::Value,
        findings: Vec<BriefFinding>,
        filter: Option<Vec<BriefFinding>>,
    }
    let list = read_object(path)?;
    let fault = |node: &Node, message: String| LibraryError::Line {
        path: path.to_owned(),
        line: line_of(path, node),
        message,
    };
    let entries = list
        .as_sequence()
        .ok_or_else(|| fault(&list, "the document must be a list of cases".to_owned()))?;
    entries
        .iter()
        .map(|entry| {
            let shape = |message: String| fault(entry, message);
            let json = serde_json::to_value(entry).map_err(|error| shape(error.to_string()))?;
            let header: Header = serde_json::from_value(json).map_err(|error| shape(error.to_string()))?;
            let rule = header
                .rule
                .or_else(|| only.clone())
                .ok_or_else(|| shape(format!("case {:?} must name its rule", header.name)))?;
            let input = entry
                .get("input")
                .and_then(Node::as_sequence)
                .unwrap_or_default()
                .to_vec();
            Ok(Case {
                rule,
                name: header.name,
                input: input.into_iter().map(host_envelope).collect(),
                inputs: header.config,
                cloud_provider: header.cloud_provider,
                expected: Expected::Brief(header.findings),
                expected_filter: header.filter.map(Expected::Brief),
            })
        })
        .collect()
}

/// The line of a file that a node starts on; read again, because only a mistake needs it.
fn line_of(path: &Path, node: &Node) -> usize {
    let text = read_text(path).unwrap_or_default();
    LineIndex::new(&text)
        .position(usize::try_from(node.span.start).unwrap_or(usize::MAX))
        .line
}

/// The rule of a folder that holds just one.
fn only_rule(folder: &Path) -> Result<Option<String>, LibraryError> {
    let path: PathBuf = folder.join("rule.yaml");
    if !path.exists() {
        return Ok(None);
    }
    let mut rules = read_rules(&path, "")?;
    Ok(if rules.len() == 1 {
        rules.pop().map(|rule| rule.name)
    } else {
        None
    })
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
