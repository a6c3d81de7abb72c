//! Scans of a real API server. `KUBESCAPE_TEST_CLUSTER` names the folder that `tests/cluster/up` printed, after
//! `tests/cluster/load` filled the cluster with six namespaces of the example.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value as Json;

/// The cluster's folder; nothing where there is none.
fn cluster() -> Option<PathBuf> {
    let folder = std::env::var_os("KUBESCAPE_TEST_CLUSTER").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: there is no test cluster; tests/cluster/up starts one");
    }
    folder
}

fn kubescape(who: &str, arguments: &[&str]) -> Option<Output> {
    let kubeconfig = cluster()?.join(format!("{who}.kubeconfig"));
    let output = Command::new(env!("CARGO_BIN_EXE_kubescape"))
        .args(arguments)
        .arg("--kubeconfig")
        .arg(kubeconfig)
        .output()
        .unwrap();
    Some(output)
}

/// The JSON report of a scan that ends well.
#[track_caller]
fn report(who: &str, arguments: &[&str]) -> Option<Json> {
    let mut all = arguments.to_vec();
    all.extend(["-f", "json"]);
    let output = kubescape(who, &all)?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Status and paths of each object and control.
fn verdicts(report: &Json) -> BTreeMap<(String, String), String> {
    let mut verdicts = BTreeMap::new();
    for result in report["results"].as_array().unwrap() {
        for control in result["controls"].as_array().unwrap() {
            let key = (
                result["resourceID"].as_str().unwrap().to_owned(),
                control["controlID"].as_str().unwrap().to_owned(),
            );
            verdicts.insert(key, format!("{} {}", control["status"], control["rules"]));
        }
    }
    verdicts
}

fn kinds(report: &Json) -> BTreeSet<String> {
    let resources = report["resources"].as_array().into_iter().flatten();
    resources
        .map(|resource| resource["object"]["kind"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn namespace_by_namespace_gives_the_same() {
    let frameworks = ["scan", "framework", "nsa,mitre,allcontrols"];
    let streamed = [&frameworks[..], &["--enable-streaming=true"]].concat();
    let whole = [&frameworks[..], &["--enable-streaming=false"]].concat();
    let (Some(streamed), Some(whole)) = (report("admin", &streamed), report("admin", &whole)) else {
        return;
    };
    let (one, other) = (verdicts(&streamed), verdicts(&whole));
    assert!(one.len() > 1000, "{} verdicts", one.len());
    assert_eq!(one, other);
    assert_eq!(
        streamed["summaryDetails"]["complianceScore"]
            .as_f64()
            .map(|score| format!("{score:.3}")),
        whole["summaryDetails"]["complianceScore"]
            .as_f64()
            .map(|score| format!("{score:.3}"))
    );
}

#[test]
fn verdicts_are_those_of_the_manifests() {
    let controls = ["scan", "control", "C-0013,C-0016,C-0017,C-0057,C-0038"];
    let Some(live) = report("admin", &controls) else {
        return;
    };
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/bookshop");
    let files = Command::new(env!("CARGO_BIN_EXE_kubescape"))
        .args(controls)
        .arg(example)
        .args(["-f", "json"])
        .output()
        .unwrap();
    let files: Json = serde_json::from_slice(&files.stdout).unwrap();
    // Identity without namespace and place: `Deployment/catalog`.
    let short = |id: &str| id.rsplitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    let status = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    let expected: BTreeSet<(String, String, String)> = verdicts(&files)
        .into_iter()
        .map(|((id, control), verdict)| (short(&id), control, status(&verdict)))
        .collect();
    let found: BTreeSet<(String, String, String)> = verdicts(&live)
        .into_iter()
        .filter(|((id, _), _)| id.contains("/space-000/"))
        .map(|((id, control), verdict)| (short(&id), control, status(&verdict)))
        .collect();
    assert!(expected.len() > 10, "{expected:?}");
    assert_eq!(found, expected);
}

#[test]
fn owners_stand_for_their_pods() {
    let Some(report) = report("admin", &["scan", "framework", "nsa"]) else {
        return;
    };
    let kinds = kinds(&report);
    assert!(kinds.contains("Deployment"), "{kinds:?}");
    assert!(!kinds.contains("Pod"), "{kinds:?}");
}

#[test]
fn what_may_not_be_read_is_not_passed() {
    let Some(report) = report("reader", &["scan", "framework", "nsa"]) else {
        return;
    };
    let coverage = &report["scanCoverage"];
    let missing: Vec<&str> = coverage["failedGVRPulls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pull| pull["gvr"].as_str().unwrap())
        .collect();
    assert!(
        missing.contains(&"rbac.authorization.k8s.io/v1/roles"),
        "{missing:?}"
    );
    let not_evaluated = coverage["notEvaluatedControls"].as_array().unwrap();
    assert!(!not_evaluated.is_empty());
    for control in not_evaluated {
        let id = control["controlID"].as_str().unwrap();
        let summary = &report["summaryDetails"]["controls"][id];
        assert_eq!(summary["status"], "skipped", "{id}");
        let reason = control["reason"].as_str().unwrap();
        let expected = match control["missingGVRs"].is_array() {
            true => "forbidden",
            false => "the cluster has no",
        };
        assert!(reason.contains(expected), "{control}");
    }
    // Workloads may be read.
    assert_eq!(report["summaryDetails"]["controls"]["C-0057"]["status"], "failed");
    let gate = kubescape(
        "reader",
        &["scan", "framework", "nsa", "--fail-coverage-below", "100"],
    )
    .unwrap();
    assert_eq!(gate.status.code(), Some(1));
}

#[test]
fn a_dry_run_says_what_may_be_listed() {
    let (Some(admin), Some(reader)) = (
        kubescape("admin", &["scan", "framework", "nsa", "--dry-run"]),
        kubescape("reader", &["scan", "framework", "nsa", "--dry-run"]),
    ) else {
        return;
    };
    assert!(admin.status.success());
    let text = String::from_utf8_lossy(&reader.stdout).into_owned();
    assert_eq!(reader.status.code(), Some(1));
    assert!(
        text.contains("DENIED") && text.contains("rbac.authorization.k8s.io/v1/roles"),
        "{text}"
    );
    assert!(!text.contains("v1/pods:"), "{text}");
}

#[test]
fn namespaces_and_labels_are_chosen() {
    let namespaces = |arguments: &[&str]| -> Option<BTreeSet<String>> {
        let report = report("admin", &[&["scan", "framework", "nsa"], arguments].concat())?;
        let resources = report["resources"].as_array().unwrap().iter();
        Some(
            resources
                .filter_map(|resource| resource["object"]["metadata"]["namespace"].as_str())
                .map(ToOwned::to_owned)
                .collect(),
        )
    };
    let Some(one) = namespaces(&["--include-namespaces", "space-001"]) else {
        return;
    };
    assert_eq!(one, BTreeSet::from(["space-001".to_owned()]));
    let others = namespaces(&["--exclude-namespaces", "space-001,space-002"]).unwrap();
    assert!(
        others.contains("space-000") && !others.contains("space-001"),
        "{others:?}"
    );
    let labelled = report(
        "admin",
        &[
            "scan",
            "framework",
            "nsa",
            "--label-selector",
            "app=nobody-has-this",
        ],
    )
    .unwrap();
    assert!(!kinds(&labelled).contains("Deployment"));
}

#[test]
fn one_workload() {
    let Some(report) = report("admin", &["scan", "workload", "space-000/Deployment/catalog"]) else {
        return;
    };
    let workloads: Vec<&str> = report["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|resource| resource["object"]["kind"] == "Deployment")
        // Rules name workloads in words of their own, too.
        .filter(|resource| resource["object"]["apiVersion"] == "apps/v1")
        .map(|resource| resource["resourceID"].as_str().unwrap())
        .collect();
    assert_eq!(workloads, ["apps/v1/space-000/Deployment/catalog"]);
    let unknown = kubescape("admin", &["scan", "workload", "space-000/Deployment/nobody"]).unwrap();
    assert_eq!(unknown.status.code(), Some(1));
    let secret = kubescape("admin", &["scan", "workload", "Secret/x"]).unwrap();
    assert!(String::from_utf8_lossy(&secret.stderr).contains("secrets cannot be scanned"));
}

#[test]
fn the_report_names_the_cluster() {
    let Some(report) = report("admin", &["scan"]) else {
        return;
    };
    assert_eq!(report["clusterName"], "kubescape-test");
    assert_eq!(report["clusterAPIServerInfo"]["gitVersion"], "v1.34.1");
    let context = &report["metadata"]["targetMetadata"]["clusterContextMetadata"];
    assert_eq!(context["contextName"], "kubescape-test");
    assert!(
        context["namespaceToNumberOfResources"]["space-000"]
            .as_u64()
            .unwrap()
            > 3,
        "{context}"
    );
    assert!(report["metadata"]["scanMetadata"].get("scanningTarget").is_none());
}

#[test]
fn contexts_and_files_that_are_none() {
    let Some(folder) = cluster() else { return };
    let unknown = kubescape("admin", &["scan", "--kube-context", "elsewhere"]).unwrap();
    let text = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        text.contains("no context \"elsewhere\"; it has: kubescape-test"),
        "{text}"
    );
    let missing = Command::new(env!("CARGO_BIN_EXE_kubescape"))
        .args(["scan", "--kubeconfig"])
        .arg(folder.join("no-such-file"))
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
}
