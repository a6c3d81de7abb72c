//! Real kustomizations with what the real kustomize builds. `KUBESCAPE_KUSTOMIZE_CASES` names another folder of the same
//! shape: an `index.json` with `cases` of `dir` and `expected` (or `error`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_kustomize::{BuildOptions, LoadRestriction, build};

fn main() {
    let folder = std::env::var_os("KUBESCAPE_KUSTOMIZE_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/kustomize"),
        PathBuf::from,
    );
    let Ok(index) = fs::read_to_string(folder.join("index.json")) else {
        println!("skipped: there is no {}", folder.display());
        println!("0 passed, 0 failed, 1 skipped");
        return;
    };
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let cases = index["cases"].as_array().unwrap();
    let mut failed = 0;
    for case in cases {
        let dir = case["dir"].as_str().unwrap();
        let options = BuildOptions {
            restriction: LoadRestriction::None,
            ..BuildOptions::default()
        };
        let found = build(&folder.join(dir), &options).map(|build| build.to_yaml());
        let expected = case["expected"]
            .as_str()
            .and_then(|name| fs::read_to_string(folder.join(name)).ok());
        let problem = match (expected, found) {
            (Some(expected), Ok(found)) => difference(&expected, &found),
            (None, Err(_)) => None,
            (Some(_), Err(error)) => Some(format!("  error: {error}")),
            (None, Ok(_)) => Some("  built, but should not".to_owned()),
        };
        if let Some(problem) = problem {
            failed += 1;
            println!("{dir}:\n{problem}");
        }
    }
    println!("{} passed, {failed} failed", cases.len() - failed);
    if failed > 0 {
        std::process::exit(1);
    }
}

/// The first lines that differ.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (left, right): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let at = left
        .iter()
        .zip(&right)
        .position(|(left, right)| left != right)
        .unwrap_or(left.len().min(right.len()));
    let window = |lines: &[&str]| -> String {
        let from = at.saturating_sub(2);
        let to = lines.len().min(at + 4);
        lines.get(from..to).unwrap_or_default().join("\n    ")
    };
    Some(format!(
        "  line {}:\n  kustomize:\n    {}\n  ours:\n    {}",
        at + 1,
        window(&left),
        window(&right)
    ))
}
