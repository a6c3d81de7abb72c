//! Bases that are not on this disk.

use std::path::PathBuf;

use crate::accumulate::{Build, Root, State, append, base, check_cycle, enter, is_url, real};
use crate::error::{KustomizeError, Result};

/// Fetches what an entry names; the error is for the user.
pub type Fetcher<'a> = dyn Fn(&str) -> std::result::Result<Remote, String> + Sync + 'a;

/// What was fetched.
#[derive(Clone, Debug)]
pub enum Remote {
    /// A kustomization in a repository.
    Folder {
        /// Its folder.
        folder: PathBuf,
        /// Root of the repository, which it may not leave.
        repository: PathBuf,
    },
    /// Objects.
    File {
        /// How messages name them.
        name: PathBuf,
        /// Their text.
        text: String,
    },
}

/// Takes the objects of an entry that is not on this disk.
pub(crate) fn resource(
    build: &mut Build<'_>,
    root: &Root,
    entry: &str,
    chain: &mut Vec<PathBuf>,
    state: &mut State,
) -> Result<()> {
    match fetch(build, root, entry)? {
        Remote::File { name, text } => {
            let shown = name.to_string_lossy().into_owned();
            append(build, root, &name, shown, &text.replace("\r\n", "\n"), state)
        }
        Remote::Folder { folder, repository } => {
            check_cycle(&folder, chain)?;
            let outer = build.files.confine(Some(repository));
            let done = base(build, root, entry, &folder, chain, state);
            build.files.confine(outer);
            done
        }
    }
}

/// The folder of an entry, and the repository that what is in it may not leave, if that is another one.
pub(crate) fn folder(
    build: &Build<'_>,
    root: &Root,
    entry: &str,
    chain: &[PathBuf],
) -> Result<(PathBuf, Option<PathBuf>)> {
    if !is_url(entry) {
        return Ok((enter(build, root, entry, chain)?, None));
    }
    match fetch(build, root, entry)? {
        Remote::Folder { folder, repository } => {
            check_cycle(&folder, chain)?;
            Ok((folder, Some(repository)))
        }
        Remote::File { name, .. } => Err(KustomizeError::invalid(
            &root.file,
            format!("{} is no folder with a kustomization", name.display()),
        )),
    }
}

fn fetch(build: &Build<'_>, root: &Root, entry: &str) -> Result<Remote> {
    let failed = |message: String| KustomizeError::Remote {
        path: root.file.clone(),
        message,
    };
    let Some(fetcher) = build.remote else {
        return Err(failed(
            "there is a base that is not on this disk; fetch it first".to_owned(),
        ));
    };
    fetcher(entry).map_err(failed)
}

/// Whether a folder is one that a kustomization of a repository may use.
pub(crate) fn check_inside(build: &Build<'_>, root: &Root, folder: &std::path::Path) -> Result<()> {
    match build.files.confinement() {
        Some(repository) if !real(folder).starts_with(real(repository)) => Err(KustomizeError::invalid(
            &root.file,
            format!(
                "security; bases of a kustomization in a repository must be within it: '{}' is not",
                folder.display()
            ),
        )),
        _ => Ok(()),
    }
}
