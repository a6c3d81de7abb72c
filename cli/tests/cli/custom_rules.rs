//! Rules of the user's own: tested, listed, broken, and asking the network.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use insta::assert_snapshot;

use crate::{WEB, Workspace};

const NO_ROOT: &str = r#"package armo_builtins

import rego.v1

deny contains msga if {
	some workload in input
	workload.kind == "Deployment"
	some i, container in workload.spec.template.spec.containers
	container.securityContext.runAsUser == 0
	path := sprintf("spec.template.spec.containers[%d].securityContext.runAsUser", [i])
	msga := {
		"alertMessage": "runs as root",
		"alertScore": 7,
		"failedPaths": [path],
		"fixPaths": [{"path": path, "value": "1000"}],
		"alertObject": {"k8sApiObjects": [workload]},
	}
}
"#;
const CASES: &str = "
- name: root
  input:
    - apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: a, securityContext: {runAsUser: 0}}]}}}
  findings:
    - resources: [Deployment/web]
      failedPaths: ['spec.template.spec.containers[0].securityContext.runAsUser']
      fixPaths: {'spec.template.spec.containers[0].securityContext.runAsUser': '1000'}
- name: nobody
  input:
    - apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: a, securityContext: {runAsUser: 65534}}]}}}
  findings: []
";
const BROKEN: &str = "package armo_builtins\n\ndeny[msga] {\n  x := input[_\n}\n";

#[test]
fn rules_are_tested() {
    let mut workspace = Workspace::new(&[
        ("rules/no-root.rego", NO_ROOT),
        ("rules/no-root.cases.yaml", CASES),
    ]);
    assert_snapshot!(
        "custom_rules_pass",
        workspace.run_plain("test --custom-rules rules")
    );
    workspace.write(
        "rules/no-root.cases.yaml",
        &CASES.replace("runAsUser: 65534", "runAsUser: 0"),
    );
    assert_snapshot!(
        "custom_rules_fail",
        workspace.run_plain("test --custom-rules rules")
    );
    workspace.write("rules/broken.rego", BROKEN);
    assert_snapshot!(
        "custom_rules_broken",
        workspace.run_plain("test --custom-rules rules -f json")
    );
    workspace.write("rules/no-root.cases.yaml", "- name: x\n  finding: []\n");
    assert_snapshot!(
        "custom_rules_bad_case",
        workspace.run_plain("test --custom-rules rules")
    );
}

#[test]
fn rules_are_listed() {
    let workspace = Workspace::new(&[("rules/no-root.rego", NO_ROOT), ("rules/broken.rego", BROKEN)]);
    assert_snapshot!(
        "custom_frameworks_listed",
        workspace.run("list frameworks --custom-rules rules")
    );
    assert_snapshot!(
        "custom_controls_listed",
        workspace.run("list controls -f csv --custom-rules rules")
    );
    assert_snapshot!(
        "custom_rule_explained",
        workspace.run("explain custom-no-root --custom-rules rules")
    );
}

#[test]
fn requests_are_made_when_they_are_allowed() {
    let (address, asked) = serve();
    let rule = format!(
        r#"package armo_builtins

deny[msga] {{
	answer := http.send({{"method": "get", "url": "{address}/allowed"}})
	workload := input[_]
	not workload.metadata.name in answer.body.names
	msga := {{"alertMessage": answer.status, "alertObject": {{"k8sApiObjects": [workload]}}}}
}}
"#
    );
    let rule = rule.replacen("\n\n", "\n\nimport future.keywords.in\n\n", 1);
    let workspace = Workspace::new(&[("web.yaml", WEB), ("rules/ask.rego", &rule)]);
    let scan = |flag: &str| {
        let arguments = format!("scan framework custom-rules web.yaml --custom-rules rules {flag}");
        workspace.run(&arguments).replace(&address, "ADDRESS")
    };
    assert_snapshot!("http_send_refused", scan(""));
    assert_eq!(asked(), 0, "nothing leaves the machine unasked");
    assert_snapshot!("http_send", scan("--allow-network"));
    assert_eq!(asked(), 1, "each request is made once");
}

/// A server that answers with a list of names, and how often it was asked.
fn serve() -> (String, impl Fn() -> usize) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let body = r#"{"names": ["db"]}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).expect("sent");
        }
    });
    (address, move || asked.load(std::sync::atomic::Ordering::SeqCst))
}
