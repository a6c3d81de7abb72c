//! Real charts with what the real helm renders from them. `KUBESCAPE_CHARTS` names another folder of the same shape.
//!
//! Random values (passwords, keys, certificates) differ in every rendering: where a second one is given, leaves that
//! differ between the two are not compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use kubescape_helm::{RenderOptions, render};
use kubescape_yaml::{Limits, Node, Profile, Value, load_manifests};

fn main() {
    let folder = std::env::var_os("KUBESCAPE_CHARTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/charts"),
        PathBuf::from,
    );
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        println!("0 passed, 0 failed, 1 skipped");
        return;
    };
    let only = std::env::args()
        .nth(1)
        .filter(|argument| !argument.starts_with('-'));
    let mut charts: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .filter(|path| {
            only.as_ref()
                .is_none_or(|only| path.to_string_lossy().contains(only))
        })
        .collect();
    charts.sort();
    let mut failed = 0;
    for chart in &charts {
        let differences = compare(chart);
        if !differences.is_empty() {
            failed += 1;
            println!("{}:", chart.file_stem().unwrap_or_default().to_string_lossy());
            for difference in differences.iter().take(8) {
                println!("  {difference}");
            }
        }
    }
    println!("{} passed, {failed} failed", charts.len() - failed);
    if failed > 0 {
        std::process::exit(1);
    }
}

fn compare(chart: &Path) -> Vec<String> {
    let Some(expected) = read_gz(&chart.with_extension("expected.yaml.gz")) else {
        return vec!["there is no expected output".to_owned()];
    };
    let second = read_gz(&chart.with_extension("expected2.yaml.gz"));
    let rendered = match render(chart, &RenderOptions::default()) {
        Ok(rendered) => rendered,
        Err(error) => return vec![format!("error: {error}")],
    };
    let ours: String = rendered
        .documents
        .iter()
        .map(|document| format!("---\n# Source: {}\n{}\n", document.file, document.text))
        .collect();
    let (ours, expected) = (documents(&ours), documents(&expected));
    let second = second.map(|text| documents(&text));
    let mut differences = Vec::new();
    if ours.len() != expected.len() {
        differences.push(format!("{} documents, helm has {}", ours.len(), expected.len()));
    }
    for (index, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
        let other = second.as_ref().and_then(|second| second.get(index));
        difference(ours, expected, other, &format!("#{index}"), &mut differences);
    }
    differences
}

fn documents(text: &str) -> Vec<Node> {
    load_manifests(text, Profile::SigsYaml, &Limits::default())
        .into_iter()
        .filter_map(|manifest| manifest.root.ok())
        .filter(|node| !node.is_null())
        .collect()
}

/// Where two values differ, except where helm differs from itself.
fn difference(ours: &Node, helm: &Node, again: Option<&Node>, path: &str, differences: &mut Vec<String>) {
    match (&ours.value, &helm.value) {
        (Value::Mapping(left), Value::Mapping(right)) => {
            for (key, value) in right.iter() {
                let again = again.and_then(|again| again.get(key));
                match left.get(key) {
                    Some(other) => difference(other, value, again, &format!("{path}.{key}"), differences),
                    None => differences.push(format!("{path}.{key}: missing")),
                }
            }
            for (key, _) in left.iter() {
                if right.get(key).is_none() {
                    differences.push(format!("{path}.{key}: helm has none"));
                }
            }
        }
        (Value::Sequence(left), Value::Sequence(right)) if left.len() == right.len() => {
            for (index, (one, other)) in left.iter().zip(right).enumerate() {
                let again = again.and_then(|again| again.get_index(index));
                difference(one, other, again, &format!("{path}[{index}]"), differences);
            }
        }
        (left, right) => {
            let equal = match (ours.as_f64(), helm.as_f64()) {
                (Some(one), Some(other)) => one.to_bits() == other.to_bits(),
                _ => left == right,
            };
            let random = again.is_some_and(|again| again.value != *right);
            if !equal && !random {
                let short = |value: &Value| format!("{value:?}").chars().take(300).collect::<String>();
                differences.push(format!(
                    "{path}:\n    ours {}\n    helm {}",
                    short(left),
                    short(right)
                ));
            }
        }
    }
}

fn read_gz(path: &Path) -> Option<String> {
    let file = fs::File::open(path).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}
