//! A chart's archive to its files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use super::{ChartFile, MAX_CHART, MAX_FILE, without_bom};
use crate::error::HelmError;

/// Entries of a chart's archives.
const MAX_ENTRIES: usize = 50_000;

/// What a chart's archive and all archives within it may still hold.
pub(super) struct Allowance {
    bytes: u64,
    entries: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            bytes: MAX_CHART,
            entries: MAX_ENTRIES,
        }
    }
}

pub(super) fn read_file(path: &Path, allowance: &mut Allowance) -> Result<Vec<ChartFile>, HelmError> {
    let file = File::open(path).map_err(|source| HelmError::Read {
        path: path.to_owned(),
        source,
    })?;
    unpack(&path.display().to_string(), file, allowance)
}

/// Unpacks an archive; one that lies within a chart is read from memory.
pub(super) fn unpack(
    place: &str,
    reader: impl Read,
    allowance: &mut Allowance,
) -> Result<Vec<ChartFile>, HelmError> {
    let failed = |message: String| HelmError::Load {
        chart: place.to_owned(),
        message,
    };
    let broken = |error: io::Error| {
        failed(if error.kind() == io::ErrorKind::FileTooLarge {
            format!("unpacked it is larger than the maximum size {MAX_CHART}")
        } else {
            format!("it is no chart archive: {error}")
        })
    };
    let mut archive = tar::Archive::new(Limited {
        inner: GzDecoder::new(reader),
        allowance: &mut allowance.bytes,
    });
    let mut files = Vec::new();
    let mut data = Vec::new();
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        allowance.entries = allowance
            .entries
            .checked_sub(1)
            .ok_or_else(|| failed(format!("it holds more than {MAX_ENTRIES} files")))?;
        let kind = entry.header().entry_type();
        if !kind.is_file() && !kind.is_symlink() && !kind.is_hard_link() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).replace('\\', "/");
        if entry.size() > MAX_FILE {
            return Err(failed(format!(
                "{path} is larger than the maximum file size {MAX_FILE}"
            )));
        }
        let Some(name) = name_in_chart(&path).map_err(failed)? else {
            continue;
        };
        // As a file a link is empty. What it leads to is not looked for, and one that leads out is meant to harm.
        if let Some(target) = entry.link_name_bytes()
            && leads_out(&path, &String::from_utf8_lossy(&target), kind.is_hard_link())
        {
            return Err(failed(format!(
                "the archive holds {path:?}, a link that leaves the chart"
            )));
        }
        data.clear();
        entry.read_to_end(&mut data).map_err(broken)?;
        files.push(ChartFile {
            name,
            data: without_bom(&data).into(),
        });
    }
    if files.is_empty() {
        return Err(failed("no files in chart archive".to_owned()));
    }
    // Archives list files in any order; folders are read in this one.
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
}

/// A reader that fails when it has given all it may, where others would seem to end.
struct Limited<'a, R> {
    inner: R,
    allowance: &'a mut u64,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.allowance.checked_sub(count as u64) {
            Some(left) => *self.allowance = left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(count)
    }
}

/// The path behind the archive's folder; the error says why it is refused.
fn name_in_chart(path: &str) -> Result<Option<String>, String> {
    let path = path.trim_start_matches("./");
    let Some((_, name)) = path.split_once('/') else {
        if path == "Chart.yaml" {
            return Err("chart yaml not in base directory".to_owned());
        }
        return Ok(None);
    };
    if path.starts_with('/') || name.starts_with('/') {
        return Err(format!("the archive holds the absolute path {path:?}"));
    }
    if path.split('/').any(|part| part == "..") {
        return Err(format!("the archive holds {path:?}, which leaves the chart"));
    }
    if name.as_bytes().get(1) == Some(&b':') {
        return Err(format!("the archive holds {path:?}, which names a drive"));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// Whether a link's target lies outside of the archive's folder. Hard links count from the top, others from their place.
fn leads_out(path: &str, target: &str, from_top: bool) -> bool {
    let mut depth = if from_top {
        0
    } else {
        path.trim_start_matches("./").matches('/').count()
    };
    if target.starts_with('/') {
        return true;
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            // One level down is the chart's own folder.
            ".." if depth <= 1 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}
