//! What the documents show is what happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Workspace;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Code blocks of a document in these languages, without the indentation of the list that they stand in.
fn blocks(document: &str, languages: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        let Some((indent, language)) = line.split_once("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.strip_prefix(indent).unwrap_or(line))
            .collect();
        if languages.contains(&language) {
            found.push(block.join("\n") + "\n");
        }
    }
    found
}

/// The five minutes of CONTRIBUTING.md, with a copy of the library.
#[test]
fn adding_a_control() {
    let document = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("a document");
    let files = blocks(&document, &["yaml", "rego"]);
    let mut workspace = Workspace::new(&[]);
    let copied = Command::new("cp")
        .arg("-r")
        .arg(root().join("controls"))
        .arg(workspace.path("controls"))
        .status();
    assert!(copied.expect("cp").success());
    let names = [
        "controls/rules/no-latest-tag/rule.yaml",
        "controls/rules/no-latest-tag/rule.rego",
        "controls/rules/no-latest-tag/cases.yaml",
        "controls/controls/C-9001.yaml",
    ];
    assert_eq!(files.len(), names.len());
    for (name, text) in names.iter().zip(&files) {
        workspace.write(name, text);
    }
    let tested = workspace.run_plain("test --library controls no-latest-tag");
    assert_eq!(
        tested,
        "exit code: 0\n--- stdout\n2 passed, 0 failed\n\n--- stderr\n"
    );
    workspace.write(
        "pod.yaml",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: \"a:latest\"}]}}\n",
    );
    let scanned = workspace.run_plain("scan framework devopsbest pod.yaml --library controls -v");
    assert!(
        scanned.contains(
            "  Medium   C-9001 Images with the tag latest\n      review spec.containers[0].image\n"
        ),
        "{scanned}"
    );
    let explained = workspace.run_plain("explain c-9001 --library controls");
    assert!(
        explained.contains("Name a version, or better a digest."),
        "{explained}"
    );
}

/// The commands of README.md print what stands there; `...` stands for any lines.
#[test]
fn transcripts() {
    let document = fs::read_to_string(root().join("README.md")).expect("a document");
    let run = |arguments: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_kubescape"))
            .args(arguments.split_whitespace())
            .current_dir(root())
            .env_clear()
            .output()
            .expect("a run");
        String::from_utf8(output.stdout).expect("text")
    };
    let shown = blocks(&document, &[""]);
    let first = blocks(&document, &["sh"]);
    let first = first[0]
        .trim()
        .strip_prefix("cargo run --release -- ")
        .expect("the first command");
    let mut checked = 0;
    for block in &shown {
        let (arguments, expected) = match block.strip_prefix("$ kubescape ") {
            Some(rest) => rest.split_once('\n').expect("output"),
            None => (first, block.as_str()),
        };
        let output = run(arguments);
        let mut rest = output.as_str();
        for part in expected.split("...\n") {
            let place = rest.find(part);
            assert!(place.is_some(), "{arguments}: not found:\n{part}\nin:\n{output}");
            rest = &rest[place.unwrap_or_default() + part.len()..];
        }
        checked += 1;
    }
    assert!(checked >= 2, "the transcripts were found");
}
