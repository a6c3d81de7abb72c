//! The library's texts and the files' lines, for formats that show them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use kubescape_library::Library;
use kubescape_model::{ControlTexts, Source};
use kubescape_report::Words;

/// Reads files again when their lines are shown; the last ones are kept.
pub(super) struct LibraryWords<'a> {
    library: &'a Library,
    files: Mutex<HashMap<PathBuf, Option<Arc<str>>>>,
}

/// Files that are kept.
const KEPT: usize = 64;

impl<'a> LibraryWords<'a> {
    pub(super) fn new(library: &'a Library) -> Self {
        Self {
            library,
            files: Mutex::default(),
        }
    }
}

impl Words for LibraryWords<'_> {
    fn texts(&self, control_id: &str) -> &ControlTexts {
        self.library.texts(control_id)
    }

    fn file(&self, source: &Source) -> Option<Arc<str>> {
        if let Some(rendering) = &source.rendering {
            return Some(Arc::clone(&rendering.text));
        }
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = files.get(&source.file) {
            return text.clone();
        }
        if files.len() >= KEPT {
            files.clear();
        }
        let text: Option<Arc<str>> = std::fs::read_to_string(&source.file).ok().map(Into::into);
        files.insert(source.file.clone(), text.clone());
        text
    }
}
