//! Snippets with what the real helm makes of them. `KUBESCAPE_TEMPLATE_CASES` names another file of the same shape.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_helm::{RenderOptions, render_snippet};
use serde_json::Value;

#[test]
fn template_cases() {
    let path = std::env::var_os("KUBESCAPE_TEMPLATE_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/templates.json"),
        PathBuf::from,
    );
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return;
    };
    let fixture: Value = serde_json::from_str(&text).unwrap();
    let chart = write_chart(&fixture);
    let run = &fixture["run"];
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let options = RenderOptions {
        release_name: string(&run["release_name"]),
        namespace: string(&run["namespace"]),
        kube_version: string(&run["kube_version"]),
        api_versions: run["api_versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(string)
            .collect(),
        ..RenderOptions::default()
    };
    let cases = fixture["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let template = string(&case["template"]);
        let found = render_snippet(&chart, "templates/snippet.yaml", &template, &options);
        if let Some(difference) = compare(case, found.map_err(|error| error.to_string())) {
            wrong.push(format!("{}: {template}\n{difference}", string(&case["id"])));
        }
    }
    let _ = fs::remove_dir_all(&chart);
    println!("{} of {} equal", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn compare(case: &Value, found: Result<String, String>) -> Option<String> {
    match (case["output"].as_str(), case["error"].as_str(), found) {
        (Some(output), _, Ok(found)) if output == found => None,
        (_, Some(error), Err(found)) if same_cause(error, &found) => None,
        (output, error, found) => Some(format!(
            "  helm: {:?}\n  ours: {found:?}",
            output.or(error).unwrap_or_default()
        )),
    }
}

/// Errors are equal when they name the same place; their words are our own.
fn same_cause(helm: &str, ours: &str) -> bool {
    let place = |text: &str| -> String {
        let start = text.find("case/templates/").unwrap_or(text.len());
        let rest = &text[start..];
        let end = rest.find([' ', ')']).unwrap_or(rest.len());
        rest[..end].trim_end_matches(':').to_owned()
    };
    place(helm) == place(ours)
}

fn write_chart(fixture: &Value) -> PathBuf {
    let root = std::env::temp_dir().join(format!("kubescape-template-cases-{}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    let write = |name: &str, content: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("Chart.yaml", &fixture["chart"].to_string());
    write("values.yaml", fixture["run"]["values_yaml"].as_str().unwrap());
    for (name, content) in fixture["files"].as_object().unwrap() {
        write(name, content.as_str().unwrap());
    }
    root
}
