//! The control library of a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use kubescape_library::{Artifacts, Library, artifact_files, artifact_named};
use kubescape_model::{ExceptionPolicy, PolicyDegradation};
use kubescape_policy::exceptions::read_exceptions;

use crate::args::LibraryFlags;
use crate::log::Log;

/// A library, and what it should have and lacks.
pub(crate) struct LoadedLibrary {
    pub(crate) library: Library,
    pub(crate) degradations: Vec<PolicyDegradation>,
}

/// The library that the flags name, or the built-in one; custom rules come on top.
pub(crate) fn load(flags: &LibraryFlags, cache: &Path, log: Log) -> anyhow::Result<LoadedLibrary> {
    let mut loaded = replacement(flags, cache, log)?;
    if let Some(folder) = &flags.custom_rules {
        loaded
            .library
            .add_custom_rules(folder)
            .context("the custom rules cannot be used")?;
    }
    Ok(loaded)
}

fn replacement(flags: &LibraryFlags, cache: &Path, log: Log) -> anyhow::Result<LoadedLibrary> {
    let whole = |library| LoadedLibrary {
        library,
        degradations: Vec::new(),
    };
    if let Some(folder) = &flags.library {
        return from_folder(folder).map(whole);
    }
    if let Some(folder) = &flags.use_artifacts_from {
        return from_artifacts(folder, log);
    }
    if flags.use_default {
        if !cache.is_dir() {
            bail!(
                "there are no downloaded policies in {}: run `kubescape download artifacts` first",
                cache.display()
            );
        }
        return from_artifacts(cache, log);
    }
    if !flags.use_from.is_empty() {
        let built_in = built_in()?;
        let mut library = joined(&flags.use_from, &built_in, log).context("--use-from")?;
        library.exceptions.extend(built_in.exceptions);
        library.attack_tracks.extend(built_in.attack_tracks);
        return Ok(whole(library));
    }
    built_in().map(whole)
}

/// The library in a folder.
pub(crate) fn from_folder(folder: &Path) -> anyhow::Result<Library> {
    if !folder.is_dir() {
        bail!(
            "there is no control library in {}: it is no folder",
            folder.display()
        );
    }
    Library::from_folder(folder)
        .with_context(|| format!("the control library in {} cannot be used", folder.display()))
}

/// The library in this program.
pub(crate) fn built_in() -> anyhow::Result<Library> {
    kubescape_controls::library().context("the built-in control library cannot be read")
}

/// The exceptions of a file. One that cannot be read is an error: findings must not come back unnoticed, or stay away
/// because of a typo.
pub(crate) fn read_exceptions_file(path: &Path) -> anyhow::Result<Vec<Arc<ExceptionPolicy>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    read_exceptions(&text).map_err(|error| anyhow::anyhow!("{}:{error}", path.display()))
}

/// The library in files of artefacts; what they name and no file has is left out with a warning.
fn joined(files: &[PathBuf], base: &Library, log: Log) -> anyhow::Result<Library> {
    let Artifacts { library, warnings } = Library::from_artifacts(files, base)?;
    for warning in warnings {
        log.warning(&warning);
    }
    Ok(library)
}

fn from_artifacts(path: &Path, log: Log) -> anyhow::Result<LoadedLibrary> {
    let folder = if path.is_file() {
        path.parent().unwrap_or(Path::new("."))
    } else {
        path
    };
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    let files: Vec<PathBuf> = artifact_files(folder)?
        .into_iter()
        .filter(|file| !file.ends_with("config.json"))
        .collect();
    let mut library = joined(&files, &built_in()?, log)
        .with_context(|| format!("the artifacts in {} cannot be used", folder.display()))?;
    let exceptions = artifact_named(folder, &["exceptions"]);
    if let Some(exceptions) = exceptions {
        library.exceptions = read_exceptions_file(&exceptions)?;
    }
    let missing: [(&str, &[&str]); 2] = [
        ("exceptions", &["exceptions"]),
        ("controlInputs", &["controls-inputs", "default_config_inputs"]),
    ];
    let degradations = missing
        .into_iter()
        .filter(|(_, names)| artifact_named(folder, names).is_none())
        .map(|(component, names)| PolicyDegradation {
            component: component.to_owned(),
            reason: format!(
                "there is no {}.json in {}",
                names.join(".json or "),
                folder.display()
            ),
        })
        .collect();
    Ok(LoadedLibrary {
        library,
        degradations,
    })
}
