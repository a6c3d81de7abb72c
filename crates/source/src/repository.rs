//! What git knows of an input and of its files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use kubescape_git::{Checkout, History, LocalRepository, Location};
use kubescape_model::{Commit, Resource, Source};

use crate::clones::in_repository;
use crate::path::{Collected, absolute};

/// The repository that an input is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// `github`, `gitlab`, `azure`, `bitbucket`, or empty.
    pub provider: String,
    /// Its owner: an account, an organisation, a group with sub-groups.
    pub owner: String,
    /// Its name.
    pub repo: String,
    /// Branch or tag; empty for a commit.
    pub branch: String,
    /// Address of its remote, without `.git` and credentials; `None` without a remote.
    pub remote_url: Option<String>,
    /// The commit that is looked at.
    pub last_commit: Commit,
}

impl Repository {
    pub(crate) fn of_checkout(checkout: &Checkout) -> Self {
        Self {
            branch: checkout.branch.clone(),
            last_commit: commit(&checkout.commit),
            ..Self::of_location(&checkout.location)
        }
    }

    pub(crate) fn of_disk(local: &LocalRepository) -> Self {
        let remote = local.remote_url.as_deref();
        // A remote may be a plain path.
        let known = remote
            .and_then(|url| Location::parse(url).ok())
            .map(|location| Self::of_location(&location));
        Self {
            branch: local.branch.clone(),
            last_commit: local.head.as_ref().map(commit).unwrap_or_default(),
            remote_url: remote.map(without_suffix),
            ..known.unwrap_or_default()
        }
    }

    fn of_location(location: &Location) -> Self {
        Self {
            provider: location.provider.name().to_owned(),
            owner: location.owner.clone(),
            repo: location.repo.clone(),
            remote_url: Some(without_suffix(&location.url)),
            ..Self::default()
        }
    }
}

fn without_suffix(url: &str) -> String {
    let url = url.trim_end_matches('/');
    // A repository with its work tree is `FOLDER/.git`.
    url.strip_suffix(".git")
        .unwrap_or(url)
        .trim_end_matches('/')
        .to_owned()
}

fn commit(commit: &kubescape_git::Commit) -> Commit {
    Commit {
        hash: commit.hash.clone(),
        date: commit.date.clone(),
        committer_name: commit.author.clone(),
        committer_email: commit.email.clone(),
        message: commit.title.clone(),
    }
}

/// Notes for every resource which commit touched its file last. `root` is that of the work tree.
pub(crate) fn note_last_commits(resources: &mut [Resource], history: &History, root: &Path) {
    let mut changes = Changes::default();
    let mut paths: HashMap<String, usize> = HashMap::new();
    let in_root = |source: &Source| {
        let file = absolute(&source.file);
        let inner = file.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
        (!inner.is_empty()).then_some(inner)
    };
    for source in resources.iter().filter_map(|resource| resource.source.as_deref()) {
        if let Some(path) = in_root(source) {
            let next = paths.len();
            paths.entry(path).or_insert(next);
        }
    }
    let mut ordered = vec![String::new(); paths.len()];
    for (path, index) in &paths {
        if let Some(slot) = ordered.get_mut(*index) {
            slot.clone_from(path);
        }
    }
    let commits = history.last_commits(&ordered);
    changes.apply(resources, |source| {
        let known = in_root(source).and_then(|path| paths.get(&path).copied());
        if let Some(Some(found)) = known.and_then(|index| commits.get(index)) {
            source.last_commit = commit(found);
        }
    });
}

/// Takes the temporary folder of a checkout out of everything that reports show.
pub(crate) fn name_by_repository(found: &mut Collected, checkout: &Checkout) {
    let root = &checkout.root;
    let inner = |path: &str| {
        let inner = Path::new(path).strip_prefix(root).ok()?;
        Some(inner.to_string_lossy().into_owned())
    };
    Changes::default().apply(&mut found.resources, |source| {
        source.path.clear();
        if let Some(path) = inner(&source.helm_path) {
            source.helm_path = path;
        }
    });
    for resource in &mut found.resources {
        // What was rendered has absolute names, so that charts of the same path stay apart.
        let Some(path) = resource.source_path.as_deref().and_then(inner) else {
            continue;
        };
        let shown: Arc<str> = in_repository(checkout, Path::new(&path)).into();
        *resource = Resource::new(resource.object.node(), resource.source.clone(), Some(shown));
    }
    for skipped in &mut found.skipped {
        if let Some(path) = inner(&skipped.file.to_string_lossy()) {
            skipped.file = in_repository(checkout, Path::new(&path)).into();
        }
        skipped.message = shorten(&skipped.message, root);
    }
    for failure in &mut found.failures {
        *failure = shorten(failure, root);
    }
}

/// Takes a folder out of a message.
pub(crate) fn shorten(message: &str, root: &Path) -> String {
    let root = root.to_string_lossy();
    message.replace(&format!("{root}/"), "").replace(&*root, ".")
}

/// Changes to sources that several resources share.
#[derive(Default)]
struct Changes {
    /// Old and new, by the old one's address, which stays its own for as long as it is kept here.
    changed: HashMap<usize, (Arc<Source>, Arc<Source>)>,
}

impl Changes {
    fn apply(&mut self, resources: &mut [Resource], mut change: impl FnMut(&mut Source)) {
        for resource in resources {
            let Some(source) = &resource.source else { continue };
            let known = self.changed.entry(Arc::as_ptr(source).addr());
            let (_, changed) = known.or_insert_with(|| {
                let mut changed = (**source).clone();
                change(&mut changed);
                (Arc::clone(source), Arc::new(changed))
            });
            resource.source = Some(Arc::clone(changed));
        }
    }
}
