//! Judging namespace by namespace gives what judging everything at once gives.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use kubescape_model::{KindPattern, Report, Resource, Scope, Status};
use kubescape_policy::exceptions::ExceptionSet;
use kubescape_policy::rego::{Limits, Programs};
use kubescape_policy::{
    ControlFilter, EvaluationContext, Evaluator, Progress, Request, Selection, evaluate, joins_across, select,
};
use kubescape_source::{CollectSettings, collect};
use kubescape_yaml::{Mapping, Node};

/// Copies of the manifests, each in a namespace of its own.
const NAMESPACES: usize = 4;

/// Verdict and places of each object and control.
type Verdicts = BTreeMap<(String, String), (Status, Vec<String>)>;

#[test]
fn namespace_by_namespace() {
    let library = kubescape_controls::library().unwrap();
    for (name, folder) in folders() {
        let resources = spread(&objects(&folder));
        let frameworks = Request::Frameworks(vec!["AllControls".to_owned()]);
        let selection = select(&library, &frameworks, &ControlFilter::default(), &Scope::Cluster).unwrap();
        let programs = Programs::new(&library);
        let context = EvaluationContext {
            library: &library,
            programs: &programs,
            inputs: &library.defaults,
            cloud_provider: None,
            cluster: "",
            limits: Limits::default(),
            progress: Progress(&|_, _| ()),
        };
        let nobody = ExceptionSet::default();
        let at_once = evaluate(context, &selection, resources.clone(), &nobody);
        let in_batches = in_batches(context, &selection, resources);
        let (expected, found) = (verdicts(&at_once), verdicts(&in_batches));
        assert!(expected.len() > 100, "{name}: {} verdicts", expected.len());
        for (key, verdict) in &expected {
            assert_eq!(found.get(key), Some(verdict), "{name}: {key:?}");
        }
        assert_eq!(found.len(), expected.len(), "{name}");
        assert_eq!(figures(&in_batches), figures(&at_once), "{name}");
    }
}

/// The example, and every folder of real manifests that lies beside this repository.
fn folders() -> Vec<(String, std::path::PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![("bookshop".to_owned(), root.join("examples/bookshop"))];
    let shared = root.join("../shared");
    for folder in [
        "examples/kubernetes-goat",
        "fixtures/kustomize/src/boutique/kubernetes-manifests",
    ] {
        match shared.join(folder) {
            found if found.is_dir() => folders.push((folder.to_owned(), found)),
            _ => println!("skipped: {folder}: there is no test material beside this folder"),
        }
    }
    folders
}

fn objects(folder: &Path) -> Vec<Arc<Node>> {
    let collected = collect(&CollectSettings {
        inputs: vec![folder.display().to_string()],
        ..CollectSettings::default()
    });
    collected
        .unwrap()
        .resources
        .iter()
        .map(|resource| resource.object.node())
        .collect()
}

/// The objects in several namespaces, as a cluster has them. Those of no namespace exist once.
fn spread(objects: &[Arc<Node>]) -> Vec<Resource> {
    let mut resources = Vec::new();
    for object in objects {
        for index in 0..NAMESPACES {
            let mut copy = Node::clone(object);
            let kind = object.get("kind").and_then(Node::as_str).unwrap_or_default();
            let is_of_cluster =
                kind.starts_with("Cluster") || ["Namespace", "PersistentVolume"].contains(&kind);
            if is_of_cluster && index > 0 {
                break;
            }
            if !is_of_cluster {
                metadata(&mut copy).insert("namespace", Node::string(format!("n{index}")));
            }
            resources.push(Resource::new(Arc::new(copy), None, None));
        }
    }
    for index in 0..NAMESPACES {
        let mut namespace = Node::new(kubescape_yaml::Value::Mapping(Mapping::new()));
        metadata(&mut namespace).insert("name", Node::string(format!("n{index}")));
        if let Some(map) = namespace.as_mapping_mut() {
            map.insert("apiVersion", Node::string("v1"));
            map.insert("kind", Node::string("Namespace"));
        }
        resources.push(Resource::new(Arc::new(namespace), None, None));
    }
    resources
}

fn metadata(object: &mut Node) -> &mut Mapping {
    let map = object.as_mapping_mut().unwrap();
    if map.get("metadata").is_none() {
        map.insert(
            "metadata",
            Node::new(kubescape_yaml::Value::Mapping(Mapping::new())),
        );
    }
    map.get_mut("metadata").and_then(Node::as_mapping_mut).unwrap()
}

fn in_batches(context: EvaluationContext<'_>, selection: &Selection<'_>, resources: Vec<Resource>) -> Report {
    let across = joins_across(selection);
    let home = |resource: &Resource| match resource.kind.kind.as_str() {
        "Namespace" => resource.name.to_string(),
        _ => resource.namespace.to_string(),
    };
    let kinds: BTreeSet<_> = resources
        .iter()
        .map(|resource| Arc::clone(&resource.kind))
        .collect();
    let exists = |pattern: &KindPattern| kinds.iter().any(|kind| pattern.matches(kind));
    let is_across = |resource: &Resource| across.iter().any(|join| join.asks_for(&resource.kind, &exists));
    let (residents, others): (Vec<Resource>, Vec<Resource>) = resources
        .into_iter()
        .partition(|resource| home(resource).is_empty() || is_across(resource));
    let mut by_namespace: BTreeMap<String, Vec<Resource>> = BTreeMap::new();
    for resource in others {
        by_namespace.entry(home(&resource)).or_default().push(resource);
    }
    let mut evaluator = Evaluator::new(context, selection);
    evaluator.keep(residents);
    for (namespace, resources) in by_namespace {
        evaluator.judge_namespaces(&BTreeSet::from([namespace]), resources);
        evaluator.pack();
    }
    evaluator.finish(&ExceptionSet::default(), &[])
}

fn verdicts(report: &Report) -> Verdicts {
    let mut verdicts = Verdicts::new();
    for (resource, result) in report.resources.iter().zip(&report.results) {
        for control in &result.controls {
            let id = report.controls[control.control as usize].id.clone();
            let mut places: Vec<String> = control
                .rules
                .iter()
                .filter_map(|rule| rule.evidence.as_ref())
                .flat_map(|evidence| &evidence.paths)
                .map(|path| format!("{path:?}"))
                .collect();
            places.sort();
            verdicts.insert((resource.id.to_string(), id), (control.status, places));
        }
    }
    verdicts
}

/// Status and counters of each control, and the compliance of all.
fn figures(report: &Report) -> (Vec<(String, Status, usize, usize)>, String) {
    let controls = report.controls.iter().map(|control| {
        let counters = control.counters;
        (
            control.id.clone(),
            control.status.status,
            counters.failed,
            counters.passed,
        )
    });
    (controls.collect(), format!("{:.3}", report.summary.compliance))
}
