//! Values and errors as Go's decoders give them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::path::{Path, PathBuf};

use kubescape_yaml::{JsonStyle, KeyKind, Limits, Node, Profile, Value, load, load_one, write_json};
use serde_json::{Map, Value as Json, json};

/// Corners of our own: merges, numbers, times, tags, cut-off scalars, errors behind documents.
#[test]
fn corner_cases() {
    check(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corner_cases.json"));
}

/// Corners of the syntax: tags, breaks of several bytes, escapes, ends within scalars, errors and where they are told.
#[test]
fn syntax_cases() {
    check(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/syntax_cases.json"));
}

#[test]
fn yaml_cases() {
    let path = std::env::var_os("KUBESCAPE_YAML_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/yaml_cases.json"),
        PathBuf::from,
    );
    if path.exists() {
        check(&path);
    } else {
        println!("skipped: no {}", path.display());
    }
}

#[track_caller]
fn check(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Json> = serde_json::from_str(&text).unwrap();
    let (mut passed, mut failed) = (0, Vec::new());
    for case in &cases {
        let yaml = case["yaml"].as_str().unwrap();
        let problems: Vec<String> = [v3(yaml, &case["v3"]), sigs(yaml, &case["sigs"])]
            .into_iter()
            .filter_map(Result::err)
            .collect();
        if problems.is_empty() {
            passed += 1;
        } else {
            failed.push(format!("{yaml:?}: {}", problems.join("; ")));
        }
    }
    println!("{passed} passed, {} failed", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn v3(yaml: &str, expected: &Json) -> Result<(), String> {
    let mut documents = Vec::new();
    let mut error = None;
    for document in load(yaml, Profile::GoYamlV3, &Limits::default()) {
        match document {
            Ok(document) => documents.push(typed(&document.root)),
            Err(found) => error = Some(found),
        }
    }
    let wanted = expected
        .get("documents")
        .or_else(|| expected.get("documentsBefore"));
    if wanted.is_some_and(|wanted| same(wanted, &Json::Array(documents.clone())))
        && error.is_some() == expected.get("error").is_some()
    {
        Ok(())
    } else {
        Err(format!(
            "v3 expected {expected}, got {} {error:?}",
            Json::Array(documents)
        ))
    }
}

fn sigs(yaml: &str, expected: &Json) -> Result<(), String> {
    let loaded = load_one(yaml, Profile::SigsYaml, &Limits::default());
    if let (Err(error), Some(wanted)) = (&loaded, expected.get("error").and_then(Json::as_str))
        && is_of_syntax(wanted)
        && format!("yaml: {}", error.go_text()) != wanted
    {
        return Err(format!("sigs expected {wanted}, got {}", error.go_text()));
    }
    let got = loaded.map_err(|error| error.to_string()).and_then(|node| {
        if has_infinite(&node) {
            return Err("no JSON".to_owned());
        }
        let mut text = String::new();
        write_json(
            &node,
            JsonStyle {
                sorted: true,
                escape_html: true,
            },
            &mut text,
        );
        Ok(text)
    });
    match (&got, expected.get("json").and_then(Json::as_str)) {
        (Ok(got), Some(wanted)) if got == wanted => Ok(()),
        (Err(_), None) => Ok(()),
        _ => Err(format!("sigs expected {expected}, got {got:?}")),
    }
}

/// Whether an error is one of Go's scanner or parser, whose words are ours too.
fn is_of_syntax(error: &str) -> bool {
    ["did not find", "could not find", "found ", "are not allowed"]
        .iter()
        .any(|words| error.contains(words))
}

fn has_infinite(node: &Node) -> bool {
    match &node.value {
        Value::Float(number) => !number.is_finite(),
        Value::Sequence(items) => items.iter().any(has_infinite),
        Value::Mapping(map) => map.iter().any(|(_, value)| has_infinite(value)),
        _ => false,
    }
}

/// The value with its Go types spelled out.
fn typed(node: &Node) -> Json {
    match &node.value {
        Value::Float(number) if number.is_nan() => json!({"$float": "NaN"}),
        Value::Float(number) if number.is_infinite() => {
            json!({"$float": if *number > 0.0 { "+Inf" } else { "-Inf" }})
        }
        Value::Float(number) => json!({"$float": number}),
        Value::Time(text) => json!({"$time": &**text}),
        Value::Sequence(items) => items.iter().map(typed).collect(),
        Value::Mapping(map)
            if map
                .entries()
                .iter()
                .any(|entry| entry.key.kind != KeyKind::String) =>
        {
            let entries = map.entries().iter().map(|entry| {
                let kind = match (entry.key.kind, &*entry.key.text) {
                    (KeyKind::String, _) => "string",
                    (KeyKind::Int, text) if text.parse::<i64>().is_err() => "uint64",
                    (KeyKind::Int, _) => "int",
                    (KeyKind::Float, _) => "float64",
                    (KeyKind::Bool, _) => "bool",
                    (KeyKind::Null, _) => "<nil>",
                    (KeyKind::Time, _) => "time.Time",
                };
                (format!("<{kind}>{}", entry.key.text), typed(&entry.value))
            });
            json!({"$nonStringKeys": entries.collect::<Map<_, _>>()})
        }
        Value::Mapping(map) => map
            .iter()
            .map(|(key, value)| (key.to_string(), typed(value)))
            .collect::<Map<_, _>>()
            .into(),
        _ => serde_json::to_value(node).unwrap(),
    }
}

/// Equal JSON, where `1` and `1.0` are one number.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
