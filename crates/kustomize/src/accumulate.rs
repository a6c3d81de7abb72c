//! One kustomization with everything that it builds on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kubescape_yaml::{Limits, Profile, load_one};

use crate::config::{FILE_NAMES, Kustomization, typed};
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::metadata::{Configured, Origin, relative};
use crate::objects::{Objects, read};
use crate::remote;
use crate::tables::{Fields, Merge, TABLES};
use crate::transformers;
use crate::vars::{self, PendingVar};
use crate::{crds, generators, openapi};

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
    pub remote: Option<&'a crate::Fetcher<'a>>,
    /// The folder that is built.
    pub folder: PathBuf,
    /// Whether objects keep which transformers ran.
    pub traces: bool,
    /// The schema of the first `openapi` that was met.
    pub openapi: Option<Merge>,
}

impl Build<'_> {
    /// How lists merge.
    pub(crate) fn schema(&self) -> &Merge {
        self.openapi.as_ref().unwrap_or(&TABLES.merge)
    }

    /// A generator or transformer of a kustomization's own fields.
    pub(crate) fn configured(&self, root: &Root, kind: &str) -> Configured {
        Configured {
            file: relative(&self.folder, &root.file),
            kind: kind.to_owned(),
            name: String::new(),
        }
    }

    /// Notes that a transformer ran over all objects.
    pub(crate) fn trace(&self, root: &Root, state: &mut State, kind: &str) {
        if self.traces {
            state.trace(&Arc::new(self.configured(root, kind)));
        }
    }
}

impl State {
    pub(crate) fn trace(&mut self, configured: &Arc<Configured>) {
        for object in self.objects.all_mut() {
            object.trace.push(Arc::clone(configured));
        }
    }
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
    openapi::choose(build, root)?;
    for entry in &config.resources {
        resource(build, root, entry, chain, state)?;
    }
    configure(build, root, state)?;
    generators::run(build, root, state)?;
    for entry in &config.components {
        let (folder, repository) = remote::folder(build, root, entry, chain)?;
        let outer = build.files.confinement().map(Path::to_owned);
        build.files.confine(repository.or_else(|| outer.clone()));
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
        build.files.confine(outer);
    }
    transformers::run(build, root, state)?;
    for var in &config.vars {
        let pending = PendingVar {
            var: var.clone(),
            file: root.file.clone(),
        };
        vars::bind(state, &pending)?;
        declare(root, state, pending)?;
    }
    Ok(())
}

/// Adds a variable, whose name must be new.
fn declare(root: &Root, state: &mut State, pending: PendingVar) -> Result<()> {
    let name = &pending.var.name;
    if state.vars.iter().any(|known| known.var.name == *name) {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("vars: var '{name}' already encountered"),
        ));
    }
    state.vars.push(pending);
    Ok(())
}

/// The objects of an entry that stands for itself, such as the configuration of a transformer.
pub(crate) fn accumulate_entry(
    build: &mut Build<'_>,
    root: &Root,
    entry: &str,
) -> Result<Vec<crate::object::Object>> {
    let mut state = State::default();
    // Within the folders of the kustomization there is no way back to itself.
    resource(build, root, entry, &mut vec![real(&root.folder)], &mut state)?;
    Ok(state.objects.into_list())
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
        return remote::resource(build, root, entry, chain, state);
    }
    let path = root.folder.join(entry);
    if !path.is_dir() {
        let (path, text) = build.files.read_text(&root.folder, entry)?;
        return append(build, root, &path, relative(&build.folder, &path), &text, state);
    }
    let folder = enter(build, root, entry, chain)?;
    base(build, root, entry, &folder, chain, state)
}

/// The objects in a text; `shown` is the file that they are said to come from.
pub(crate) fn append(
    build: &mut Build<'_>,
    root: &Root,
    path: &Path,
    shown: String,
    text: &str,
    state: &mut State,
) -> Result<()> {
    let origin = Arc::new(Origin::File(shown));
    for mut object in read(build.files, path, text)? {
        object.origin = Some(Arc::clone(&origin));
        state.objects.append(&root.file, object)?;
    }
    if state.objects.len() > MAX_OBJECTS {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("more than {MAX_OBJECTS} objects"),
        ));
    }
    Ok(())
}

/// A folder with a kustomization.
pub(crate) fn base(
    build: &mut Build<'_>,
    root: &Root,
    entry: &str,
    folder: &Path,
    chain: &mut Vec<PathBuf>,
    state: &mut State,
) -> Result<()> {
    let inner = Root::open(folder, build.files)?;
    if inner.is_component() {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("expected kind != 'Component' for path '{entry}'"),
        ));
    }
    chain.push(real(folder));
    let found = accumulate(build, &inner, chain)?;
    chain.pop();
    for object in found.objects.into_list() {
        state.objects.append(&root.file, object)?;
    }
    state
        .fields
        .extend(&found.fields)
        .map_err(|message| KustomizeError::invalid(&root.file, message))?;
    for pending in found.vars {
        declare(root, state, pending)?;
    }
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
pub(crate) fn enter(build: &Build<'_>, root: &Root, entry: &str, chain: &[PathBuf]) -> Result<PathBuf> {
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
    remote::check_inside(build, root, &folder)?;
    check_cycle(&folder, chain)?;
    Ok(folder)
}

/// Whether a folder is none that is being built, and contains none.
pub(crate) fn check_cycle(folder: &Path, chain: &[PathBuf]) -> Result<()> {
    let candidate = real(folder);
    for visited in chain {
        if visited.starts_with(&candidate) {
            return Err(KustomizeError::Cycle {
                candidate,
                visited: visited.clone(),
            });
        }
    }
    Ok(())
}

/// `a/../b` as `b`.
pub(crate) fn clean(path: &Path) -> PathBuf {
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

/// The tables of this kustomization: those of its bases, its own, and the usual ones.
fn configure(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    let mut fields = Fields::default();
    for name in &root.config.configurations {
        let (path, text) = build.files.read_text(&root.folder, name)?;
        let node = load_one(&text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| KustomizeError::invalid(&path, error.to_string()))?;
        let own: Fields = typed(&path, &node)?;
        fields
            .extend(&own)
            .map_err(|message| KustomizeError::invalid(&path, message))?;
    }
    let merged = fields
        .extend(&TABLES.field_specs)
        .and_then(|()| state.fields.extend(&fields));
    merged.map_err(|message| KustomizeError::invalid(&root.file, format!("configurations: {message}")))?;
    crds::configure(build, root, state)
}
