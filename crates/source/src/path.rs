//! Files, folders and globs on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{WalkBuilder, WalkState};
use kubescape_helm::RenderOptions;
use kubescape_model::{Resource, ResourceFilter};
use kubescape_yaml::{Limits, Position, YamlError};
use rayon::prelude::*;

use crate::context::Context;
use crate::error::CollectError;
use crate::exclude::Exclusions;
use crate::file::{Loaded, Place, load};
use crate::{helm, kustomize, terraform};

/// What to collect and how.
#[derive(Clone, Debug, Default)]
pub struct CollectSettings {
    /// Files, folders or globs, as the user typed them.
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
}

impl Collected {
    /// Adds what another input gave.
    fn add(&mut self, index: usize, found: Self) {
        if index == 0 {
            self.context = found.context;
        }
        self.resources.extend(found.resources);
        self.skipped.extend(found.skipped);
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

/// Collects the objects of all inputs. One input without any object is an error; a document that cannot be read is
/// only reported.
pub fn collect(settings: &CollectSettings) -> Result<Collected, CollectError> {
    let mut all = Collected::default();
    let mut roots_of_paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut seen_files = BTreeSet::new();
    for (index, input) in settings.inputs.iter().enumerate() {
        let listed = list(input, settings)?;
        let context = Context::of(&listed.root);
        let files: Vec<PathBuf> = listed
            .files
            .iter()
            .filter(|file| seen_files.insert((*file).clone()))
            .cloned()
            .collect();
        let root = context.root.to_string_lossy().into_owned();
        if let Some(folder) = kustomize::named(&listed.root) {
            let loaded = kustomize::build_named(&folder, input, &context.root, settings)?;
            all.add(index, finish(input, context, vec![loaded], &settings.filter)?);
            continue;
        }
        let mut rendered = kustomize::build_all(&files, &context.root, settings);
        let rest: Vec<PathBuf> = files
            .iter()
            .filter(|file| !rendered.covers(file))
            .cloned()
            .collect();
        rendered.extend(helm::render_all(&rest, &root, settings));
        let rest: Vec<PathBuf> = rest.into_iter().filter(|file| !rendered.covers(file)).collect();
        let named = listed.explicit.then_some(input.as_str());
        rendered.extend(terraform::load_all(&rest, &context.root, named, settings));
        let files: Vec<PathBuf> = files.into_iter().filter(|file| !rendered.covers(file)).collect();
        let relatives: Vec<String> = files
            .iter()
            .map(|file| relative(file, &context.root, &mut roots_of_paths))
            .collect();
        let mut loaded: Vec<Loaded> = files
            .par_iter()
            .zip(&relatives)
            .map(|(file, relative)| {
                load(
                    &Place {
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
            continue;
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
        all.add(index, finish(input, context, loaded, &settings.filter)?);
        if !failures.is_empty() {
            all.failures.push(format!(
                "failed to load one or more manifests from {input:?}: {}",
                failures.join("; ")
            ));
        }
    }
    Ok(all)
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

fn list(input: &str, settings: &CollectSettings) -> Result<Listed, CollectError> {
    let path = absolute(Path::new(input));
    let none = |excluded| CollectError::NoFiles {
        input: input.to_owned(),
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
            input: input.to_owned(),
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
                input: input.to_owned(),
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

fn absolute(path: &Path) -> PathBuf {
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
