//! Verdicts on real manifests, compared with those of another implementation of the same controls.
//!
//! The differences that remain are listed, with their reason, in a block of `docs/compatibility.md`; a difference that
//! is not listed there fails, and so does a line there that no difference needs any more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kubescape_helm::RenderOptions;
use kubescape_library::Library;
use kubescape_model::{EvidencePath, Report, Resource, ResourceResult};
use kubescape_policy::rego::Limits;
use kubescape_policy::{ControlFilter, Request};
use kubescape_scan::{ScanRequest, scan};
use kubescape_source::CollectSettings;

const FRAMEWORKS: [&str; 5] = ["AllControls", "NSA", "MITRE", "SOC2", "cis-v1.12.0"];
/// Signatures of images: the other implementation fails them when there is no network, ours says that it did not look.
const NOT_COMPARED: [&str; 2] = ["C-0236", "C-0237"];

/// Object and control, as the columns of the material write them.
type Key = (String, String, String, String, String);

/// Status, sub-status and sorted paths.
type Verdict = (String, String, Vec<String>);

/// Verdicts by object and control; the same object may stand in several files.
type Verdicts = BTreeMap<Key, BTreeSet<Verdict>>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let material = root.join("../shared");
    if !material.is_dir() {
        println!("skipped: there is no test material beside this folder\n0 passed, 0 failed, 1 skipped");
        return Ok(true);
    }
    let library = kubescape_controls::library()?;
    let explained = explained(&root.join("docs/compatibility.md"))?;
    let mut used = BTreeSet::new();
    let (mut same, mut all, mut problems) = (0, 0, Vec::new());
    let mut inputs: Vec<PathBuf> = fs::read_dir(material.join("fixtures/scans"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    inputs.retain(|path| path.to_string_lossy().ends_with(".tsv.gz"));
    inputs.sort();
    for oracle in &inputs {
        let name = oracle
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .replace(".tsv.gz", "");
        let text = gunzip(oracle)?;
        let scratch = tempfile::tempdir()?;
        let report = report(&library, &input(&material, &name, scratch.path())?)?;
        let (expected, found) = (expected(&text), found(&report));
        let keys: BTreeSet<&Key> = expected.keys().chain(found.keys()).collect();
        for key in keys {
            all += 1;
            if expected.get(key) == found.get(key) {
                same += 1;
                continue;
            }
            let reason = explained.iter().position(|pattern| pattern.covers(&name, key));
            match reason {
                Some(index) => drop(used.insert(index)),
                None => problems.push(format!(
                    "{name}: {key:?}\n    expected {:?}\n    found    {:?}",
                    expected.get(key),
                    found.get(key)
                )),
            }
        }
        problems.extend(
            totals(&text, &report)
                .into_iter()
                .filter(|problem| {
                    let hit = explained
                        .iter()
                        .position(|pattern| pattern.covers_total(&name, problem));
                    hit.map(|index| used.insert(index)).is_none()
                })
                .map(|problem| format!("{name}: {problem}")),
        );
    }
    let unused: Vec<_> = explained
        .iter()
        .enumerate()
        .filter(|(index, _)| !used.contains(index))
        .map(|(_, line)| line)
        .collect();
    let most = std::env::var("SCANS_SHOW")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(40);
    for problem in problems.iter().take(most) {
        println!("{problem}");
    }
    if problems.len() > most {
        println!("... and {} more", problems.len() - most);
    }
    for line in &unused {
        println!("docs/compatibility.md: no difference needs {line:?} any more");
    }
    println!("{same} of {all} verdicts on {} inputs agree", inputs.len());
    println!(
        "{} passed, {} failed",
        inputs.len(),
        problems.len() + unused.len()
    );
    Ok(problems.is_empty() && unused.is_empty())
}

/// A line of the block: input, control, and a text that the object's name contains; `*` matches everything.
#[derive(Debug)]
struct Explained {
    input: String,
    control: String,
    object: String,
}

impl Explained {
    fn covers(&self, input: &str, key: &Key) -> bool {
        let (_, kind, _, name, control) = key;
        let is = |pattern: &str, text: &str| pattern == "*" || pattern == text;
        is(&self.input, input)
            && is(&self.control, control)
            && (self.object == "*" || format!("{kind}/{name}").contains(&self.object))
    }

    fn covers_total(&self, input: &str, problem: &str) -> bool {
        let of_control = self.control == "*" || problem.starts_with(&self.control);
        (self.input == "*" || self.input == input) && self.object == "total" && of_control
    }
}

fn explained(path: &Path) -> Result<Vec<Explained>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let lines = text
        .lines()
        .skip_while(|line| *line != "```differences")
        .skip(1)
        .take_while(|line| *line != "```");
    Ok(lines
        .filter_map(|line| {
            let mut parts = line.split_whitespace().map(ToOwned::to_owned);
            Some(Explained {
                input: parts.next()?,
                control: parts.next()?,
                object: parts.next()?,
            })
        })
        .collect())
}

fn gunzip(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(path)?).read_to_string(&mut text)?;
    Ok(text)
}

