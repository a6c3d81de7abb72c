//! Terraform configurations among the files of an input.
//!
//! The `kubernetes_*` resources of a folder become the objects that applying them would make, as far as the files of
//! the folder tell: variables have their defaults (or what `terraform.tfvars` and `*.auto.tfvars` say), a resource
//! with `count` or `for_each` is one object. What only applying would tell is left out, with a remark.

mod evaluate;
mod functions;
mod module;
mod objects;
mod schema;
mod template;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kubescape_model::{FileType, Source};
use rayon::prelude::*;

use crate::file::{Loaded, load_objects};
use crate::path::{CollectSettings, Skipped};
use crate::rendered::Rendered;
use module::{File, Module};

/// Whether a file is a configuration.
pub(crate) fn is_configuration(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "tf")
}

/// Reads every configuration among the files. `named` is the file that the user named, as it was typed.
pub(crate) fn load_all(
    files: &[PathBuf],
    root: &Path,
    named: Option<&str>,
    settings: &CollectSettings,
) -> Rendered {
    let mut folders: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
    for file in files.iter().filter(|file| is_configuration(file)) {
        folders
            .entry(file.parent().unwrap_or(file))
            .or_default()
            .push(file);
    }
    let loaded: Vec<Vec<Loaded>> = folders
        .par_iter()
        .map(|(folder, files)| load_folder(folder, files, root, named, settings))
        .collect();
    Rendered {
        files: folders.into_values().flatten().cloned().collect(),
        loaded: loaded.into_iter().flatten().collect(),
        ..Rendered::default()
    }
}

fn load_folder(
    folder: &Path,
    wanted: &[&PathBuf],
    root: &Path,
    named: Option<&str>,
    settings: &CollectSettings,
) -> Vec<Loaded> {
    let mut loaded = Vec::new();
    let (mut files, mut values) = (Vec::new(), Vec::new());
    for path in siblings(folder) {
        let is_wanted = wanted.contains(&&path);
        match module::read(&path, &settings.limits) {
            Ok(text) if is_configuration(&path) => files.push(File::parse(path, text)),
            Ok(text) => values.push(File::parse(path, text)),
            Err(message) if is_wanted => loaded.push(Loaded {
                skipped: vec![Skipped::whole(&path, message)],
                ..Loaded::default()
            }),
            Err(_) => {}
        }
    }
    let module = Module::new(folder, &files, &values, &settings.limits);
    for file in files.iter().filter(|file| wanted.contains(&&file.path)) {
        loaded.push(load_file(file, &module, root, named, settings));
    }
    loaded
}

/// The configurations of a folder, and the files of variables' values in the order in which they count.
fn siblings(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            is_configuration(path) || name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
        })
        .collect();
    files.sort_by_key(|path| (!path.ends_with("terraform.tfvars"), path.clone()));
    files
}

fn load_file(
    file: &File,
    module: &Module<'_>,
    root: &Path,
    named: Option<&str>,
    settings: &CollectSettings,
) -> Loaded {
    if let Err((position, message)) = &file.body {
        return Loaded {
            skipped: vec![Skipped::at(
                &file.path,
                *position,
                format!("parse error: {message}"),
            )],
            ..Loaded::default()
        };
    }
    let relative = file.path.strip_prefix(root).unwrap_or(&file.path);
    let source = Source {
        path: root.to_string_lossy().into_owned(),
        relative_path: relative.to_string_lossy().into_owned(),
        file_type: FileType::Terraform,
        file: file.path.clone(),
        ..Source::default()
    };
    let found = objects::objects(file, module);
    let path = file.path.to_string_lossy();
    let mut loaded = load_objects(
        source,
        &file.text,
        named.unwrap_or(&path),
        found.nodes,
        &settings.filter,
    );
    loaded.remarks.extend(remark(file, &found.unknown));
    loaded
}

/// One remark for all that was left out.
fn remark(file: &File, unknown: &[(usize, std::sync::Arc<str>)]) -> Option<Skipped> {
    const SHOWN: usize = 3;
    let (first, _) = unknown.first()?;
    let lines = kubescape_yaml::LineIndex::new(&file.text);
    let mut shown: Vec<String> = unknown
        .iter()
        .take(SHOWN)
        .map(|(offset, why)| format!("line {}: {why}", lines.position(*offset).line))
        .collect();
    if unknown.len() > SHOWN {
        shown.push("...".to_owned());
    }
    let count = match unknown.len() {
        1 => "1 value is".to_owned(),
        count => format!("{count} values are"),
    };
    Some(Skipped::at(
        &file.path,
        lines.position(*first),
        format!(
            "{count} not known before it is applied, and left out ({})",
            shown.join("; ")
        ),
    ))
}
