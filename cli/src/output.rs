//! Where reports go: standard output, or files that appear whole or not at all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::unfinished::{Unfinished, folder_of};

/// Writes to standard output.
pub(crate) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> anyhow::Result<()> {
    let mut stdout = BufWriter::new(std::io::stdout().lock());
    write(&mut stdout)?;
    stdout.flush()?;
    Ok(())
}

/// Makes sure that a file can be written before the scan starts: its folder exists and lets us.
pub(crate) fn prepare(path: &Path) -> anyhow::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    if path.is_dir() {
        anyhow::bail!("cannot write {}: it is a folder", path.display());
    }
    // Pipes and devices are not opened before there is something to write.
    if path.is_file() || !path.exists() {
        Unfinished::new(path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Writes a file of which no reader ever sees half.
pub(crate) fn to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let mut unfinished = Unfinished::new(path).with_context(failed)?;
    {
        let mut buffered = BufWriter::new(&mut unfinished);
        write(&mut buffered)
            .and_then(|()| buffered.flush())
            .with_context(failed)?;
    }
    unfinished.finish().with_context(failed)
}

/// The file for a format: `name` with the format's extension, unless it has it already.
pub(crate) fn file_name(name: &str, extensions: &[&str]) -> PathBuf {
    let name = if name.trim().is_empty() { "report" } else { name };
    let lower = name.to_lowercase();
    match extensions.first() {
        Some(extension) if !extensions.iter().any(|known| lower.ends_with(known)) => {
            format!("{name}{extension}").into()
        }
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, extensions: &[&str], expected: &str) {
        assert_eq!(file_name(name, extensions), PathBuf::from(expected));
    }

    #[test]
    fn extensions() {
        check("res.txt", &[".json"], "res.txt.json");
        check("res.JSON", &[".json"], "res.JSON");
        check("res.yml", &[".yaml", ".yml"], "res.yml");
        check("r", &[".txt"], "r.txt");
        check("dir/", &[".json"], "dir/.json");
        check("  ", &[".json"], "report.json");
    }
}
