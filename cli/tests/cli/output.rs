//! Where reports go, and what a terminal is shown.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::{WEB, Workspace};

const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");

/// Writes a JSON report to `output`, below a folder in which nothing else may be left.
#[track_caller]
fn check(workspace: &Workspace, output: &str, file: &str) {
    let shown = workspace.run(&format!("scan web.yaml -f json -l error -o {output}"));
    assert_eq!(shown, "exit code: 0\n--- stdout\n\n--- stderr\n", "{output}");
    is_report(&fs::read(workspace.path(file)).expect("a report"));
}

#[track_caller]
fn is_report(bytes: &[u8]) {
    let report: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    assert_eq!(report["summaryDetails"]["status"], "failed");
}

#[test]
fn names() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    check(&workspace, "res", "res.json");
    check(&workspace, "res.txt", "res.txt.json");
    check(&workspace, "res.JSON", "res.JSON");
    check(&workspace, "new/folder/", "new/folder/.json");
    check(&workspace, "new/report.json", "new/report.json");
    check(&workspace, "new/report.json", "new/report.json");
    let left: Vec<_> = fs::read_dir(workspace.path("new")).expect("a folder").collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let refused = workspace.run("scan web.yaml -f json -o web.yaml/report");
    assert!(
        refused.contains("Error: cannot create the folder web.yaml"),
        "{refused}"
    );
    fs::create_dir(workspace.path("folder.json")).expect("a folder");
    let refused = workspace.run("scan web.yaml -f json -o folder");
    assert!(
        refused.contains("Error: cannot write folder.json: it is a folder\n"),
        "{refused}"
    );
}

