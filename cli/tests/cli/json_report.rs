//! JSON reports, with the whole library: equal to those of another implementation down to the order of keys, and with
//! figures that follow from what they count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kubescape_yaml::{Limits, Node, Value as NodeValue, load_json};
use serde_json::Value;

use crate::Workspace;

/// Reports and manifests that stand beside this repository where it is developed.
fn material() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    if !folder.is_dir() {
        println!("skipped: there is no test material beside this repository");
    }
    folder.is_dir().then_some(folder)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
        }
    }
}

/// What a run says of itself and of this machine.
const OF_THE_RUN: [&str; 10] = [
    ".generationTime",
    ".reportGUID",
    ".metadata.scanMetadata.kubescapeVersion",
    ".metadata.scanMetadata.controlsInputs",
    ".metadata.targetMetadata.directoryContextMetadata.basePath",
    ".metadata.targetMetadata.directoryContextMetadata.hostName",
    ".metadata.targetMetadata.gitRepoContextMetadata.repo",
    ".metadata.targetMetadata.gitRepoContextMetadata.owner",
    ".metadata.targetMetadata.gitRepoContextMetadata.localRootPath",
    ".resources[].source.path",
];

/// Differences between two trees: presence, order, types, numbers and texts.
struct Comparison {
    differences: Vec<String>,
}

impl Comparison {
    fn compare(&mut self, expected: &Node, found: &Node, path: &str) {
        let number = |node: &Node| serde_json::to_value(node).ok()?.as_f64();
        let is_text = |value: &NodeValue| matches!(value, NodeValue::String(_));
        match (&expected.value, &found.value) {
            (NodeValue::Mapping(a), NodeValue::Mapping(b)) => {
                let keys = |map: &kubescape_yaml::Mapping| -> Vec<String> {
                    map.iter().map(|(key, _)| key.to_string()).collect()
                };
                let (mut ours, mut theirs) = (keys(b), keys(a));
                // Typed objects lose their own order there, and gain empty fields.
                if path.contains(".object") {
                    theirs.retain(|key| a.get(key).is_none_or(|value| value.value != NodeValue::Null));
                    ours.sort();
                    theirs.sort();
                }
                if ours != theirs {
                    self.differences
                        .push(format!("{path}: keys {theirs:?}, found {ours:?}"));
                }
                for (key, value) in a.iter() {
                    if let Some(other) = b.get(key) {
                        self.compare(value, other, &format!("{path}.{key}"));
                    }
                }
            }
            (NodeValue::Sequence(a), NodeValue::Sequence(b)) => {
                if a.len() != b.len() {
                    self.differences
                        .push(format!("{path}: {} items, found {}", a.len(), b.len()));
                }
                for (a, b) in a.iter().zip(b) {
                    self.compare(a, b, &format!("{path}[]"));
                }
            }
            (a, b) => {
                let same = match (number(expected), number(found)) {
                    // Sums of single precision depend on the order of their parts.
                    (Some(a), Some(b)) => (a - b).abs() < 1e-3,
                    _ => a == b || (OF_THE_RUN.contains(&path) && is_text(a) && is_text(b)),
                };
                if !same {
                    self.differences.push(format!("{path}: {a:?}, found {b:?}"));
                }
            }
        }
    }
}

#[track_caller]
fn check_equal(workspace: &Workspace, folder: &str, oracle: &Path) {
    workspace.run_plain("download controls-inputs -o policies");
    let arguments =
        format!("scan framework nsa {folder} -f json --controls-config policies/controls-inputs.json");
    let output = workspace.command(&arguments).output().expect("a run");
    let found = load_json(
        &String::from_utf8(output.stdout).expect("text"),
        &Limits::default(),
    )
    .expect("JSON");
    let text = fs::read_to_string(oracle).expect("a report");
    let expected = load_json(&text, &Limits::default()).expect("JSON");
    let mut comparison = Comparison {
        differences: Vec::new(),
    };
    comparison.compare(&expected, &found, "");
    assert_eq!(comparison.differences, Vec::<String>::new(), "{folder}");
}

