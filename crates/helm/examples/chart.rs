//! scratch
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
use kubescape_helm::{Overrides, RenderOptions, render};
fn main() {
    // chart JOBS.json OUT.json: jobs are [{chart, sets, strings, files, json, values, setfile, literals, api, kube}]
    let args: Vec<String> = std::env::args().collect();
    let jobs: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&args[1]).unwrap()).unwrap();
    let mut out = Vec::new();
    for job in jobs.as_array().unwrap() {
        let list = |key: &str| -> Vec<String> {
            job[key]
                .as_array()
                .map(|a| a.iter().map(|v| v.as_str().unwrap().to_owned()).collect())
                .unwrap_or_default()
        };
        let options = RenderOptions {
            kube_version: job["kube"].as_str().unwrap_or("1.34.0").to_owned(),
            api_versions: list("api"),
            overrides: Overrides {
                files: list("values").into_iter().map(Into::into).collect(),
                typed: list("sets"),
                strings: list("strings"),
                json: list("json"),
                contents: list("setfile"),
                literals: list("literals"),
                ..Overrides::default()
            },
            ..RenderOptions::default()
        };
        let start = std::time::Instant::now();
        let result = render(job["chart"].as_str().unwrap().as_ref(), &options);
        let ms = start.elapsed().as_millis() as u64;
        out.push(match result {
            Ok(r) => {
                let text: String = r
                    .documents
                    .iter()
                    .map(|d| format!("---\n# Source: {}\n{}\n", d.file, d.text))
                    .collect();
                serde_json::json!({"out": text, "ms": ms})
            }
            Err(e) => serde_json::json!({"err": e.to_string(), "ms": ms}),
        });
    }
    std::fs::write(&args[2], serde_json::to_string(&out).unwrap()).unwrap();
}
