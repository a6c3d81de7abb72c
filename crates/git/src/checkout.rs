//! A state of a repository as files on disk, for as long as it is needed.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::FindExt;

use crate::abbreviation::{Abbreviation, LEAST_DIGITS};
use crate::commit::Commit;
use crate::error::{GitError, Result};
use crate::fetch::{Request, Session, Store};
use crate::history::History;
use crate::local;
use crate::location::{Location, Scheme, Wanted};
use crate::reference::{Chosen, Offered, choose, prefixes};
use crate::scratch::Folder;
use crate::settings::{GitSettings, Trust};
use crate::worktree;

/// Generations of commits that are fetched when the history is wanted: enough for nearly all files of nearly all
/// repositories, at a cost that does not grow with their age.
const HISTORY_DEPTH: u32 = 1000;

/// The files of a repository. They are gone when this is.
#[derive(Debug)]
pub struct Checkout {
    /// What was asked for; the path is that in the repository.
    pub location: Location,
    /// Root of the files.
    pub root: PathBuf,
    /// The branch or tag; empty when a commit was asked for.
    pub branch: String,
    /// The commit.
    pub commit: Commit,
    /// Remarks: what of the repository was left out, and why.
    pub remarks: Vec<String>,
    /// What came before the commit, if it was asked for and could be had.
    pub history: Option<History>,
    /// How messages name the commit.
    shown: String,
    _folder: Folder,
}

impl Checkout {
    /// Gets a repository: only the commit that is wanted, and only what it holds.
    pub fn get(location: &Location, settings: &GitSettings, trust: Trust) -> Result<Self> {
        let folder = settings
            .scratch
            .folder()
            .map_err(|source| GitError::disk(&std::env::temp_dir(), source))?;
        let source = match location.scheme {
            Scheme::File => Source::on_disk(location)?,
            _ => Source::fetched(location, settings, trust, folder.path())?,
        };
        Self::write(location, folder, source)
    }

    /// The file or folder that the address names.
    pub fn input(&self) -> PathBuf {
        self.root.join(&self.location.path)
    }

    /// A file or folder below the one that the address names.
    pub fn resolve(&self, path: &str) -> Result<PathBuf> {
        // Joining with nothing would add a separator.
        let input = if self.location.path.is_empty() {
            self.root.clone()
        } else {
            self.input()
        };
        let found = if path.is_empty() { input } else { input.join(path) };
        if found
            .canonicalize()
            .is_ok_and(|found| found.starts_with(&self.root))
        {
            return Ok(found);
        }
        let path = found.strip_prefix(&self.root).unwrap_or(&found);
        Err(GitError::NoPath {
            url: self.location.url.clone(),
            path: path.to_string_lossy().into_owned(),
            reference: self.shown.clone(),
        })
    }

    fn write(location: &Location, folder: Folder, source: Source) -> Result<Self> {
        let url = &location.url;
        let damaged = |problem: gix::Error| GitError::Server {
            url: url.clone(),
            problem: format!("the repository is damaged: {problem}"),
        };
        let objects = gix::odb::at(&source.objects, gix::hash::Kind::Sha1)
            .map_err(|error| GitError::disk(&source.objects, error))?;
        let mut buffer = Vec::new();
        let tree = objects
            .find_commit(&source.chosen.commit, &mut buffer)
            .map_err(damaged)?
            .tree();
        let root = folder.path().join(folder_name(&location.repo));
        std::fs::create_dir(&root).map_err(|error| GitError::disk(&root, error))?;
        let mut remarks = worktree::write(&objects, tree, &root, url)?;
        remarks.extend(source.remark);
        let mut location = location.clone();
        location.wanted = match source.chosen.branch.as_str() {
            "" => Wanted::Reference(source.chosen.shown.clone()),
            branch => Wanted::Reference(branch.to_owned()),
        };
        let path = [source.chosen.path.as_str(), location.path.as_str()].join("/");
        path.trim_matches('/').clone_into(&mut location.path);
        let checkout = Self {
            commit: Commit::read(&objects, source.chosen.commit).unwrap_or_default(),
            branch: source.chosen.branch,
            root,
            remarks,
            history: source.history,
            shown: source.chosen.shown,
            _folder: folder,
            location,
        };
        checkout.resolve("")?;
        Ok(checkout)
    }
}

