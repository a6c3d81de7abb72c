//! Builtins and the language itself, compared with OPA: `opa/expressions.txt` and `opa/policies.txt` hold OPA's answers.
//!
//! An answer is the value as JSON, several values joined by ` | `, or `undefined`. A line `here:` after it says where we
//! differ on purpose. `KUBESCAPE_OPA=PATH` asks that program once more instead of our engine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::collections::BTreeMap;
use std::process::Command;

use kubescape_library::{Inputs, Library};
use kubescape_model::{Parameters, Resource};
use kubescape_policy::rego::{EngineValue, Limits, Programs, RuleInput};
use kubescape_yaml::{Limits as YamlLimits, Profile, load_manifests};

const INPUT: &str = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}"#;
const FINDING: &str = r#"msga := {"alertMessage": json.marshal(x), "alertObject": {"k8sApiObjects": []}}"#;

/// A policy, the line where its case starts, and what it must answer.
struct Case {
    line: usize,
    policy: String,
    opa: String,
    here: Option<String>,
}

#[test]
fn expressions() {
    let text = include_str!("opa/expressions.txt");
    let mut cases: Vec<Case> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(answer) = line.strip_prefix("  => ") {
            cases.last_mut().unwrap().opa = answer.to_owned();
        } else if let Some(answer) = line.strip_prefix("  here: ") {
            cases.last_mut().unwrap().here = Some(answer.to_owned());
        } else if !line.is_empty() && !line.starts_with('#') {
            let policy = format!(
                "package armo_builtins\nimport future.keywords.in\ndeny[msga] {{ x := {line}; {FINDING} }}\n"
            );
            cases.push(Case {
                line: index + 1,
                policy,
                opa: String::new(),
                here: None,
            });
        }
    }
    check("expressions.txt", &cases);
}

#[test]
fn policies() {
    let mut line = 1;
    let mut cases = Vec::new();
    for block in include_str!("opa/policies.txt").split("---\n") {
        let answer = |mark: &str| block.lines().find_map(|line| line.strip_prefix(mark));
        let rules: Vec<&str> = block
            .lines()
            .filter(|line| !line.starts_with("=> ") && !line.starts_with("here: "))
            .collect();
        let rules = rules.join("\n");
        let deny = match rules.contains("import rego.v1") || rules.contains("keywords.contains") {
            true => "deny contains msga if",
            false => "deny[msga]",
        };
        cases.push(Case {
            line,
            policy: format!("package armo_builtins\n{rules}\n{deny} {{ x := q; {FINDING} }}\n"),
            opa: answer("=> ").unwrap().to_owned(),
            here: answer("here: ").map(ToOwned::to_owned),
        });
        line += block.lines().count() + 1;
    }
    check("policies.txt", &cases);
}

#[track_caller]
fn check(file: &str, cases: &[Case]) {
    assert!(cases.len() > 100, "{file} was not read");
    let oracle = std::env::var("KUBESCAPE_OPA").ok();
    let mut differences = String::new();
    for case in cases {
        let (answer, expected) = match &oracle {
            Some(program) => (ask(program, &case.policy), &case.opa),
            None => (messages(&case.policy), case.here.as_ref().unwrap_or(&case.opa)),
        };
        if answer != *expected {
            differences += &format!(
                "{file}:{}: {answer}\n  instead of {expected}\n{}\n\n",
                case.line, case.policy
            );
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn messages(policy: &str) -> String {
    let mut library = Library::default();
    library
        .modules
        .insert("policy.rego".to_owned(), policy.to_owned());
    let objects: Vec<EngineValue> = load_manifests(INPUT, Profile::SigsYaml, &YamlLimits::default())
        .into_iter()
        .map(|manifest| Resource::new(manifest.root.unwrap().into(), None, None))
        .map(|resource| EngineValue::from_object(&resource.object.node(), None))
        .collect();
    let input = RuleInput {
        objects: &objects,
        inputs: &Inputs::default(),
        cloud_provider: None,
        parameters: &Parameters::default(),
        limits: Limits::default(),
    };
    match Programs::new(&library).evaluate("policy.rego", input) {
        Ok(responses) => answer(responses.into_iter().map(|found| found.message).collect()),
        Err(error) => format!("error: {error}"),
    }
}

fn ask(program: &str, policy: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (file, input) = (
        folder.path().join("policy.rego"),
        folder.path().join("input.json"),
    );
    std::fs::write(&file, policy).unwrap();
    std::fs::write(&input, format!("[{INPUT}]")).unwrap();
    let output = Command::new(program)
        .args(["eval", "--v0-compatible", "-f", "values", "-d"])
        .arg(&file)
        .arg("-i")
        .arg(&input)
        .arg("data.armo_builtins.deny")
        .output()
        .unwrap();
    let values: Vec<Vec<BTreeMap<String, serde_json::Value>>> =
        serde_json::from_slice(&output.stdout).unwrap_or_default();
    let found = values.into_iter().flatten();
    answer(
        found
            .map(|found| found["alertMessage"].as_str().unwrap().to_owned())
            .collect(),
    )
}

fn answer(mut messages: Vec<String>) -> String {
    messages.sort();
    match messages.is_empty() {
        true => "undefined".to_owned(),
        false => messages.join(" | "),
    }
}
