//! A chart's folder to its files.

use std::fs;
use std::path::{Path, PathBuf};

use super::{ChartFile, MAX_CHART, MAX_FILE, without_bom};
use crate::error::HelmError;
use crate::ignore::Ignore;

/// Folders within folders.
const MAX_DEPTH: usize = 60;

pub(super) fn read(root: &Path) -> Result<Vec<ChartFile>, HelmError> {
    let ignore_text = fs::read_to_string(root.join(".helmignore")).unwrap_or_default();
    let ignore =
        Ignore::parse(ignore_text.trim_start_matches('\u{feff}')).map_err(|message| HelmError::Load {
            chart: root.display().to_string(),
            message,
        })?;
    let real_root = fs::canonicalize(root).map_err(|source| failed(root, source))?;
    let mut walk = Walk {
        root,
        real_root,
        ignore,
        files: Vec::new(),
        bytes: 0,
    };
    walk.folder(root, "", 0)?;
    Ok(walk.files)
}

struct Walk<'a> {
    root: &'a Path,
    real_root: PathBuf,
    ignore: Ignore,
    files: Vec<ChartFile>,
    bytes: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), HelmError> {
        if depth > MAX_DEPTH {
            return Err(self.refused("its folders are nested too deeply"));
        }
        let mut names: Vec<String> = fs::read_dir(folder)
            .map_err(|source| failed(folder, source))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        for name in names {
            let path = folder.join(&name);
            let relative = format!("{prefix}{name}");
            let Ok(metadata) = fs::metadata(&path) else {
                return Err(self.refused(&format!("{relative} is a link that leads nowhere")));
            };
            if self.ignore.excludes(&relative, metadata.is_dir()) {
                continue;
            }
            self.check_link(&path, &relative)?;
            if metadata.is_dir() {
                self.folder(&path, &format!("{relative}/"), depth + 1)?;
                continue;
            }
            if !metadata.is_file() {
                return Err(self.refused(&format!("{relative} is no regular file")));
            }
            self.bytes += metadata.len();
            if metadata.len() > MAX_FILE {
                return Err(self.refused(&format!(
                    "{relative} is larger than the maximum file size {MAX_FILE}"
                )));
            }
            if self.bytes > MAX_CHART {
                return Err(self.refused(&format!("it is larger than the maximum size {MAX_CHART}")));
            }
            let data = fs::read(&path).map_err(|source| failed(&path, source))?;
            self.files.push(ChartFile {
                name: relative,
                data: without_bom(&data).into(),
            });
        }
        Ok(())
    }

    /// Links within the chart are followed, links out of it refused: a chart must not read the machine's files.
    fn check_link(&self, path: &Path, relative: &str) -> Result<(), HelmError> {
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if !is_link {
            return Ok(());
        }
        let target = fs::canonicalize(path).map_err(|source| failed(path, source))?;
        if target.starts_with(&self.real_root) {
            Ok(())
        } else {
            Err(self.refused(&format!("{relative} is a link that leaves the chart")))
        }
    }

    fn refused(&self, message: &str) -> HelmError {
        HelmError::Load {
            chart: self.root.display().to_string(),
            message: message.to_owned(),
        }
    }
}

fn failed(path: &Path, source: std::io::Error) -> HelmError {
    HelmError::Read {
        path: path.to_owned(),
        source,
    }
}