/// A name that is safe for a folder.
fn folder_name(repo: &str) -> String {
    let safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let name: String = repo
        .chars()
        .filter(|character| safe(*character))
        .take(100)
        .collect();
    if name.trim_matches('.').is_empty() {
        "repository".to_owned()
    } else {
        name
    }
}

/// Where the objects of a commit are.
struct Source {
    objects: PathBuf,
    chosen: Chosen,
    history: Option<History>,
    remark: Option<String>,
}

impl Source {
    /// A repository of this machine is used where it is.
    fn on_disk(location: &Location) -> Result<Self> {
        let path = PathBuf::from(location.url.strip_prefix("file://").unwrap_or(&location.url));
        let repository = local::open(&path).ok_or_else(|| GitError::NoRepository {
            url: location.url.clone(),
            hint: "; check the address".to_owned(),
        })?;
        let offered = offered_on_disk(&repository);
        let objects = repository.common_dir().join("objects");
        let chosen = match (chosen(location, &offered), Abbreviation::of(&location.wanted)) {
            (Err(error @ GitError::NoReference { .. }), Some(abbreviation)) => {
                abbreviation.find(&objects, location)?.ok_or(error)?
            }
            (chosen, _) => chosen?,
        };
        let there = repository
            .find_object(chosen.commit)
            .is_ok_and(|object| object.kind == gix::objs::Kind::Commit);
        if !there {
            return Err(no_reference(location, &chosen.shown, &offered));
        }
        Ok(Self {
            history: Some(History {
                objects: objects.clone(),
                tip: chosen.commit,
                shallow: local::shallow(&repository),
            }),
            objects,
            chosen,
            remark: None,
        })
    }

    fn fetched(location: &Location, settings: &GitSettings, trust: Trust, folder: &Path) -> Result<Self> {
        let store = Store::create(&folder.join("store"))?;
        let mut session = Session::open(location, settings, trust)?;
        let offered = session.offered(&prefixes(&location.wanted))?;
        let mut is_complete = false;
        let chosen = match (chosen(location, &offered), Abbreviation::of(&location.wanted)) {
            (Err(error @ GitError::NoReference { .. }), Some(abbreviation)) => {
                drop(session);
                is_complete = commits_of_all(location, settings, trust, &store)?;
                session = Session::open(location, settings, trust)?;
                session.offered(&prefixes(&Wanted::Default))?;
                abbreviation.find(&store.objects(), location)?.ok_or(error)?
            }
            (chosen, _) => chosen?,
        };
        let newest = Request {
            wants: vec![chosen.commit],
            depth: 1,
            ..Request::default()
        };
        if is_complete {
            // The commit came with those of all branches.
        } else if !chosen.unnamed || session.gives_any_commit() {
            session.fetch(&store, &newest).map_err(|error| match error {
                // What servers say to a commit that they do not have comes where a pack should, if at all.
                GitError::Server { problem, .. }
                    if chosen.unnamed && problem.contains("non-side channel line") =>
                {
                    no_reference(location, &chosen.shown, &offered)
                }
                GitError::NoReference { .. } => no_reference(location, &chosen.shown, &offered),
                error => error,
            })?;
        } else {
            // The server gives only what branches and tags lead to, so all of that has to come.
            let mut wants: Vec<ObjectId> = offered.iter().map(|offered| offered.commit).collect();
            wants.sort_unstable();
            wants.dedup();
            session.fetch(
                &store,
                &Request {
                    wants,
                    ..Request::default()
                },
            )?;
        }
        drop(session);
        let mut buffer = Vec::new();
        if store.open()?.find_commit(&chosen.commit, &mut buffer).is_err() {
            return Err(no_reference(location, &chosen.shown, &offered));
        }
        let fetched = settings
            .history
            .then(|| history(location, settings, trust, &store, &chosen));
        let (history, remark) = match fetched {
            None => (None, None),
            Some(Ok(history)) => (Some(history), None),
            Some(Err(error)) => (None, Some(format!("without the last commits of files: {error}"))),
        };
        Ok(Self {
            objects: store.objects(),
            chosen,
            history,
            remark,
        })
    }
}

