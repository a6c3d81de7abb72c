//! `kubescape scan` and its views, gates and files.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::{GOOD, WEB, Workspace};

fn workspace() -> Workspace {
    Workspace::new(&[("app/web.yaml", WEB), ("app/good.yaml", GOOD)])
}

#[test]
fn views() {
    let workspace = workspace();
    assert_snapshot!("security_view", workspace.run("scan app"));
    assert_snapshot!("resource_view", workspace.run("scan --view resource app"));
    assert_snapshot!(
        "resource_view_verbose",
        workspace.run("scan framework nsa app -v --show-evidence")
    );
    assert_snapshot!(
        "control_view_verbose",
        workspace.run("scan framework nsa app --view control -v")
    );
    assert_snapshot!("control", workspace.run("scan control c-0002 app -v"));
    assert_snapshot!(
        "workload",
        workspace.run("scan workload shop/Deployment/web --file-path app")
    );
    assert_snapshot!(
        "nothing_failed",
        workspace.run("scan framework nsa app/good.yaml")
    );
}

#[test]
fn gates() {
    let workspace = workspace();
    let check = |arguments: &str, expected: &str| {
        let shown = workspace.run(&format!(
            "scan framework nsa app -f json -o report.json -l error {arguments}"
        ));
        let code = i32::from(!expected.is_empty());
        let error = if expected.is_empty() {
            String::new()
        } else {
            format!("Error: {expected}\n")
        };
        assert_eq!(
            shown,
            format!("exit code: {code}\n--- stdout\n\n--- stderr\n{error}"),
            "{arguments}"
        );
    };
    check("", "");
    check("--compliance-threshold 50", "");
    check(
        "--compliance-threshold 50.01",
        "scan compliance-score is below permitted threshold: 50.00 (compliance-threshold: 50.01)",
    );
    check(
        "--severity-threshold critical",
        "compliance result exceeds severity threshold: critical",
    );
    check(
        "--severity-threshold low --exclude-controls C-0001,C-0002",
        "--exclude-controls left no controls to scan",
    );
    check("--fail-coverage-below 100", "");
    check(
        "--compliance-threshold 101",
        "bad argument: out of range threshold",
    );
    check(
        "--severity-threshold grave",
        "unknown severity. Supported severities are: Low, Medium, High, Critical",
    );
    check(
        "--min-severity high --max-severity low",
        "--min-severity High is above --max-severity Low",
    );
}

#[test]
fn files() {
    let workspace = workspace();
    workspace.run("scan framework nsa app -f json,pretty-printer -o out/report -l error");
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(workspace.path("out/report.json")).expect("a report"))
            .expect("JSON");
    assert_eq!(report["summaryDetails"]["frameworks"][0]["name"], "NSA");
    assert_eq!(report["summaryDetails"]["controls"]["C-0002"]["status"], "failed");
    assert!(workspace.path("out/report.txt").exists());
    assert_eq!(
        fs::read_dir(workspace.path("out")).expect("a folder").count(),
        2,
        "nothing temporary is left"
    );
    assert_snapshot!("collision", workspace.run("scan app -f yaml-ish -o out/report"));
}

#[test]
fn standard_input() {
    let workspace = workspace();
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    let mut child = workspace
        .command(&format!("scan framework nsa - -f json --library {library}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(WEB.as_bytes())
        .expect("written");
    let output = child.wait_with_output().expect("an end");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summaryDetails"]["ResourceCounters"]["failedResources"], 1);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let workspace = workspace();
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    let mut child = workspace
        .command(&format!("scan framework nsa app -f json --library {library}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn selection() {
    let workspace = workspace();
    let check = |arguments: &str, expected: &[&str]| {
        let shown = workspace.run(&format!("scan framework nsa app -f json -l error {arguments}"));
        let json = shown
            .split("--- stdout\n")
            .nth(1)
            .and_then(|rest| rest.split("\n--- stderr").next())
            .unwrap_or_default();
        let report: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let controls = report["summaryDetails"]["controls"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        assert_eq!(controls.keys().collect::<Vec<_>>(), expected, "{arguments}");
    };
    check("", &["C-0001", "C-0002"]);
    check("--exclude-controls c-0001", &["C-0002"]);
    check("--skip-controls C-0002", &["C-0001"]);
    check("--include-controls C-0002", &["C-0002"]);
    check("--min-severity critical", &["C-0002"]);
    check("--max-severity high", &["C-0001"]);
    assert_snapshot!("no_kind_left", workspace.run("scan app --include-kinds Secret"));
    assert_snapshot!(
        "namespace",
        workspace.run("scan control C-0001 app --include-namespaces other")
    );
}
