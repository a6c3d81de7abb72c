//! The pages of the controls, made from the library, and an index by framework and severity.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::bail;
use kubescape_library::Library;
use kubescape_report::control_page;

use crate::root;

/// Writes the pages, or fails when some of them are not what they would be.
pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let library = Library::from_folder(&root().join("controls"))?;
    let pages = pages(&library);
    let folder = root().join("docs/controls");
    let stale = stale(&folder, &pages)?;
    if stale.is_empty() {
        return Ok(());
    }
    if check {
        bail!("out of date: {}; run `cargo xtask docs`", stale.join(", "));
    }
    fs::create_dir_all(&folder)?;
    for name in stale {
        match pages.get(&name) {
            Some(text) => fs::write(folder.join(name), text)?,
            None => fs::remove_file(folder.join(name))?,
        }
    }
    Ok(())
}

/// Names of the pages that are missing, differ, or have no control any more.
fn stale(folder: &Path, pages: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let mut stale: Vec<String> = pages
        .iter()
        .filter(|(name, text)| fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| name.clone())
        .collect();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !pages.contains_key(&name) {
                stale.push(name);
            }
        }
    }
    Ok(stale)
}

fn pages(library: &Library) -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = library
        .controls
        .iter()
        .map(|control| {
            let rules: Vec<_> = control
                .rules
                .iter()
                .filter_map(|name| library.rules.get(name))
                .collect();
            (
                format!("{}.md", control.id),
                control_page(control, library.texts(&control.id), &rules),
            )
        })
        .collect();
    pages.insert("README.md".to_owned(), index(library));
    pages
}

fn index(library: &Library) -> String {
    let mut text = "# Controls\n\nMade from the control library by `cargo xtask docs`; edit the files in `controls/`.\n\n".to_owned();
    text.push_str("| control | severity | frameworks |\n|---|---|---|\n");
    let mut controls: Vec<_> = library.controls.iter().collect();
    controls.sort_by(|a, b| {
        b.base_score
            .total_cmp(&a.base_score)
            .then_with(|| a.id.cmp(&b.id))
    });
    for control in controls {
        let frameworks: Vec<&str> = control.frameworks.keys().map(String::as_str).collect();
        let _ = writeln!(
            text,
            "| [{id}]({id}.md) {name} | {severity} | {frameworks} |",
            id = control.id,
            name = control.name,
            severity = control.severity(),
            frameworks = frameworks.join(", ")
        );
    }
    for framework in &library.frameworks {
        let _ = writeln!(
            text,
            "\n## {}\n\n{}\n",
            framework.name,
            framework.description.trim()
        );
        if framework.controls.len() == library.controls.len() {
            text.push_str("All controls.\n");
            continue;
        }
        for control in framework.controls.iter().filter_map(|id| library.control(id)) {
            let _ = writeln!(
                text,
                "- [{id}]({id}.md) {name}",
                id = control.id,
                name = control.name_in(&framework.name)
            );
        }
    }
    text
}