/// Gets the commits of all branches and tags, without what files held where the server can be asked for a single commit
/// later. Gives whether all came.
fn commits_of_all(location: &Location, settings: &GitSettings, trust: Trust, store: &Store) -> Result<bool> {
    let mut session = Session::open(location, settings, trust)?;
    let offered = session.offered(&["refs/heads/".to_owned(), "refs/tags/".to_owned()])?;
    let mut wants: Vec<ObjectId> = offered.iter().map(|offered| offered.commit).collect();
    wants.sort_unstable();
    wants.dedup();
    let without_files = session.gives_any_commit();
    let request = Request {
        wants,
        without_files,
        ..Request::default()
    };
    session.fetch(store, &request)?;
    Ok(!without_files)
}

/// Gets the commits before one, and what folders held then: that tells who touched what, and is a fraction of all.
fn history(
    location: &Location,
    settings: &GitSettings,
    trust: Trust,
    store: &Store,
    chosen: &Chosen,
) -> Result<History> {
    let mut session = Session::open(location, settings, trust)?;
    session.offered(&prefixes(&Wanted::Default))?;
    session.fetch(
        store,
        &Request {
            wants: vec![chosen.commit],
            haves: vec![chosen.commit],
            depth: HISTORY_DEPTH,
            without_files: true,
        },
    )?;
    Ok(History {
        objects: store.objects(),
        tip: chosen.commit,
        shallow: read_shallow(&store.shallow_file()),
    })
}

fn read_shallow(file: &Path) -> std::collections::HashSet<ObjectId> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| ObjectId::from_hex(line.trim().as_bytes()).ok())
        .collect()
}

fn chosen(location: &Location, offered: &[Offered]) -> Result<Chosen> {
    choose(&location.wanted, offered).ok_or_else(|| match &location.wanted {
        Wanted::Default => GitError::Empty {
            url: location.url.clone(),
        },
        Wanted::Reference(name) | Wanted::ReferenceAndPath(name) => no_reference(location, name, offered),
    })
}

fn no_reference(location: &Location, name: &str, offered: &[Offered]) -> GitError {
    let digits = name.split('/').next().unwrap_or_default();
    let is_hash = (4..40).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let head = offered
        .iter()
        .find(|offered| offered.name == "HEAD")
        .and_then(|head| head.target.as_deref());
    let hint = match head.and_then(|head| head.strip_prefix("refs/heads/")) {
        _ if is_hash && digits.len() < LEAST_DIGITS => {
            format!("; a commit needs at least {LEAST_DIGITS} digits of its hash")
        }
        _ if is_hash => "; no commit of its branches and tags starts with these digits".to_owned(),
        Some(head) => format!("; the default branch is {head:?}"),
        None => String::new(),
    };
    GitError::NoReference {
        url: location.url.clone(),
        reference: name.to_owned(),
        hint,
    }
}

fn offered_on_disk(repository: &gix::Repository) -> Vec<Offered> {
    let mut offered = Vec::new();
    if let Ok(commit) = repository.head_id() {
        let target = repository.head_name().ok().flatten();
        offered.push(Offered {
            name: "HEAD".to_owned(),
            commit: commit.detach(),
            target: target.map(|name| name.as_bstr().to_string()),
        });
    }
    let Ok(platform) = repository.references() else {
        return offered;
    };
    let Ok(references) = platform.all() else {
        return offered;
    };
    for mut reference in references.flatten() {
        let name = reference.name().as_bstr().to_string();
        if let Ok(id) = reference.peel_to_id() {
            offered.push(Offered {
                name,
                commit: id.detach(),
                target: None,
            });
        }
    }
    offered
}
