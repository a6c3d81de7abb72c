//! Repositories that inputs and kustomizations name: each is fetched once for a run.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kubescape_git::{Checkout, GitSettings, Location, Trust, fetch_text, without_credentials};
use kubescape_kustomize::Remote;

/// The repositories of a run. Their files stay until this and what came from it are gone.
pub(crate) struct Clones<'a> {
    settings: &'a GitSettings,
    /// Whether kustomizations may name what is not on this disk.
    allow_network: bool,
    known: Mutex<HashMap<String, Result<Arc<Checkout>, String>>>,
}

impl<'a> Clones<'a> {
    pub(crate) fn new(settings: &'a GitSettings, allow_network: bool) -> Self {
        Self {
            settings,
            allow_network,
            known: Mutex::default(),
        }
    }

    /// The repository of an input, and the file or folder in it.
    pub(crate) fn input(&self, address: &str) -> Result<(Arc<Checkout>, PathBuf), String> {
        let location = Location::parse(address).map_err(|error| error.to_string())?;
        self.get(&location, Trust::Typed)
    }

    /// What an entry of a kustomization stands for.
    pub(crate) fn base(&self, entry: &str) -> Result<Remote, String> {
        let shown = without_credentials(entry);
        if !self.allow_network {
            return Err(format!(
                "{shown} is not on this disk; --allow-network lets kustomizations fetch their bases"
            ));
        }
        if is_file(entry) {
            let text = fetch_text(entry, self.settings).map_err(|error| error.to_string())?;
            return Ok(Remote::File {
                name: shown.into(),
                text,
            });
        }
        let location = Location::parse_base(entry).map_err(|error| error.to_string())?;
        let (checkout, folder) = self.get(&location, Trust::Named)?;
        Ok(Remote::Folder {
            folder,
            repository: checkout.root.clone(),
        })
    }

    /// How reports name a file of a repository of this run; `None` for other files.
    pub(crate) fn shown(&self, file: &Path) -> Option<String> {
        let known = self.lock();
        known
            .values()
            .flatten()
            .find_map(|checkout| Some((checkout, file.strip_prefix(&checkout.root).ok()?)))
            .map(|(checkout, inner)| in_repository(checkout, inner))
    }

    /// Root of the repository of this run that holds a folder.
    pub(crate) fn repository_of(&self, folder: &Path) -> Option<PathBuf> {
        let known = self.lock();
        let mut roots = known.values().flatten().map(|checkout| &checkout.root);
        roots.find(|root| folder.starts_with(root)).cloned()
    }

    /// What has to be kept for as long as the files are looked at.
    pub(crate) fn into_fetched(self) -> Fetched {
        let known = self.known.into_inner().unwrap_or_else(PoisonError::into_inner);
        Fetched {
            _checkouts: known.into_values().flatten().collect(),
        }
    }

    fn get(&self, location: &Location, trust: Trust) -> Result<(Arc<Checkout>, PathBuf), String> {
        // Several paths of a repository are one repository.
        let mut whole = location.clone();
        whole.path.clear();
        let key = format!("{} {:?} {trust:?}", whole.url, whole.wanted);
        let checkout = self
            .lock()
            .entry(key)
            .or_insert_with(|| {
                Checkout::get(&whole, self.settings, trust)
                    .map(Arc::new)
                    .map_err(|error| error.to_string())
            })
            .clone()?;
        let path = checkout
            .resolve(&location.path)
            .map_err(|error| error.to_string())?;
        Ok((checkout, path))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Result<Arc<Checkout>, String>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The repositories of a run. Their files are gone when this is.
#[derive(Debug, Default)]
pub struct Fetched {
    _checkouts: Vec<Arc<Checkout>>,
}

/// `ADDRESS//PATH`, as kustomizations write it.
pub(crate) fn in_repository(checkout: &Checkout, path: &Path) -> String {
    let path = path.to_string_lossy();
    match &*path {
        "" => checkout.location.to_string(),
        path => format!("{}//{path}", checkout.location),
    }
}

/// Whether an address is that of one manifest, not of a repository.
fn is_file(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let Some((_, rest)) = lower
        .split_once("://")
        .filter(|(scheme, _)| scheme.starts_with("http"))
    else {
        return false;
    };
    let path = rest.split(['?', '#']).next().unwrap_or(rest);
    let of_forge = ["//", ".git/", "_git/", "/blob/", "/src/"]
        .iter()
        .any(|mark| path.contains(mark));
    [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end)) && !of_forge
}
