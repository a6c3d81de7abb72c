//! What kind of input is scanned, and the root that paths are relative to.

use std::path::{Path, PathBuf};

/// The kind of the first input decides what reports say of the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// One file.
    File,
    /// A folder or glob within a git repository that has a remote.
    GitLocal,
    /// A folder or glob.
    #[default]
    Directory,
}

/// Where an input stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What it is.
    pub kind: InputKind,
    /// Absolute folder that paths in reports are relative to: the root of the git repository, else the input's.
    pub root: PathBuf,
    /// Absolute path of the input itself.
    pub input: PathBuf,
    /// The repository, when there is one.
    pub repository: Option<Repository>,
}

/// A git repository on disk, as far as its plain files tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// Root of the work tree.
    pub root: PathBuf,
    /// Address of the first remote.
    pub remote_url: Option<String>,
    /// Checked-out branch; empty for a detached head.
    pub branch: String,
}

impl Context {
    /// The context of an input on disk. `input` is absolute.
    pub(crate) fn of(input: &Path) -> Self {
        let is_file = input.is_file();
        let folder = if is_file {
            input.parent().unwrap_or(input)
        } else {
            input
        };
        let repository = Repository::around(folder);
        let kind = match &repository {
            Some(Repository {
                remote_url: Some(_), ..
            }) => InputKind::GitLocal,
            _ if is_file => InputKind::File,
            _ => InputKind::Directory,
        };
        let root = repository
            .as_ref()
            .map_or_else(|| folder.to_owned(), |repository| repository.root.clone());
        Self {
            kind,
            root,
            input: input.to_owned(),
            repository,
        }
    }
}

impl Repository {
    /// The repository whose work tree holds the folder.
    fn around(folder: &Path) -> Option<Self> {
        let root = folder.ancestors().find(|folder| folder.join(".git").exists())?;
        let git = git_folder(root);
        let head = std::fs::read_to_string(git.join("HEAD")).unwrap_or_default();
        let config = std::fs::read_to_string(git.join("config")).unwrap_or_default();
        Some(Self {
            root: root.to_owned(),
            remote_url: first_remote(&config),
            branch: head
                .trim()
                .strip_prefix("ref: refs/heads/")
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// `.git`, or the folder that a `.git` file of a worktree names.
fn git_folder(root: &Path) -> PathBuf {
    let git = root.join(".git");
    match std::fs::read_to_string(&git) {
        Ok(text) => text
            .trim()
            .strip_prefix("gitdir:")
            .map_or(git, |path| root.join(path.trim())),
        Err(_) => git,
    }
}

fn first_remote(config: &str) -> Option<String> {
    let mut in_remote = false;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            in_remote = line.starts_with("[remote ");
        } else if in_remote
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "url"
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}
