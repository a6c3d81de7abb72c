//! A folder as one text that can be mutated, and back.
//!
//! Each file is a line `=== NAME` and its text.

use std::fs;
use std::path::{Component, Path};

const MARK: &str = "=== ";

/// The folder as one text.
pub(super) fn pack(folder: &Path) -> Vec<u8> {
    let mut bundle = Vec::new();
    for path in super::files(folder, &[""]) {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let Ok(text) = fs::read(&path) else { continue };
        bundle.extend(format!("{MARK}{name}\n").into_bytes());
        bundle.extend(text);
        bundle.push(b'\n');
    }
    bundle
}

/// The names and texts of a bundle.
pub(super) fn unpack(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    const MOST: usize = 64;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bundle.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(MARK.as_bytes()) {
            Some(name) if files.len() < MOST => {
                files.push((String::from_utf8_lossy(name).trim().to_owned(), Vec::new()));
            }
            _ => {
                if let Some((_, text)) = files.last_mut() {
                    text.extend(line);
                }
            }
        }
    }
    files
}

/// Writes a bundle below a folder; names that lead elsewhere are left out.
pub(super) fn write(bundle: &[u8], folder: &Path) {
    for (name, text) in unpack(bundle) {
        let name = Path::new(&name);
        if name
            .components()
            .any(|part| !matches!(part, Component::Normal(_)))
        {
            continue;
        }
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            let _ = fs::create_dir_all(parent);
        }
        let _ = fs::write(path, text);
    }
}
