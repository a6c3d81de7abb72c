//! Files, folders and globs on disk, and repositories that are fetched to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{WalkBuilder, WalkState};
use kubescape_git::{GitSettings, Location, without_credentials};
use kubescape_helm::RenderOptions;
use kubescape_model::{Resource, ResourceFilter};
use kubescape_yaml::{Limits, Position, YamlError};
use rayon::prelude::*;

use crate::clones::{Clones, Fetched};
use crate::context::{Context, Place};
use crate::error::CollectError;
use crate::exclude::Exclusions;
use crate::file::{Loaded, Place as FilePlace, load};
use crate::repository::{name_by_repository, note_last_commits};
use crate::{helm, kustomize, terraform};

/// What to collect and how.
#[derive(Clone, Debug, Default)]
pub struct CollectSettings {
    /// Files, folders, globs or addresses of repositories, as the user typed them.
    pub inputs: Vec<String>,
    /// Patterns in gitignore syntax, relative to each input's root.
    pub exclude: Vec<String>,
    /// Whether `.kubescapeignore` at the root of an input is read.
    pub use_ignore_file: bool,
    /// Bounds on each file.
    pub limits: Limits,
    /// Which objects are kept.
    pub filter: ResourceFilter,
    /// How charts are rendered.
    pub helm: RenderOptions,
    /// How repositories are fetched.
    pub git: GitSettings,
    /// Whether kustomizations may name bases that are not on this disk.
    pub allow_network: bool,
    /// Whether it is looked up which commit touched which file last.
    pub last_commits: bool,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Collected {
    /// The objects, in the order of inputs, files and documents.
    pub resources: Vec<Resource>,
    /// Documents that could not be used, and remarks on others.
    pub skipped: Vec<Skipped>,
    /// Errors in files that the user named one by one: the scan goes on, but must not end well.
    pub failures: Vec<String>,
    /// The first input.
    pub context: Context,
    /// Objects before any filter.
    pub objects: usize,
    /// The files of repositories that were fetched are there for as long as this is.
    pub fetched: Fetched,
}

impl Collected {
    /// Adds what another input gave.
    fn add(&mut self, is_first: bool, found: Self) {
        if is_first {
            self.context = found.context;
        }
        self.resources.extend(found.resources);
        self.skipped.extend(found.skipped);
        self.failures.extend(found.failures);
        self.objects += found.objects;
    }
}

/// A document, or a whole file, that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for Skipped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.file.display(), self.message)
    }
}

impl Skipped {
    pub(crate) fn whole(file: &Path, message: String) -> Self {
        Self {
            file: file.to_owned(),
            message,
        }
    }

    pub(crate) fn at(file: &Path, position: Position, message: String) -> Self {
        Self {
            file: format!("{}:{position}", file.display()).into(),
            message,
        }
    }

    pub(crate) fn document(file: &Path, index: usize, error: &YamlError) -> Self {
        let message = format!("parse error: document {index}: {}", error.message);
        Self::at(file, error.position, message)
    }
}