#[test]
fn reports_equal_those_of_the_oracle() {
    let Some(material) = material() else { return };
    let workspace = Workspace::new(&[]);
    let goat = material.join("examples/kubernetes-goat");
    for folder in ["system-monitor", "health-check"] {
        copy(&goat.join(folder), &workspace.path("goat").join(folder));
    }
    let boutique = material.join("fixtures/kustomize/src/boutique/kubernetes-manifests");
    copy(&boutique, &workspace.path("boutique"));
    let outputs = material.join("fixtures/outputs");
    check_equal(&workspace, "goat", &outputs.join("goat-two-nsa.json.json"));
    check_equal(&workspace, "boutique", &outputs.join("boutique-nsa.json.json"));
}

/// Every path of a tree; names that stand for ids or inputs become `*`.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    found.insert(path.to_owned());
    match value {
        Value::Object(map) if !path.ends_with(".object") => {
            for (key, value) in map {
                let named = path.ends_with(".controls") || path.ends_with(".controlConfigurations");
                let key = if named || path == ".resourceLabels" {
                    "*"
                } else {
                    key
                };
                paths(value, &format!("{path}.{key}"), found);
            }
        }
        Value::Array(items) => {
            for item in items {
                paths(item, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

/// Keys that only some scans have.
const SOMETIMES: [&str; 38] = [
    ".exceptionAudit",
    ".exceptionAudit.generated",
    ".exceptionAudit.items",
    ".exceptionAudit.summary",
    ".metadata.scanMetadata.complianceThreshold",
    ".metadata.scanMetadata.excludedNamespaces",
    ".metadata.scanMetadata.excludedNamespaces[]",
    ".metadata.scanMetadata.verboseMode",
    ".metadata.targetMetadata.fileContextMetadata",
    ".metadata.targetMetadata.fileContextMetadata.filePath",
    ".metadata.targetMetadata.fileContextMetadata.hostName",
    ".resourceLabels",
    ".resourceLabels.*",
    ".resourceLabels.*.app",
    ".results[].controls[].rules[].paths[].deletePath",
    ".results[].controls[].rules[].paths[].failedPath",
    ".results[].controls[].rules[].paths[].reviewPath",
    ".results[].controls[].rules[].relatedResourcesIDs",
    ".results[].controls[].rules[].relatedResourcesIDs[]",
    ".results[].controls[].status.info",
    ".results[].controls[].status.subStatus",
    ".results[].prioritizedResource",
    ".results[].prioritizedResource.priorityVector",
    ".results[].prioritizedResource.resourceID",
    ".results[].prioritizedResource.score",
    ".results[].prioritizedResource.severity",
    ".scanCoverage",
    ".scanCoverage.coverageScore",
    ".scanCoverage.degraded",
    ".scanCoverage.evaluatedControls",
    ".scanCoverage.notEvaluatedControls",
    ".scanCoverage.notEvaluatedControls[]",
    ".scanCoverage.notEvaluatedControls[].controlID",
    ".scanCoverage.notEvaluatedControls[].reason",
    ".scanCoverage.totalControls",
    ".summaryDetails.controls.*.category.subCategory.id",
    ".summaryDetails.controls.*.statusInfo.info",
    ".summaryDetails.frameworks[].controls.*.statusInfo.info",
];

fn report(workspace: &Workspace, arguments: &str) -> Value {
    let output = workspace
        .command(&format!("scan {arguments} -f json"))
        .output()
        .expect("a run");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{arguments}: {error}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// The manifests of the shipped example. They are copied, as a report says more about a checkout than about a folder.
fn bookshop(workspace: &mut Workspace) -> &'static str {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bookshop");
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("a file");
        workspace.write(&format!("bookshop/{name}"), &text);
    }
    "bookshop"
}

/// No report has a key that consumers do not know.
#[test]
fn keys_are_known() {
    let Some(material) = material() else { return };
    let mut known = BTreeSet::new();
    for name in ["goat-two-nsa.json.json", "boutique-nsa.json.json"] {
        let text = fs::read_to_string(material.join("fixtures/outputs").join(name)).expect("a report");
        paths(&serde_json::from_str(&text).expect("JSON"), "", &mut known);
    }
    let mut workspace = Workspace::new(&[("web.yaml", crate::WEB)]);
    let bookshop = bookshop(&mut workspace);
    for arguments in [
        bookshop.to_owned(),
        format!("{bookshop} -v --audit-exceptions -e other --labels-to-copy app"),
        format!("control C-0016,C-0246 {bookshop}"),
        "web.yaml".to_owned(),
        format!("framework all {bookshop} --compliance-threshold 1"),
        format!("workload CronJob/backup {bookshop}"),
    ] {
        let mut found = BTreeSet::new();
        paths(&report(&workspace, &arguments), "", &mut found);
        let unknown: Vec<&String> = found
            .difference(&known)
            .filter(|path| {
                let parts = [".exceptionAudit.", ".prioritizedResource.", ".subCategory"];
                !SOMETIMES.contains(&path.as_str()) && !parts.iter().any(|part| path.contains(part))
            })
            .collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{arguments}");
    }
}

/// Weight of an object: its replicas, of a subject the most of what it is bound to.
fn weight(object: &Value) -> f64 {
    let own = |object: &Value| match object["spec"]["replicas"].as_f64() {
        Some(replicas) if replicas > 1.0 => replicas * 1.1,
        _ => 1.0,
    };
    match object["relatedObjects"].as_array() {
        Some(related) => related.iter().map(own).fold(1.0, f64::max),
        None => own(object),
    }
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    failed_weight: f64,
    weight: f64,
}

impl Tally {
    fn counters(&self) -> Value {
        serde_json::json!({
            "passedResources": self.passed,
            "failedResources": self.failed,
            "skippedResources": self.skipped,
            "excludedResources": 0,
        })
    }

    fn count(&mut self, status: &str, weight: f64) {
        self.weight += weight;
        match status {
            "failed" => {
                self.failed += 1;
                self.failed_weight += weight;
            }
            "skipped" => self.skipped += 1,
            _ => self.passed += 1,
        }
    }
}

#[track_caller]
fn near(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!(
        (found - expected).abs() < 2e-3,
        "{what}: {found}, expected {expected}"
    );
}

/// A report, and its verdicts counted anew.
struct Figures<'a> {
    what: &'a str,
    summary: &'a Value,
    controls: &'a serde_json::Map<String, Value>,
    results: &'a [Value],
    tallies: BTreeMap<&'a str, Tally>,
    none: Tally,
}

impl<'a> Figures<'a> {
    fn new(report: &'a Value, what: &'a str) -> Self {
        let resources = report["resources"].as_array().expect("resources");
        let weights: BTreeMap<&str, f64> = resources
            .iter()
            .map(|resource| (text(&resource["resourceID"]), weight(&resource["object"])))
            .collect();
        let results = report["results"].as_array().expect("results");
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for result in results {
            let weight = weights[text(&result["resourceID"])];
            for (id, status) in verdicts(result) {
                tallies.entry(id).or_default().count(status, weight);
            }
        }
        let summary = &report["summaryDetails"];
        Self {
            what,
            summary,
            controls: summary["controls"].as_object().expect("controls"),
            results,
            tallies,
            none: Tally::default(),
        }
    }

    fn tally(&self, id: &str) -> &Tally {
        self.tallies.get(id).unwrap_or(&self.none)
    }

    fn check_controls(&self) {
        for (id, control) in self.controls {
            let (what, tally) = (format!("{} {id}", self.what), self.tally(id));
            assert_eq!(control["ResourceCounters"], tally.counters(), "{what}");
            let risk = match tally.weight {
                0.0 => 0.0,
                weight => tally.failed_weight * 100.0 / weight,
            };
            near(&control["score"], risk, &format!("{what} score"));
            let total = tally.passed + tally.failed + tally.skipped;
            let compliance = match control["status"].as_str() {
                Some("passed") => 100.0,
                _ if total == 0 => 0.0,
                _ => count(tally.passed) * 100.0 / count(total),
            };
            near(
                &control["complianceScore"],
                compliance,
                &format!("{what} compliance"),
            );
            let severity = match control["scoreFactor"].as_f64().expect("a base score") {
                score if score >= 9.0 => "Critical",
                score if score >= 7.0 => "High",
                score if score >= 4.0 => "Medium",
                score if score >= 1.0 => "Low",
                _ => "Unknown",
            };
            assert_eq!(control["severity"], severity, "{what}");
        }
    }

    /// The totals of a framework or of the scan, over these controls.
    fn check_total(&self, ids: &[&str], group: &Value) {
        let what = format!("{} {}", self.what, group["name"]);
        let compliances = ids
            .iter()
            .map(|id| self.controls[*id]["complianceScore"].as_f64());
        let mean = compliances.map(Option::unwrap_or_default).sum::<f64>() / count(ids.len());
        near(&group["complianceScore"], mean, &format!("{what} compliance"));
        let sum = |part: fn(&Tally) -> f64| -> f64 {
            let base = |id: &str| self.controls[id]["scoreFactor"].as_f64().expect("a base score");
            ids.iter().map(|id| part(self.tally(id)) * base(id)).sum()
        };
        let risk = match sum(|tally| tally.weight) {
            0.0 => 100.0,
            all => sum(|tally| tally.failed_weight) * 100.0 / all,
        };
        near(&group["score"], risk, &format!("{what} score"));
        let mut worst = Tally::default();
        for result in self.results {
            let of_group = |(id, status)| ids.contains(&id).then_some(status);
            let statuses: Vec<&str> = verdicts(result).filter_map(of_group).collect();
            let order = ["failed", "skipped", "passed"];
            if let Some(status) = order.into_iter().find(|status| statuses.contains(status)) {
                worst.count(status, 1.0);
            }
        }
        assert_eq!(group["ResourceCounters"], worst.counters(), "{what}");
        let status = match (worst.failed, worst.skipped) {
            (0, 0) => "passed",
            (0, _) => "skipped",
            _ => "failed",
        };
        assert_eq!(group["status"], status, "{what}");
    }

    fn check_severities(&self) {
        for severity in ["critical", "high", "medium", "low"] {
            let (mut resources, mut controls) = (0, 0);
            for (id, control) in self.controls {
                if text(&control["severity"]).eq_ignore_ascii_case(severity) {
                    resources += self.tally(id).failed;
                    controls += usize::from(control["status"] == "failed");
                }
            }
            let key = format!("{severity}Severity");
            assert_eq!(
                self.summary["resourcesSeverityCounters"][&key], resources,
                "{}",
                self.what
            );
            assert_eq!(
                self.summary["controlsSeverityCounters"][&key], controls,
                "{}",
                self.what
            );
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// Id and status of each control of a result.
fn verdicts(result: &Value) -> impl Iterator<Item = (&str, &str)> {
    let controls = result["controls"].as_array().expect("controls");
    controls
        .iter()
        .map(|control| (text(&control["controlID"]), text(&control["status"]["status"])))
}

/// Recomputes all figures of a report from the verdicts that it lists.
fn check_figures(report: &Value, what: &str) {
    let figures = Figures::new(report, what);
    figures.check_controls();
    let ids: Vec<&str> = figures.controls.keys().map(String::as_str).collect();
    figures.check_total(&ids, figures.summary);
    for framework in figures.summary["frameworks"].as_array().into_iter().flatten() {
        let controls = framework["controls"].as_object().expect("controls");
        let ids: Vec<&str> = controls.keys().map(String::as_str).collect();
        figures.check_total(&ids, framework);
    }
    figures.check_severities();
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("a small number"))
}

#[test]
fn figures_follow_from_verdicts() {
    let mut workspace = Workspace::new(&[(
        "replicas.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: many}\nspec:\n  replicas: 4\n  template: {spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec: {containers: [{name: a, image: a}]}\n",
    )]);
    let bookshop = bookshop(&mut workspace);
    let mut inputs = vec![
        "replicas.yaml".to_owned(),
        "control C-0057,C-0013,C-0246 replicas.yaml".to_owned(),
        bookshop.to_owned(),
        format!("framework all {bookshop}"),
        format!("framework nsa {bookshop} --exclude-controls C-0057"),
    ];
    if let Some(material) = material() {
        let goat = material.join("examples/kubernetes-goat");
        inputs.push(format!(
            "framework allcontrols,nsa,mitre,soc2,cis-v1.12.0 {}",
            goat.display()
        ));
    }
    for arguments in inputs {
        check_figures(&report(&workspace, &arguments), &arguments);
    }
    let report = report(&workspace, "control C-0057 replicas.yaml");
    // 4 replicas weigh 4.4, and a pod 1.
    near(&report["summaryDetails"]["score"], 440.0 / 5.4, "replicas");
}