/// A scan that cannot be written must not begin, and one that fails must leave the old report alone.
#[test]
fn an_old_report_stays_until_there_is_a_new_one() {
    let workspace = Workspace::new(&[("web.yaml", WEB), ("report.json", "old")]);
    let shown = workspace.run("scan nowhere -f json -o report.json");
    assert!(shown.starts_with("exit code: 1\n"), "{shown}");
    assert_eq!(
        fs::read_to_string(workspace.path("report.json")).expect("a file"),
        "old"
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes() {
    let workspace = Workspace::new(&[
        ("web.yaml", WEB),
        ("there/report.json", "a longer text than none"),
    ]);
    std::os::unix::fs::symlink("there/report.json", workspace.path("link.json")).expect("a link");
    check(&workspace, "link.json", "there/report.json");
    assert!(workspace.path("link.json").is_symlink());
    let made = std::process::Command::new("mkfifo")
        .arg(workspace.path("pipe.json"))
        .status();
    assert!(made.expect("mkfifo").success());
    let reader = std::process::Command::new("cat")
        .arg(workspace.path("pipe.json"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("cat");
    let shown = workspace.run("scan web.yaml -f json -l error -o pipe.json");
    assert_eq!(shown, "exit code: 0\n--- stdout\n\n--- stderr\n");
    is_report(&reader.wait_with_output().expect("an end").stdout);
}

#[test]
fn several_formats_follow_each_other() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    let shown = workspace.run("scan web.yaml -f json,pretty-printer -l error");
    let text = shown.strip_prefix("exit code: 0\n--- stdout\n").expect("success");
    let (json, pretty) = text.split_at(text.find("}\nSecurity posture").expect("both") + 1);
    is_report(json.as_bytes());
    assert!(pretty.contains("Security posture of 'web.yaml'"));
}

/// A manifest must not speak to the terminal.
#[test]
fn control_characters_are_not_shown() {
    let manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"a\\e[31mred\\a\"\n  namespace: \"x\\ty\\u202Ez\"\nspec:\n  containers: [{name: a, image: a, \"k\\e[0m\": b}]\n";
    let workspace = Workspace::new(&[("web.yaml", manifest)]);
    for arguments in [
        "scan web.yaml",
        "scan framework nsa web.yaml -v -E",
        "scan framework nsa web.yaml --view control -v",
    ] {
        let output = workspace
            .command(arguments)
            .args(["--library", LIBRARY])
            .output()
            .expect("a run");
        let text = String::from_utf8(output.stdout).expect("text");
        let obeyed: Vec<char> = text
            .chars()
            .filter(|character| (character.is_control() && *character != '\n') || *character == '\u{202e}')
            .collect();
        assert_eq!(obeyed, Vec::<char>::new(), "{arguments}: {text}");
        assert!(
            text.contains("Pod x\u{fffd}y\u{fffd}z/a\u{fffd}[31mred\u{fffd}"),
            "{arguments}: {text}"
        );
    }
}

/// Titles, hints and places name all inputs, as a shell and an editor take them.
#[test]
fn inputs_are_named() {
    let workspace = Workspace::new(&[("a folder/web.yaml", WEB), ("other/web.yaml", WEB)]);
    let run = |inputs: &[&str]| {
        let mut command = workspace.command("scan");
        let output = command
            .args(inputs)
            .args(["--library", LIBRARY])
            .output()
            .expect("a run");
        String::from_utf8(output.stdout).expect("text")
    };
    let text = run(&["a folder", "other"]);
    assert!(
        text.contains("Security posture of 'a folder' and 1 more\n"),
        "{text}"
    );
    assert!(text.contains("  a folder/web.yaml:1\n"), "{text}");
    assert!(
        text.contains("kubescape scan --view resource -v 'a folder' other\n"),
        "{text}"
    );
    let text = run(&["other", "other/web.yaml", "other/*.yaml", "a folder"]);
    assert!(
        text.contains("-v other other/web.yaml 'other/*.yaml' ...\n"),
        "{text}"
    );
}

/// The text in a terminal of a width, as `script` records it; `None` where there is no `script`.
fn in_terminal(
    workspace: &Workspace,
    columns: usize,
    arguments: &str,
    variables: &[(&str, &str)],
) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_kubescape");
    let command = format!("stty cols {columns} rows 40; {program} {arguments} --library {LIBRARY}");
    let mut recorded = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(workspace.path(""))
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut text = String::new();
    recorded.stdout.take()?.read_to_string(&mut text).ok()?;
    recorded.wait().ok()?;
    Some(text)
}

/// The text without what terminals obey.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => drop(characters.by_ref().find(char::is_ascii_alphabetic)),
            '\r' => {}
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(target_os = "linux")]
#[test]
fn terminals() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    let Some(wide) = in_terminal(&workspace, 120, "scan web.yaml", &[]) else {
        println!("skipped: there is no `script` to record a terminal with");
        return;
    };
    assert!(
        wide.contains("\u{1b}[1m\u{1b}[35m1 critical"),
        "colours: {wide:?}"
    );
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let text = in_terminal(&workspace, 120, "scan web.yaml", &[(variable, value)]).expect("a terminal");
        // A bar may come and go; what stays has no colour.
        let report = &text[text.find("Security posture").expect("a report")..];
        assert!(!report.contains('\u{1b}'), "{variable}: {report:?}");
    }
    for columns in [60, 80, 120, 200] {
        for arguments in [
            "scan web.yaml",
            "scan framework nsa web.yaml -v",
            "scan framework nsa web.yaml --view control",
        ] {
            let text = plain(&in_terminal(&workspace, columns, arguments, &[]).expect("a terminal"));
            let report = &text[text.find("of 'web.yaml'").expect("a report")..];
            let long: Vec<&str> = report
                .lines()
                // Commands and paths are for copying and stay whole.
                .filter(|line| {
                    line.chars().count() > columns && !line.contains("kubescape ") && !line.contains(" spec.")
                })
                .collect();
            assert_eq!(long, Vec::<&str>::new(), "{columns}: {arguments}");
        }
    }
    // The bar is for those who watch, and not for those who want to hear of problems only.
    let bar = |text: &str| text.contains("reading files") || text.contains("checking");
    assert!(bar(&wide), "{wide:?}");
    let quiet = in_terminal(&workspace, 80, "scan web.yaml -l error", &[]).expect("a terminal");
    assert!(!bar(&quiet), "{quiet:?}");
    let piped = workspace.run("scan web.yaml");
    assert!(!bar(&piped), "{piped}");
}
