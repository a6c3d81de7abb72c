//! Input that is wrong or hostile: a clear error, the right exit code, the rest of the scan finished.

use std::fs;

use insta::assert_snapshot;

use crate::{GOOD, WEB, Workspace};

#[test]
fn manifests() {
    let bomb: String = std::iter::once("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned())
        .chain((1..12).map(|level| {
            format!(
                "a{level}: &a{level} [{}]\n",
                [format!("*a{}", level - 1).as_str(); 9].join(",")
            )
        }))
        .collect();
    let deep = format!("a: {}", "[".repeat(10_000));
    let workspace = Workspace::new(&[
        ("app/web.yaml", WEB),
        ("app/empty.yaml", ""),
        ("app/null.yaml", "---\nnull\n---\n~\n"),
        ("app/quote.yaml", "apiVersion: v1\nkind: \"Pod\nmetadata: {}\n"),
        (
            "app/tab.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n",
        ),
        ("app/twice.yaml", "apiVersion: v1\nkind: Pod\nkind: Pod\n"),
        ("app/second.yaml", &format!("a: [\n---\n{GOOD}")),
        ("app/bomb.yaml", &bomb),
        ("app/deep.yaml", &deep),
        (
            "app/unknown.yaml",
            "apiVersion: example.com/v1\nkind: Gizmo\nmetadata: {name: a}\n",
        ),
        ("app/text.yaml", "just a text\n"),
        ("app/notes.txt", "not a manifest"),
    ]);
    fs::write(workspace.path("app/binary.yaml"), [0, 159, 146, 150, 0, 1, 2]).expect("a file");
    assert_snapshot!("bad_manifests", workspace.run("scan control C-0001 app"));
}

#[test]
fn many_problems() {
    let problems = "apiVersion: v1\nkind: Podd\n---\n".repeat(20_000);
    let workspace = Workspace::new(&[("app/web.yaml", WEB), ("app/a.yaml", &problems)]);
    let start = std::time::Instant::now();
    let shown = workspace.run("scan control C-0001 app -f json -l warning -o report");
    assert!(start.elapsed().as_secs() < 30);
    assert!(
        shown.contains("warning: 20000 manifests skipped or doubtful during scan\n"),
        "{shown}"
    );
    assert!(shown.ends_with("a.yaml:148:1: document 50: v1 \"Podd\" is not a valid Kubernetes kind\nwarning:   ... and 19950 more; -l debug shows them\n"), "{shown}");
}

#[test]
fn large_files() {
    let workspace = Workspace::new(&[("app/web.yaml", WEB)]);
    let file = fs::File::create(workspace.path("app/huge.yaml")).expect("a file");
    file.set_len(100 << 20).expect("100 MB");
    assert_snapshot!("huge_file", workspace.run("scan control C-0001 app"));
}

#[test]
fn paths() {
    let workspace = Workspace::new(&[
        ("empty/notes.txt", "nothing here"),
        ("bad.yaml", "a: ["),
        ("web.yaml", WEB),
    ]);
    assert_snapshot!("no_such_path", workspace.run("scan nowhere"));
    assert_snapshot!("no_manifests", workspace.run("scan empty"));
    assert_snapshot!(
        "bad_file_named",
        workspace.run("scan control C-0001 bad.yaml web.yaml")
    );
    assert_snapshot!("no_path", workspace.run("scan framework nsa"));
    assert_snapshot!(
        "mixed_standard_input",
        workspace.run("scan framework nsa - web.yaml")
    );
}

#[test]
fn names_and_flags() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    assert_snapshot!("unknown_framework", workspace.run("scan framework nsaa web.yaml"));
    assert_snapshot!("unknown_control", workspace.run("scan control C-0003 web.yaml"));
    assert_snapshot!(
        "empty_list_element",
        workspace.run("scan framework nsa,,mitre web.yaml")
    );
    assert_snapshot!("unknown_flag", workspace.run("scan web.yaml --verbos"));
    assert_snapshot!("unknown_command", workspace.run_plain("scann web.yaml"));
    assert_snapshot!("unknown_format", workspace.run("scan web.yaml -f jsom"));
    assert_snapshot!("bad_exceptions", {
        fs::write(
            workspace.path("e.json"),
            "[{\"name\": \"a\",\n  \"expirationDate\": \"soon\"}]",
        )
        .expect("a file");
        workspace.run("scan web.yaml --exceptions e.json")
    });
    assert_snapshot!("bad_inputs", {
        fs::write(workspace.path("c.json"), "{\"a\": 1}").expect("a file");
        workspace.run("scan web.yaml --controls-config c.json")
    });
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_leaves_nothing() {
    use std::process::{Command, Stdio};
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    // Standard input stays open, so the scan waits for it.
    let mut child = workspace
        .command(&format!(
            "scan framework nsa - -f json -o report.json --library {library}"
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    let input = child.stdin.take().expect("a pipe");
    std::thread::sleep(std::time::Duration::from_millis(300));
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(killed.success());
    let output = child.wait_with_output().expect("an end");
    drop(input);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
    assert!(!workspace.path("report.json").exists());
}
