//! Temporary folders that do not outlive the run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

/// Start of the names of temporary folders.
const PREFIX: &str = "kubescape-git-";

/// The temporary folders of a run. Each goes with its owner; [`Scratch::remove_all`] is for those who end the run
/// without letting the owners know, such as a signal.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    folders: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Scratch {
    /// A new folder.
    pub(crate) fn folder(&self) -> std::io::Result<Folder> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // Links in the path of the temporary folder would make paths below it differ from what they lead to.
        let path = folder.path().canonicalize()?;
        self.lock().insert(path.clone());
        Ok(Folder {
            path,
            folder: Some(folder),
            scratch: self.clone(),
        })
    }

    /// Removes every folder that is left.
    pub fn remove_all(&self) {
        let folders = std::mem::take(&mut *self.lock());
        for folder in folders {
            // Whoever still writes into it may be in the way for a moment.
            for _ in 0..5 {
                if std::fs::remove_dir_all(&folder).is_ok() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A temporary folder.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    folder: Option<TempDir>,
    scratch: Scratch,
}

impl Folder {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.folder.take());
        self.scratch.lock().remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        let scratch = Scratch::default();
        let dropped = scratch.folder().expect("a folder");
        let path = dropped.path().to_owned();
        assert!(path.is_dir());
        drop(dropped);
        assert!(!path.exists());
        let kept = scratch.folder().expect("a folder");
        std::fs::write(kept.path().join("file"), "text").expect("a file");
        scratch.remove_all();
        assert!(!kept.path().exists());
    }
}