fn input(material: &Path, name: &str, scratch: &Path) -> Result<PathBuf, Box<dyn Error>> {
    Ok(match name {
        "kubernetes-goat" => material.join("examples/kubernetes-goat"),
        "boutique" => material.join("fixtures/kustomize/src/boutique/kubernetes-manifests"),
        chart => {
            let text = gunzip(&material.join(format!("fixtures/charts/{chart}.expected.yaml.gz")))?;
            let path = scratch.join(format!("{chart}.yaml"));
            fs::write(&path, text)?;
            path
        }
    })
}

fn report(library: &Library, input: &Path) -> Result<Report, Box<dyn Error>> {
    let request = ScanRequest {
        library,
        request: Request::Frameworks(FRAMEWORKS.map(ToOwned::to_owned).to_vec()),
        controls: ControlFilter::default(),
        collect: CollectSettings {
            inputs: vec![input.display().to_string()],
            // The other implementation gives releases no name unless it is told one.
            helm: RenderOptions {
                release_name: String::new(),
                namespace: String::new(),
                ..RenderOptions::default()
            },
            ..CollectSettings::default()
        },
        text: None,
        workload: None,
        inputs: &library.defaults,
        exceptions: library.exceptions.clone(),
        inline_exceptions: true,
        audit_exceptions: false,
        now: 0,
        prioritize: false,
        degradations: Vec::new(),
        limits: Limits::default(),
        prints: false,
        network: kubescape_policy::Network::default(),
    };
    Ok(scan(request, &|_| {})?.report)
}

fn expected(text: &str) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [api, kind, namespace, name, control, status, sub_status, paths] = columns.as_slice() else {
            continue;
        };
        if NOT_COMPARED.contains(control) {
            continue;
        }
        let key = [api, kind, namespace, name, control].map(|part| (*part).to_owned());
        let mut paths: Vec<String> = paths
            .split(' ')
            .filter(|path| !path.is_empty())
            .map(ToOwned::to_owned)
            .collect();
        paths.sort();
        verdicts.entry(key.into()).or_default().insert((
            (*status).to_owned(),
            (*sub_status).to_owned(),
            paths,
        ));
    }
    verdicts
}

fn found(report: &Report) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for (resource, result) in report.resources.iter().zip(&report.results) {
        for (control, verdict) in judged(report, result) {
            let [api, kind, namespace, name] = columns(resource);
            verdicts
                .entry((api, kind, namespace, name, control))
                .or_default()
                .insert(verdict);
        }
    }
    verdicts
}

fn judged(report: &Report, result: &ResourceResult) -> Vec<(String, Verdict)> {
    let mut judged = Vec::new();
    for control in &result.controls {
        let Some(summary) = usize::try_from(control.control)
            .ok()
            .and_then(|index| report.controls.get(index))
        else {
            continue;
        };
        if NOT_COMPARED.contains(&summary.id.as_str()) {
            continue;
        }
        let evidence = control
            .rules
            .iter()
            .filter_map(|rule| rule.evidence.as_ref())
            .flat_map(|evidence| &evidence.paths);
        // The material names each path of a control once, whichever of its rules found it.
        let paths: BTreeSet<String> = evidence.map(|record| column(&record.path)).collect();
        let paths = paths.into_iter().collect();
        let verdict = (
            control.status.as_str().to_owned(),
            control.sub_status.as_str().to_owned(),
            paths,
        );
        judged.push((summary.id.clone(), verdict));
    }
    judged
}

fn column(path: &EvidencePath) -> String {
    match path {
        EvidencePath::Failed(path) => format!("F:{path}"),
        EvidencePath::Review(path) => format!("R:{path}"),
        EvidencePath::Delete(path) => format!("D:{path}"),
        EvidencePath::Fix(fix) => format!("X:{}={}", fix.path, fix.value),
        EvidencePath::Command(_) => "C".to_owned(),
    }
}

fn columns(resource: &Resource) -> [String; 4] {
    // One related object may stand alone, several in a list.
    let object = resource.object.node();
    let related = object
        .get("relatedObjects")
        .map(|node| node.as_sequence().unwrap_or(std::slice::from_ref(node)));
    let Some(related) = related else {
        return [
            resource.api_version(),
            resource.kind.kind.clone(),
            resource.namespace.to_string(),
            resource.name.to_string(),
        ];
    };
    let text = |node: &kubescape_yaml::Node, path: &str| {
        node.at(path)
            .and_then(kubescape_yaml::Node::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut others: Vec<String> = related
        .iter()
        .map(|node| format!("{}/{}", text(node, "kind"), text(node, "metadata.name")))
        .collect();
    others.sort();
    let name = format!("{}|{}", resource.name, others.join("|"));
    [
        "subject".to_owned(),
        resource.kind.kind.clone(),
        resource.namespace.to_string(),
        name,
    ]
}

/// Differences of statuses and scores of controls and frameworks.
fn totals(text: &str, report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    let near = |a: &str, b: f32| a.parse::<f32>().is_ok_and(|a| (a - b).abs() < 0.011);
    for line in text.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        match columns.as_slice() {
            ["#control", id, status, _, compliance, ..] if !NOT_COMPARED.contains(id) => {
                match report.controls.iter().find(|control| control.id == *id) {
                    None => problems.push(format!("{id} is missing")),
                    Some(control) => {
                        let score = control.compliance.unwrap_or_default();
                        if control.status.status.as_str() != *status || !near(compliance, score) {
                            problems.push(format!(
                                "{id} expected {status} {compliance}, found {} {score}",
                                control.status.status.as_str()
                            ));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    problems
}
