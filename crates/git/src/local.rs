//! The repository around a folder on disk.

use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::remote::Direction;

use crate::commit::Commit;
use crate::history::History;
use crate::location::without_credentials;

/// A repository on disk.
#[derive(Clone, Debug)]
pub struct LocalRepository {
    /// Root of the work tree.
    pub root: PathBuf,
    /// Address of its remote, without credentials: that of the branch, `origin`, or the first.
    pub remote_url: Option<String>,
    /// Checked-out branch; empty for a detached head.
    pub branch: String,
    /// The commit that is checked out.
    pub head: Option<Commit>,
    /// What came before it.
    pub history: Option<History>,
}

impl LocalRepository {
    /// The repository whose work tree holds a folder. Only its own files are read, no settings of the user or the
    /// machine; its owner may be anyone, as nothing of it is run.
    pub fn around(folder: &Path) -> Option<Self> {
        // Most folders that are scanned are in no repository: spare the search its work.
        folder.ancestors().find(|folder| folder.join(".git").exists())?;
        let options = gix::discover::upwards::Options {
            trust: gix::discover::upwards::TrustPolicy::Assume(gix::sec::Trust::Full),
            cross_fs: true,
            ..Default::default()
        };
        let (path, _) = gix::discover::upwards_opts(folder, options).ok()?;
        let (git, root) = path.into_repository_and_work_tree_directories();
        let root = root?;
        let repository = open(&git)?;
        let objects = repository.common_dir().join("objects");
        let head = repository.head_id().ok().map(gix::Id::detach);
        let branch = repository.head_name().ok().flatten();
        Some(Self {
            root: absolute_like(&root, folder),
            remote_url: remote_url(&repository),
            branch: branch
                .map(|name| name.shorten().to_str_lossy().into_owned())
                .unwrap_or_default(),
            head: head.and_then(|id| {
                let handle = gix::odb::at(&objects, repository.object_hash()).ok()?;
                Commit::read(&handle, id)
            }),
            history: head.map(|tip| History {
                objects,
                tip,
                shallow: shallow(&repository),
            }),
        })
    }
}

/// Opens a repository without looking at anything but its own files.
pub(crate) fn open(path: &Path) -> Option<gix::Repository> {
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
    gix::open_opts(path, options).ok()
}

pub(crate) fn shallow(repository: &gix::Repository) -> std::collections::HashSet<gix::ObjectId> {
    let commits = repository.shallow_commits().ok().flatten();
    commits
        .map(|commits| commits.iter().copied().collect())
        .unwrap_or_default()
}

fn remote_url(repository: &gix::Repository) -> Option<String> {
    let names = repository.remote_names();
    let of_branch = repository.head_name().ok().flatten().and_then(|branch| {
        repository
            .branch_remote_name(branch.shorten(), Direction::Fetch)
            .map(|name| name.as_bstr().to_owned())
    });
    let name = of_branch
        .filter(|name| names.iter().any(|known| *known == *name))
        .or_else(|| names.iter().find(|name| **name == "origin").cloned())
        .or_else(|| names.first().cloned())?;
    let remote = repository.find_remote(name.as_bstr()).ok()?;
    let url = remote.url(Direction::Fetch)?.to_bstring();
    Some(without_credentials(&url.to_str_lossy()))
}

/// The root as the user knows it: an ancestor of the folder, links included.
fn absolute_like(root: &Path, folder: &Path) -> PathBuf {
    let same = |ancestor: &&Path| ancestor.join(".git").exists();
    folder
        .ancestors()
        .find(same)
        .filter(|ancestor| ancestor.canonicalize().ok() == root.canonicalize().ok())
        .map_or_else(|| root.to_owned(), Path::to_owned)
}
