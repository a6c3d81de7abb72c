//! Libraries, artefacts, custom rules and the commands that show them.

use std::fs;

use insta::assert_snapshot;

use crate::{WEB, Workspace};

#[test]
fn lists() {
    let workspace = Workspace::new(&[]);
    assert_snapshot!("list_frameworks", workspace.run("list frameworks"));
    assert_snapshot!("list_controls_json", workspace.run("list controls -f json"));
    assert_snapshot!("list_controls_csv", workspace.run("list controls -f csv"));
    assert_snapshot!("explain", workspace.run("explain c-0002"));
    assert_snapshot!("explain_unknown", workspace.run("explain C-0009"));
}

#[test]
fn downloaded_policies_are_used() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    workspace.run_plain("download artifacts -o policies");
    workspace.run_plain("download framework nsa");
    let report = |arguments: &str| {
        let shown = workspace.run_plain(&format!("scan framework nsa web.yaml -f json {arguments}"));
        let json = shown
            .split("--- stdout\n")
            .nth(1)
            .and_then(|rest| rest.split("\n--- stderr").next())
            .unwrap_or_default();
        let report: serde_json::Value = serde_json::from_str(json).expect("JSON");
        (report["summaryDetails"].clone(), report["results"].clone())
    };
    let built_in = report("");
    assert_eq!(report("--use-artifacts-from policies"), built_in);
    assert_eq!(report("--use-from policies/nsa.json"), built_in);
    assert_eq!(report("--use-default").1, built_in.1);
    assert_snapshot!("unknown_download", workspace.run_plain("download framework nsaa"));
}

#[test]
fn custom_rules() {
    let rule = r#"# METADATA
# title: No pod or deployment runs as root
# description: Containers that set the user 0.
# custom:
#   baseScore: 7
#   match: [v1/Pod, apps/v1/Deployment]
package armo_builtins

deny[msga] {
	deployment := input[_]
	deployment.kind == "Deployment"
	container := deployment.spec.template.spec.containers[i]
	container.securityContext.runAsUser == 0
	path := sprintf("spec.template.spec.containers[%d].securityContext.runAsUser", [i])
	msga := {
		"alertMessage": "runs as root",
		"packagename": "armo_builtins",
		"alertScore": 7,
		"failedPaths": [path],
		"fixPaths": [{"path": path, "value": "1000"}],
		"alertObject": {"k8sApiObjects": [deployment]},
	}
}
"#;
    let workspace = Workspace::new(&[
        ("web.yaml", WEB),
        ("rules/no-root.rego", rule),
        (
            "rules/broken.rego",
            "package armo_builtins\n\ndeny[msga] {\n  x := input[_\n}\n",
        ),
        ("none/readme.txt", ""),
    ]);
    assert_snapshot!(
        "custom_rules",
        workspace.run("scan framework custom-rules web.yaml -v --custom-rules rules")
    );
    assert_snapshot!(
        "custom_rules_listed",
        workspace.run("list controls --custom-rules rules")
    );
    assert_snapshot!(
        "no_custom_rules",
        workspace.run("scan web.yaml --custom-rules none")
    );
}

/// Rules that cannot be judged by, each in its own way, beside one that can.
const BAD_RULES: [(&str, &str); 7] = [
    (
        "rules/good.rego",
        "deny[msga] {\n  pod := input[_]\n  print(\"looks at\", pod.metadata.name)\n  msga := {\"alertObject\": {\"k8sApiObjects\": [pod]}}\n}",
    ),
    (
        "rules/loops.rego",
        "deny[msga] {\n  i := numbers.range(1, 1000000)[_]\n  j := numbers.range(1, 1000000)[_]\n  i * j < 0\n  msga := {}\n}",
    ),
    (
        "rules/conflicts.rego",
        "value = 1 { input[_] }\nvalue = 2 { input[_] }\ndeny[msga] {\n  value == 3\n  msga := {}\n}",
    ),
    ("rules/parses.rego", "deny[msga] {\n  x := input[_\n}"),
    (
        "rules/answers.rego",
        "deny[msga] {\n  input[_]\n  msga := \"yes\"\n}",
    ),
    (
        "rules/version1.rego",
        "deny contains msga if {\n  some pod in input\n  pod.kind == \"Deployment\"\n  msga := {\"alertObject\": {\"k8sApiObjects\": [pod]}}\n}",
    ),
    (
        "rules/range.rego",
        "deny[msga] {\n  count(numbers.range(0, 1000000000000000000)) > 0\n  msga := {}\n}",
    ),
];

