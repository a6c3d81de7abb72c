//! scratch
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout
)]
use kubescape_helm::{RenderOptions, render_snippet};
use serde_json::{Value, json};
use std::fs;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let fixture: Value = serde_json::from_str(&fs::read_to_string(&args[1]).unwrap()).unwrap();
    let root = std::env::temp_dir().join(format!("kcases-{}", std::process::id()));
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
    let mut out = Vec::new();
    for case in fixture["cases"].as_array().unwrap() {
        let start = std::time::Instant::now();
        let found = render_snippet(
            &root,
            "templates/snippet.yaml",
            &string(&case["template"]),
            &options,
        );
        let ms = start.elapsed().as_millis() as u64;
        out.push(match found {
            Ok(text) => json!({"output": text, "ms": ms}),
            Err(error) => json!({"error": error.to_string(), "ms": ms}),
        });
    }
    fs::write(&args[2], serde_json::to_string(&out).unwrap()).unwrap();
    let _ = fs::remove_dir_all(&root);
}