/// Collects the objects of all inputs. An input that cannot be had, or has no object, is an error when it is the only
/// one, and a failure beside others; a document that cannot be read is only reported.
pub fn collect(settings: &CollectSettings) -> Result<Collected, CollectError> {
    let clones = Clones::new(&settings.git, settings.allow_network);
    let mut run = Run {
        settings,
        clones: &clones,
        roots_of_paths: BTreeMap::new(),
        seen_files: BTreeSet::new(),
    };
    let mut all = Collected::default();
    let mut first_error = None;
    let mut is_first = true;
    for input in &settings.inputs {
        match run.input(input) {
            Ok(Some(found)) => {
                all.add(is_first, found);
                is_first = false;
            }
            // Another input has all of its files.
            Ok(None) => {}
            Err(error) => {
                all.failures.push(error.to_string());
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        Some(error) if is_first => Err(error),
        _ => {
            all.fetched = clones.into_fetched();
            Ok(all)
        }
    }
}

/// What the inputs of a run share.
struct Run<'a> {
    settings: &'a CollectSettings,
    clones: &'a Clones<'a>,
    roots_of_paths: BTreeMap<String, PathBuf>,
    seen_files: BTreeSet<PathBuf>,
}

impl Run<'_> {
    /// The objects of an input; `None` if other inputs have all of its files.
    fn input(&mut self, input: &str) -> Result<Option<Collected>, CollectError> {
        let is_url = input.contains("://") && Location::is_url(input);
        let is_address = is_url || Location::is_url_or_host(input) && !Path::new(input).exists();
        if !is_address {
            return self.files(input, input, Place::on_disk);
        }
        let shown = without_credentials(input);
        let (checkout, path) = self.clones.input(input).map_err(CollectError::Repository)?;
        let root = checkout.root.clone();
        let path = path.to_string_lossy().into_owned();
        self.files(&path, &shown, |_| Place::fetched(checkout))
            .map_err(|error| error.shortened(&root, &shown))
    }

    /// The objects of files.
    fn files(
        &mut self,
        path: &str,
        shown: &str,
        place: impl FnOnce(&Path) -> Place,
    ) -> Result<Option<Collected>, CollectError> {
        let settings = self.settings;
        let listed = list(path, shown, settings)?;
        let place = place(&listed.root);
        let context = place.context.clone();
        let mut found = if let Some(folder) = kustomize::named(&listed.root) {
            let loaded = kustomize::build_named(&folder, path, &context.root, settings, self.clones)?;
            finish(shown, context, vec![loaded], &settings.filter)?
        } else {
            let Some((loaded, failures)) = self.load(path, listed, &context) else {
                return Ok(None);
            };
            let mut found = finish(shown, context, loaded, &settings.filter)?;
            if !failures.is_empty() {
                found.failures.push(format!(
                    "failed to load one or more manifests from {shown:?}: {}",
                    failures.join("; ")
                ));
            }
            found
        };
        if settings.last_commits
            && let Some(history) = &place.history
        {
            note_last_commits(&mut found.resources, history, &place.context.root);
        }
        if let Some(checkout) = &place.checkout {
            found.skipped.extend(
                checkout
                    .remarks
                    .iter()
                    .map(|remark| Skipped::whole(&checkout.root, remark.clone())),
            );
            name_by_repository(&mut found, checkout);
        }
        Ok(Some(found))
    }

    /// Renders and reads the files of an input. Gives what is wrong with a file that the user named, too.
    fn load(&mut self, path: &str, listed: Listed, context: &Context) -> Option<(Vec<Loaded>, Vec<String>)> {
        let settings = self.settings;
        let root = context.root.to_string_lossy().into_owned();
        let files: Vec<PathBuf> = listed
            .files
            .iter()
            .filter(|file| self.seen_files.insert((*file).clone()))
            .cloned()
            .collect();
        let mut rendered = kustomize::build_all(&files, &context.root, settings, self.clones);
        let rest: Vec<PathBuf> = files
            .iter()
            .filter(|file| !rendered.covers(file))
            .cloned()
            .collect();
        rendered.extend(helm::render_all(&rest, &root, settings));
        let rest: Vec<PathBuf> = rest.into_iter().filter(|file| !rendered.covers(file)).collect();
        let named = listed.explicit.then_some(path);
        rendered.extend(terraform::load_all(&rest, &context.root, named, settings));
        let files: Vec<PathBuf> = files.into_iter().filter(|file| !rendered.covers(file)).collect();
        let relatives: Vec<String> = files
            .iter()
            .map(|file| relative(file, &context.root, &mut self.roots_of_paths))
            .collect();
        let mut loaded: Vec<Loaded> = files
            .par_iter()
            .zip(&relatives)
            .map(|(file, relative)| {
                load(
                    &FilePlace {
                        file,
                        root: &root,
                        relative,
                    },
                    &settings.limits,
                    &settings.filter,
                )
            })
            .collect();
        if files.is_empty() && rendered.is_empty() && !listed.files.is_empty() {
            return None;
        }
        let unreadable = Loaded {
            skipped: listed.unreadable,
            ..Loaded::default()
        };
        loaded.insert(0, unreadable);
        rendered.join(&mut loaded);
        let failures: Vec<String> = if listed.explicit {
            loaded
                .iter()
                .flat_map(|loaded| &loaded.skipped)
                .map(ToString::to_string)
                .collect()
        } else {
            Vec::new()
        };
        Some((loaded, failures))
    }
}