#[test]
fn rules_that_fail_are_skipped_with_the_reason() {
    let mut workspace = Workspace::new(&[("web.yaml", WEB)]);
    for (name, rule) in BAD_RULES {
        workspace.write(name, &format!("package armo_builtins\n\n{rule}\n"));
    }
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    let arguments =
        "scan framework custom-rules,nsa web.yaml --custom-rules rules -f json --control-timeout 300ms";
    let arguments = format!("{arguments} --enable-rego-prints -l debug --library {library}");
    let nested = format!("{}1{}", "[\n".repeat(30_000), "]\n".repeat(30_000));
    let nested = format!("package armo_builtins\n\ndeny[msga] {{\n  msga := {nested}\n}}\n");
    workspace.write("rules/nested.rego", &nested);
    let start = std::time::Instant::now();
    let output = workspace.command(&arguments).output().expect("a run");
    assert!(start.elapsed().as_secs() < 20, "the loop came to an end");
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let controls = &report["summaryDetails"]["controls"];
    let mut found: Vec<String> = Vec::new();
    for (id, control) in controls.as_object().expect("controls") {
        let info = &control["statusInfo"];
        let text = |key: &str| info[key].as_str().unwrap_or_default().to_owned();
        found.push(format!(
            "{id} {} {} {}",
            text("status"),
            text("subStatus"),
            text("info")
        ));
    }
    assert_snapshot!("failing_rules", found.join("\n"));
    let coverage = &report["scanCoverage"];
    assert_eq!(
        coverage["notEvaluatedControls"]
            .as_array()
            .expect("controls")
            .len(),
        6
    );
    assert_eq!(coverage["coverageScore"], 40);
    assert_eq!(coverage["degraded"], true);
    let result = &report["results"][0]["controls"];
    for control in result.as_array().expect("controls") {
        let id = control["controlID"].as_str().expect("an id");
        let expected = if ["custom-good", "custom-version1"].contains(&id) || id.starts_with("C-") {
            "failed"
        } else {
            "skipped"
        };
        assert_eq!(control["status"]["status"], expected, "{id}");
        assert_eq!(control["rules"][0]["status"], expected, "{id}");
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("looks at web\n"), "{stderr}");
}

#[test]
fn custom_rules_take_part_in_every_scan() {
    let mut workspace = Workspace::new(&[("web.yaml", WEB)]);
    let (name, rule) = BAD_RULES[0];
    workspace.write(name, &format!("package armo_builtins\n\n{rule}\n"));
    for (scan, frameworks) in [
        ("scan", vec!["WorkloadScan", "AllControls", "custom-rules"]),
        ("scan framework nsa,custom-rules", vec!["NSA", "custom-rules"]),
        ("scan control C-0001", vec!["custom-rules"]),
        (
            "scan workload Deployment/web",
            vec!["WorkloadScan", "AllControls", "custom-rules"],
        ),
    ] {
        let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
        let arguments = format!("{scan} web.yaml --custom-rules rules -f json --library {library}");
        let output = workspace.command(&arguments).output().expect("a run");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let summary = &report["summaryDetails"];
        let names: Vec<&str> = summary["frameworks"]
            .as_array()
            .expect("frameworks")
            .iter()
            .filter_map(|framework| framework["name"].as_str())
            .collect();
        assert_eq!(names, frameworks, "{scan}");
        let control = &summary["controls"]["custom-good"];
        assert_eq!(control["severity"], "Unknown", "{scan}");
        assert_eq!(control["status"], "failed", "{scan}");
        assert_eq!(summary["controls"]["C-0001"]["complianceScore"], 0, "{scan}");
    }
}

#[test]
fn a_scan_that_takes_too_long_ends() {
    let mut workspace = Workspace::new(&[("web.yaml", WEB)]);
    let (name, rule) = BAD_RULES[1];
    workspace.write(name, &format!("package armo_builtins\n\n{rule}\n"));
    let shown = workspace.run(
        "scan web.yaml --custom-rules rules --control-timeout 0 --scan-timeout 500ms -f json -o report.json",
    );
    assert_eq!(
        shown,
        "exit code: 1\n--- stdout\n\n--- stderr\nError: the scan did not end within --scan-timeout 500ms\n"
    );
    assert!(!workspace.path("report.json").exists());
}

#[test]
fn published_rules_are_tested() {
    let workspace = Workspace::new(&[
        (
            "library/no-root/rule.metadata.json",
            r#"{"name": "no-root", "attributes": null, "match": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["Pod"]}]}"#,
        ),
        (
            "library/no-root/raw.rego",
            "package armo_builtins\n\ndeny[msga] {\n  pod := input[_]\n  pod.spec.hostNetwork\n  msga := {\"alertMessage\": \"m\", \"alertObject\": {\"k8sApiObjects\": [pod]}}\n}\n",
        ),
        (
            "library/no-root/test/fails/input/pod.yaml",
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: true}}",
        ),
        (
            "library/no-root/test/fails/expected.json",
            r#"[{"alertObject": {"k8sApiObjects": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]}}]"#,
        ),
        ("library/no-root/test/torn/input/pod.yaml", "kind: [Pod\n"),
        ("library/no-root/test/torn/expected.json", "[]"),
        ("library/no-root/test/unsaid/expected.json", "{}"),
        (
            "library/no-root/test/wrong/input/pod.yaml",
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}",
        ),
        (
            "library/no-root/test/wrong/expected.json",
            r#"[{"alertObject": {"k8sApiObjects": [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]}}]"#,
        ),
    ]);
    assert_snapshot!("published_rules", workspace.run_plain("test --library library"));
    fs::create_dir(workspace.path("cases")).expect("a folder");
    assert_snapshot!("no_cases", workspace.run_plain("test --cases cases"));
}
