//! The control library of a run.

use std::path::Path;

use anyhow::Context;
use kubescape_library::Library;

/// The library in a folder, or the built-in one.
pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<Library> {
    match folder {
        Some(folder) => Library::from_folder(folder)
            .with_context(|| format!("the control library in {} cannot be used", folder.display())),
        None => kubescape_controls::library().context("the built-in control library cannot be read"),
    }
}
