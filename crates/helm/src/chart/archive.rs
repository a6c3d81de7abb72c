//! A chart's archive to its files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::{ChartFile, MAX_CHART, MAX_FILE, without_bom};
use crate::error::HelmError;

pub(super) fn read_file(path: &Path) -> Result<Vec<ChartFile>, HelmError> {
    let file = File::open(path).map_err(|source| HelmError::Read {
        path: path.to_owned(),
        source,
    })?;
    unpack_from(&path.display().to_string(), file)
}

/// Unpacks an archive that lies within a chart.
pub(super) fn unpack(place: &str, data: &[u8]) -> Result<Vec<ChartFile>, HelmError> {
    unpack_from(place, data)
}

fn unpack_from(place: &str, reader: impl Read) -> Result<Vec<ChartFile>, HelmError> {
    let failed = |message: String| HelmError::Load {
        chart: place.to_owned(),
        message,
    };
    let broken = |error: std::io::Error| failed(format!("it is no chart archive: {error}"));
    // One byte more than allowed tells "full" from "too much".
    let limited = GzDecoder::new(reader).take(MAX_CHART + 1);
    let mut archive = tar::Archive::new(limited);
    let mut files = Vec::new();
    let mut total = 0;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).replace('\\', "/");
        let size = entry.size();
        if size > MAX_FILE {
            return Err(failed(format!(
                "{path} is larger than the maximum file size {MAX_FILE}"
            )));
        }
        total += size;
        if total > MAX_CHART {
            return Err(failed(format!("it is larger than the maximum size {MAX_CHART}")));
        }
        let Some(name) = name_in_chart(&path).map_err(failed)? else {
            continue;
        };
        let mut data = Vec::new();
        entry.read_to_end(&mut data).map_err(broken)?;
        files.push(ChartFile {
            name,
            data: without_bom(data),
        });
    }
    if files.is_empty() {
        return Err(failed("no files in chart archive".to_owned()));
    }
    // Archives list files in any order; folders are read in this one.
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
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
