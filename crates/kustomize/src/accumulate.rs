//! One kustomization with everything that it builds on.

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_yaml::{Limits, Profile, load_one};

use crate::config::{FILE_NAMES, Kustomization, typed};
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::generators;
use crate::objects::{Objects, read};
use crate::tables::{Fields, TABLES};
use crate::transformers;
use crate::vars::PendingVar;

/// Kustomizations within kustomizations.
const MAX_DEPTH: usize = 50;
/// Objects of a build.
const MAX_OBJECTS: usize = 100_000;

/// What a kustomization has so far.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub objects: Objects,
    pub fields: Fields,
    pub vars: Vec<PendingVar>,
}

/// What goes on beside the objects.
pub(crate) struct Build<'a> {
    pub files: &'a mut Files,
    pub warnings: Vec<String>,
    pub charts: Option<&'a crate::ChartRenderer<'a>>,
}

/// A kustomization's folder and file.
pub(crate) struct Root {
    pub folder: PathBuf,
    pub file: PathBuf,
    pub config: Kustomization,
}

impl Root {
    /// Finds and reads the file of a folder.
    pub(crate) fn open(folder: &Path, files: &mut Files) -> Result<Self> {
        let found: Vec<&str> = FILE_NAMES
            .into_iter()
            .filter(|name| folder.join(name).is_file())
            .collect();
        let failed = |message: String| KustomizeError::Folder {
            path: folder.to_owned(),
            message,
        };
        let name = match found.as_slice() {
            [name] => *name,
            [] => {
                return Err(failed(format!(
                    "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'",
                    folder.display()
                )));
            }
            _ => {
                return Err(failed(format!(
                    "Found multiple kustomization files under: {}",
                    folder.display()
                )));
            }
        };
        let (file, text) = files.read_text(folder, name)?;
        let config = Kustomization::parse(&file, &text)?;
        Ok(Self {
            folder: folder.to_owned(),
            file,
            config,
        })
    }

    pub(crate) fn is_component(&self) -> bool {
        self.config.kind == "Component"
    }
}

/// Builds a kustomization into a state of its own.
pub(crate) fn accumulate(build: &mut Build<'_>, root: &Root, chain: &mut Vec<PathBuf>) -> Result<State> {
    let mut state = State::default();
    accumulate_into(build, root, chain, &mut state)?;
    Ok(state)
}

fn accumulate_into(
    build: &mut Build<'_>,
    root: &Root,
    chain: &mut Vec<PathBuf>,
    state: &mut State,
) -> Result<()> {
    if chain.len() > MAX_DEPTH {
        return Err(KustomizeError::invalid(
            &root.file,
            "kustomizations are nested too deeply",
        ));
    }
    let config = &root.config;
    for entry in &config.resources {
        resource(build, root, entry, chain, state)?;
    }
    configure(build, root, state)?;
    generators::run(build, root, state)?;
    for entry in &config.components {
        let folder = enter(root, entry, chain)?;
        let component = Root::open(&folder, build.files)?;
        if !component.is_component() {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("expected kind 'Component' for path '{entry}' but got 'Kustomization'"),
            ));
        }
        chain.push(real(&folder));
        accumulate_into(build, &component, chain, state)?;
        chain.pop();
    }
    transformers::run(build, root, state)?;
    for var in &config.vars {
        if state.vars.iter().any(|known| known.var.name == var.name) {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("var '{}' already encountered", var.name),
            ));
        }
        state.vars.push(PendingVar {
            var: var.clone(),
            file: root.file.clone(),
        });
    }
    Ok(())
}

/// A file of objects, or a folder with a kustomization.
fn resource(
    build: &mut Build<'_>,
    root: &Root,
    entry: &str,
    chain: &mut Vec<PathBuf>,
    state: &mut State,
) -> Result<()> {
    if is_url(entry) {
        return Err(KustomizeError::Remote {
            path: root.file.clone(),
            url: entry.to_owned(),
        });
    }
    let path = root.folder.join(entry);
    if !path.is_dir() {
        let (path, text) = build.files.read_text(&root.folder, entry)?;
        for object in read(build.files, &path, &text)? {
            state.objects.append(&root.file, object)?;
        }
        if state.objects.list.len() > MAX_OBJECTS {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("more than {MAX_OBJECTS} objects"),
            ));
        }
        return Ok(());
    }
    let folder = enter(root, entry, chain)?;
    let inner = Root::open(&folder, build.files)?;
    if inner.is_component() {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("expected kind != 'Component' for path '{entry}'"),
        ));
    }
    chain.push(real(&folder));
    let found = accumulate(build, &inner, chain)?;
    chain.pop();
    for object in found.objects.list {
        state.objects.append(&root.file, object)?;
    }
    state.fields.extend(&found.fields);
    state.vars.extend(found.vars);
    Ok(())
}

/// Whether an entry names something of the network.
pub(crate) fn is_url(entry: &str) -> bool {
    let lower = entry.to_ascii_lowercase();
    [
        "http://",
        "https://",
        "ssh://",
        "file://",
        "git::",
        "github.com/",
        "github.com:",
    ]
    .iter()
    .any(|prefix| lower.starts_with(prefix))
        || lower.contains('@') && lower.contains(':') && !lower.starts_with(['.', '/'])
}

/// The folder of an entry, if it does not contain a folder that is being built.
fn enter(root: &Root, entry: &str, chain: &[PathBuf]) -> Result<PathBuf> {
    if is_url(entry) {
        return Err(KustomizeError::Remote {
            path: root.file.clone(),
            url: entry.to_owned(),
        });
    }
    if entry.is_empty() {
        return Err(KustomizeError::invalid(&root.file, "new root cannot be empty"));
    }
    if Path::new(entry).is_absolute() {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("new root '{entry}' cannot be absolute"),
        ));
    }
    let folder = clean(&root.folder.join(entry));
    if !folder.is_dir() {
        return Err(KustomizeError::invalid(
            &root.file,
            format!(
                "must build at directory: not a valid directory: '{}'",
                folder.display()
            ),
        ));
    }
    let candidate = real(&folder);
    for visited in chain {
        if visited.starts_with(&candidate) {
            return Err(KustomizeError::Cycle {
                candidate,
                visited: visited.clone(),
            });
        }
    }
    Ok(folder)
}

/// `a/../b` as `b`.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir if out.file_name().is_some_and(|name| name != "..") => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// Where a folder really is.
pub(crate) fn real(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

/// The tables of this kustomization: those of its bases, the usual ones, and its own.
fn configure(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    state.fields.extend(&TABLES.field_specs);
    for name in &root.config.configurations {
        let (path, text) = build.files.read_text(&root.folder, name)?;
        let node = load_one(&text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| KustomizeError::invalid(&path, error.to_string()))?;
        let fields: Fields = typed(&path, &node)?;
        state.fields.extend(&fields);
    }
    if !root.config.crds.is_empty() {
        build.warnings.push(format!(
            "{}: crds are not read; name their references in configurations",
            root.file.display()
        ));
    }
    if root.config.openapi.contains_key("path") {
        build.warnings.push(format!(
            "{}: openapi is not read; lists of its kinds are replaced, not merged",
            root.file.display()
        ));
    }
    Ok(())
}
