//! House rules that no compiler checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::root;

/// Longest source file, in lines.
const LONGEST: usize = 1_000;

pub(crate) fn run() -> anyhow::Result<()> {
    let mut problems = arrows()?;
    for file in sources(&root())? {
        problems.extend(check_source(&file)?);
    }
    let mut stderr = std::io::stderr();
    for problem in &problems {
        writeln!(stderr, "{problem}")?;
    }
    if !problems.is_empty() {
        bail!("{} against the house rules", problems.len());
    }
    Ok(())
}

/// Arrows between crates that ARCHITECTURE.md does not list, and listed ones that nobody uses.
fn arrows() -> anyhow::Result<Vec<String>> {
    let text =
        fs::read_to_string(root().join("ARCHITECTURE.md")).context("ARCHITECTURE.md cannot be read")?;
    let allowed = allowed_arrows(&text);
    let used = used_arrows()?;
    let of = |crates: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<(String, String)> {
        crates
            .iter()
            .flat_map(|(user, uses)| uses.iter().map(|used| (user.clone(), used.clone())))
            .collect()
    };
    let (allowed, used) = (of(&allowed), of(&used));
    let mut problems: Vec<String> = used
        .difference(&allowed)
        .map(|(user, used)| {
            format!("{user} uses {used}, which ARCHITECTURE.md does not list among its arrows")
        })
        .collect();
    problems.extend(
        allowed
            .difference(&used)
            .map(|(user, used)| format!("ARCHITECTURE.md lists {user} -> {used}, which does not exist")),
    );
    Ok(problems)
}

/// The block ```` ```arrows ```` of the text: `user: used used`.
fn allowed_arrows(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    text.lines()
        .skip_while(|line| line.trim() != "```arrows")
        .skip(1)
        .take_while(|line| line.trim() != "```")
        .filter_map(|line| line.split_once(':'))
        .map(|(user, uses)| {
            (
                user.trim().to_owned(),
                uses.split_whitespace().map(ToOwned::to_owned).collect(),
            )
        })
        .collect()
}

/// Dependencies between crates of the workspace, those of tests left out, by name without the common prefix.
fn used_arrows() -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .context("cargo metadata cannot be run")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let name = |value: &Value| {
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
        name.strip_prefix("kubescape-").unwrap_or(name).to_owned()
    };
    let in_workspace = |dependency: &Value| dependency.get("path").is_some_and(|path| !path.is_null());
    let for_tests = |dependency: &Value| dependency.get("kind").and_then(Value::as_str) == Some("dev");
    Ok(list(&metadata, "packages")
        .iter()
        .map(|package| {
            let uses = list(package, "dependencies")
                .iter()
                .filter(|dependency| in_workspace(dependency) && !for_tests(dependency))
                .map(name)
                .collect();
            (name(package), uses)
        })
        .collect())
}

fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(sources(&path)?);
        } else if name.ends_with(".rs") || name.ends_with(".rego") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn check_source(file: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let shown = file.strip_prefix(root()).unwrap_or(file).display().to_string();
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST {
        problems.push(format!(
            "{shown} has {lines} lines; split it, {LONGEST} is the most"
        ));
    }
    if file.ends_with("src/lib.rs") && !text.starts_with("//!") {
        problems.push(format!(
            "{shown} does not open with `//!`: the crate's role, boundary and an example"
        ));
    }
    Ok(problems)
}
