//! `kubescape download`: the policies as files, for other tools, for review and for `--use-from`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use kubescape_library::{Artifact, Library, write_artifact};

use crate::args::{DownloadArguments, DownloadWhat};
use crate::log::{Level, Log, variable};
use crate::output::{prepare, to_file};

mod release;

pub(crate) fn run(arguments: &DownloadArguments, cache: &Path, log: Log) -> anyhow::Result<()> {
    for warning in arguments.account.check()? {
        log.warning(&warning);
    }
    let library = match &arguments.from_url {
        Some(address) => release::fetch(address, &arguments.sha256, log)?,
        None => crate::library::built_in()?,
    };
    let artifacts = artifacts(&library, arguments)?;
    let place = Place::new(arguments.output.as_deref(), cache, artifacts.len())?;
    for artifact in artifacts {
        let file = place.of(artifact);
        prepare(&file)?;
        let text = write_artifact(&library, artifact)?;
        to_file(&file, |writer| writer.write_all(text.as_bytes()))?;
        log.write(Level::Success, &format!("wrote {}", file.display()));
    }
    Ok(())
}

fn artifacts<'library>(
    library: &'library Library,
    arguments: &DownloadArguments,
) -> anyhow::Result<Vec<Artifact<'library>>> {
    let name = arguments.name.as_deref();
    Ok(match arguments.what {
        DownloadWhat::Artifacts => {
            let rest = [Artifact::Inputs, Artifact::Exceptions, Artifact::AttackTracks];
            rest.into_iter()
                .chain(library.frameworks.iter().map(Artifact::Framework))
                .collect()
        }
        DownloadWhat::AttackTracks => vec![Artifact::AttackTracks],
        DownloadWhat::ControlsInputs => vec![Artifact::Inputs],
        DownloadWhat::Exceptions => vec![Artifact::Exceptions],
        DownloadWhat::Framework => match name {
            None => library.frameworks.iter().map(Artifact::Framework).collect(),
            Some(name) => match library.framework(name) {
                Some(framework) => vec![Artifact::Framework(framework)],
                None => bail!("there is no framework {name:?}; `kubescape list frameworks` shows all"),
            },
        },
        DownloadWhat::Control => match name {
            None => library.controls.iter().map(Artifact::Control).collect(),
            Some(id) => match library.control(id) {
                Some(control) => vec![Artifact::Control(control)],
                None => bail!("there is no control {id:?}; `kubescape list controls` shows all"),
            },
        },
    })
}

/// Where the files go.
enum Place {
    Folder(PathBuf),
    File(PathBuf),
}

impl Place {
    fn new(output: Option<&Path>, cache: &Path, files: usize) -> anyhow::Result<Self> {
        let Some(path) = output else {
            return Ok(Self::Folder(cache.to_owned()));
        };
        if path.extension().is_none_or(|extension| extension != "json") {
            return Ok(Self::Folder(path.to_owned()));
        }
        if files != 1 {
            bail!(
                "{} is one file, but {files} are to be written; name a folder",
                path.display()
            );
        }
        Ok(Self::File(path.to_owned()))
    }

    fn of(&self, artifact: Artifact<'_>) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(artifact.file_name()),
            Self::File(file) => file.clone(),
        }
    }
}

/// The folder that keeps what was downloaded: `--cache-dir`, else `.kubescape` in the home folder.
pub(crate) fn cache_folder(flag: Option<&Path>) -> PathBuf {
    let flag = flag
        .map(Path::to_owned)
        .or_else(|| variable("KS_CACHE_DIR").map(PathBuf::from));
    match (flag, std::env::var_os("HOME")) {
        (Some(folder), _) => folder,
        (None, Some(home)) if !home.is_empty() => Path::new(&home).join(".kubescape"),
        (None, _) => PathBuf::from(".kubescape"),
    }
}

/// Splits `NAME=HEX`.
fn pin(text: &str) -> anyhow::Result<(&str, &str)> {
    text.split_once('=')
        .with_context(|| format!("--sha256 takes NAME=HEX, not {text:?}"))
}
