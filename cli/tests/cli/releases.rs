//! Policies as other libraries of this family publish them: scanned from a folder, and fetched from an address.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use insta::assert_snapshot;

use crate::Workspace;

const FILES: [(&str, &str); 6] = [
    (
        "frameworks",
        r#"[{"name": "Demo", "typeTags": ["security"], "scanningScope": {"matches": ["cluster", "file"]}, "controls": []}]"#,
    ),
    (
        "controls.json",
        r#"[{"controlID": "C-9001", "name": "Pods by their names", "baseScore": 7, "remediation": "Rename them."},
  {"controlID": "C-9002", "name": "Nothing", "baseScore": 4}]"#,
    ),
    (
        "rules.json",
        r#"[{"name": "by-name", "ruleLanguage": "Rego", "resourceEnumerator": "",
   "match": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["Pod"]}],
   "controlConfigInputs": [{"path": "settings.postureControlInputs.names", "name": "Names", "description": ""}],
   "rule": "package armo_builtins\nimport data.cautils\ndeny[msga] {\n  pod := input[_]\n  cautils.list_contains(data.postureControlInputs.names, pod.metadata.name)\n  msga := {\"alertMessage\": \"named\", \"alertScore\": 7, \"failedPaths\": [\"metadata.name\"], \"fixPaths\": [], \"alertObject\": {\"k8sApiObjects\": [pod]}}\n}\n"}]"#,
    ),
    (
        "FWName_CID_CName.csv",
        "frameworkName,ControlID,ControlName\nDemo,C-9001,\"Pods, by name\"\nDemo,C-9003,Lost\n",
    ),
    ("ControlID_RuleName", "ControlID,RuleName\nC-9001,by-name\n"),
    (
        "default_config_inputs",
        r#"{"name": "default", "settings": {"postureControlInputs": {"names": ["bad"]}}}"#,
    ),
];

const PODS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: bad}}
---
{apiVersion: v1, kind: Pod, metadata: {name: good}}
";

#[test]
fn joined_artefacts_are_scanned() {
    let mut workspace = Workspace::new(&[("pods.yaml", PODS)]);
    for (name, text) in FILES {
        workspace.write(&format!("release/{name}"), text);
    }
    assert_snapshot!(
        "release_folder",
        workspace.run_plain("scan framework demo pods.yaml -v --use-artifacts-from release")
    );
    assert_snapshot!(
        "release_file",
        workspace.run_plain("scan control C-9001 pods.yaml --use-from release/frameworks")
    );
    workspace.write("alone.json", "{\"name\": \"Demo\",\n \"controlsIDs\": [\"C-1\"]}");
    assert_snapshot!(
        "release_alone",
        workspace.run_plain("scan framework demo pods.yaml --use-from alone.json")
    );
}

#[test]
fn joined_artefacts_are_fetched() {
    let address = serve();
    let workspace = Workspace::new(&[("pods.yaml", PODS)]);
    let shown = workspace.run_plain(&format!("download artifacts --from-url {address} -o policies"));
    assert_snapshot!("release_fetched", shown.replace(&address, "ADDRESS"));
    assert_snapshot!(
        "release_fetched_scan",
        workspace.run_plain("scan framework demo pods.yaml -v --use-artifacts-from policies")
    );
}

/// A server that has the files, under these very names.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let request = lines.next().expect("a request").expect("a line");
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let path = request
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .trim_start_matches('/');
            let (status, body) = FILES
                .iter()
                .find(|(name, _)| *name == path)
                .map_or(("404 Not Found", ""), |(_, body)| ("200 OK", body));
            let answer = format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).expect("sent");
        }
    });
    address
}
