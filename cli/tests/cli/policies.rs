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