/// Joins what files gave; an input without objects is an error.
pub(crate) fn finish(
    input: &str,
    context: Context,
    loaded: Vec<Loaded>,
    filter: &ResourceFilter,
) -> Result<Collected, CollectError> {
    let mut collected = Collected {
        context,
        ..Collected::default()
    };
    let mut kept_by_kind = 0;
    for file in loaded {
        collected.resources.extend(file.resources);
        collected.skipped.extend(file.skipped);
        collected.skipped.extend(file.remarks);
        collected.objects += file.objects;
        kept_by_kind += file.kept_by_kind;
    }
    if collected.objects == 0 {
        return Err(CollectError::NoResources {
            input: input.to_owned(),
            skipped: collected.skipped,
        });
    }
    if kept_by_kind == 0 && !filter.kinds.is_empty() {
        return Err(CollectError::KindFilter(filter.kinds.to_string()));
    }
    Ok(collected)
}

/// The files of an input.
struct Listed {
    /// The input's root (for a glob its folder; for a file the file).
    root: PathBuf,
    files: Vec<PathBuf>,
    /// The user named this one file.
    explicit: bool,
    /// Folders and links that could not be looked into.
    unreadable: Vec<Skipped>,
}

fn list(path: &str, shown: &str, settings: &CollectSettings) -> Result<Listed, CollectError> {
    let input = path;
    let path = absolute(Path::new(input));
    let none = |excluded| CollectError::NoFiles {
        input: shown.to_owned(),
        excluded,
    };
    if path.is_file() {
        let exclusions = exclusions(path.parent().unwrap_or(&path), settings)?;
        if exclusions.excludes(&path, false) {
            return Err(none(true));
        }
        return Ok(Listed {
            files: vec![path.clone()],
            root: path,
            explicit: true,
            unreadable: Vec::new(),
        });
    }
    if !path.is_dir() && !input.contains(['*', '?', '[']) {
        return Err(CollectError::NoSuchPath {
            input: shown.to_owned(),
            reason: what_is_at(&path),
        });
    }
    let (folder, pattern) = if path.is_dir() {
        (path, None)
    } else {
        glob(input, &path)?.ok_or_else(|| none(false))?
    };
    let exclusions = exclusions(&folder, settings)?;
    let Walked {
        mut files,
        unreadable,
    } = walk(&folder, &exclusions);
    if let Some(pattern) = pattern {
        let matches = wildcard(&pattern)?;
        files.retain(|file| {
            file.file_name()
                .is_some_and(|name| matches.matched(name, false).is_ignore())
        });
    }
    if files.is_empty() {
        return Err(match unreadable.is_empty() {
            true => none(!exclusions.is_empty()),
            false => CollectError::NoResources {
                input: shown.to_owned(),
                skipped: unreadable,
            },
        });
    }
    Ok(Listed {
        root: folder,
        files,
        explicit: false,
        unreadable,
    })
}

/// Why a path that is neither file nor folder cannot be scanned.
fn what_is_at(path: &Path) -> &'static str {
    if path.exists() {
        "it is a pipe or a device; `-` scans standard input"
    } else if path.is_symlink() {
        "the link leads nowhere"
    } else {
        "there is no such file or folder"
    }
}

fn exclusions(root: &Path, settings: &CollectSettings) -> Result<Exclusions, CollectError> {
    Exclusions::new(root, &settings.exclude, settings.use_ignore_file)
}

/// Folder and file pattern of a glob: the pattern stands behind the last separator and holds at any depth.
fn glob(input: &str, path: &Path) -> Result<Option<(PathBuf, Option<String>)>, CollectError> {
    let is_pattern = |text: &str| text.contains(['*', '?', '[']);
    if !is_pattern(input) {
        return Ok(None);
    }
    let folder = path.parent().unwrap_or(path).to_owned();
    if is_pattern(&folder.to_string_lossy()) && !folder.is_dir() {
        return Err(CollectError::Pattern {
            pattern: input.to_owned(),
            reason: "wildcards may only stand in the last part; it is searched for at any depth".to_owned(),
        });
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(folder.is_dir().then_some((folder, name)))
}

/// What a walk through a folder finds.
#[derive(Default)]
struct Walked {
    files: Vec<PathBuf>,
    unreadable: Vec<Skipped>,
}

/// Manifest files below a folder, sorted. Links to folders are not followed.
fn walk(folder: &Path, exclusions: &Exclusions) -> Walked {
    let found = Mutex::new(Walked::default());
    let add = |add: &dyn Fn(&mut Walked)| add(&mut found.lock().unwrap_or_else(PoisonError::into_inner));
    let walker = WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(false)
        .follow_links(false)
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    add(&|walked| walked.unreadable.push(unreadable(folder, &error)));
                    return WalkState::Continue;
                }
            };
            let path = entry.path();
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_hidden = [".git", ".terraform"]
                .iter()
                .any(|name| entry.file_name() == *name);
            if is_folder && (is_hidden || exclusions.excludes(path, true)) {
                return WalkState::Skip;
            }
            if !is_folder && is_manifest(path) && path.is_file() && !exclusions.excludes(path, false) {
                add(&|walked| walked.files.push(path.to_owned()));
            }
            WalkState::Continue
        })
    });
    let mut all = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.files.sort();
    all.unreadable.sort();
    all
}

/// The walk's error names its path and depth in front of the reason.
fn unreadable(folder: &Path, error: &ignore::Error) -> Skipped {
    let mut inner = error;
    let mut path = folder;
    while let ignore::Error::WithDepth { err, .. } | ignore::Error::WithPath { err, .. } = inner {
        if let ignore::Error::WithPath { path: named, .. } = inner {
            path = named;
        }
        inner = err;
    }
    Skipped::whole(path, inner.to_string())
}

fn is_manifest(path: &Path) -> bool {
    kustomize::is_kustomization(path)
        || terraform::is_configuration(path)
        || path.extension().is_some_and(|extension| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        })
}

/// `*`, `?` and `[...]` within a file name.
fn wildcard(pattern: &str) -> Result<Gitignore, CollectError> {
    GitignoreBuilder::new("")
        .add_line(None, pattern)
        .and_then(|builder| builder.build())
        .map_err(|error| CollectError::Pattern {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        })
}

/// The file relative to the root; absolute when another root already has a file of that relative path, so that the
/// objects of both keep ids of their own.
fn relative(file: &Path, root: &Path, roots: &mut BTreeMap<String, PathBuf>) -> String {
    let relative = file
        .strip_prefix(root)
        .unwrap_or(file)
        .to_string_lossy()
        .replace('\\', "/");
    match roots.get(&relative) {
        Some(other) if other != root => file.to_string_lossy().into_owned(),
        _ => {
            roots.insert(relative.clone(), root.to_owned());
            relative
        }
    }
}

pub(crate) fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // `a/./b` and `a/../b` name what they lead to; links keep the name that the user knows.
    let mut clean = PathBuf::new();
    for component in absolute.components() {
        match component {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            std::path::Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}
