//! Writing a tree to disk.
//!
//! Nothing of a tree is trusted: names that could lead out are left out, files are written before any link, and links
//! that lead out of the tree are removed. Filters, which are programs, are never run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::FindExt;
use gix::objs::tree::EntryKind;
use gix::validate::path::component;

use crate::error::{GitError, Result};

/// Largest file that is written.
const MAX_FILE: u64 = 256 << 20;
/// Folders within folders.
const MAX_DEPTH: usize = 200;
/// Files of a tree.
const MAX_FILES: usize = 5_000_000;

/// What a tree holds.
#[derive(Debug, Default)]
struct Listing {
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, ObjectId)>,
    links: Vec<(PathBuf, ObjectId)>,
    left_out: Vec<String>,
}

/// Writes a tree into a folder. Gives remarks on what was left out.
pub(crate) fn write(
    objects: &gix::odb::Handle,
    tree: ObjectId,
    folder: &Path,
    url: &str,
) -> Result<Vec<String>> {
    let mut listing = Listing::default();
    list(objects, tree, Path::new(""), 0, &mut listing).map_err(|problem| GitError::Server {
        url: url.to_owned(),
        problem,
    })?;
    for path in &listing.folders {
        let path = folder.join(path);
        fs::create_dir_all(&path).map_err(|source| GitError::disk(&path, source))?;
    }
    listing
        .left_out
        .extend(write_files(objects, folder, &listing.files)?);
    let left_out = write_links(objects, folder, &listing.links);
    listing.left_out.extend(left_out);
    Ok(listing.left_out)
}

fn list(
    objects: &gix::odb::Handle,
    tree: ObjectId,
    folder: &Path,
    depth: usize,
    listing: &mut Listing,
) -> std::result::Result<(), String> {
    if depth > MAX_DEPTH {
        listing
            .left_out
            .push(format!("{}: folders are nested too deeply", folder.display()));
        return Ok(());
    }
    let mut buffer = Vec::new();
    let entries = objects
        .find_tree_iter(&tree, &mut buffer)
        .map_err(|error| format!("the repository is damaged: {error}"))?;
    let mut below = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| format!("the repository is damaged: {error}"))?;
        let kind = entry.mode.kind();
        let Some(name) = safe_name(entry.filename, kind) else {
            listing.left_out.push(format!(
                "{}: the name {:?} is not safe to write",
                folder.display(),
                entry.filename.to_str_lossy()
            ));
            continue;
        };
        let path = folder.join(name);
        let id = entry.oid.to_owned();
        match kind {
            EntryKind::Tree => {
                listing.folders.push(path.clone());
                below.push((path, id));
            }
            EntryKind::Blob | EntryKind::BlobExecutable => listing.files.push((path, id)),
            EntryKind::Link => listing.links.push((path, id)),
            // Submodules are repositories of their own.
            EntryKind::Commit => {}
        }
        if listing.files.len() > MAX_FILES {
            return Err(format!("the repository has more than {MAX_FILES} files"));
        }
    }
    drop(buffer);
    for (path, id) in below {
        list(objects, id, &path, depth + 1, listing)?;
    }
    Ok(())
}

fn safe_name(name: &BStr, kind: EntryKind) -> Option<&str> {
    let mode = (kind == EntryKind::Link).then_some(component::Mode::Symlink);
    let options = component::Options {
        protect_windows: cfg!(windows),
        ..component::Options::default()
    };
    let name = gix::validate::path::component(name, mode, options).ok()?;
    let name = name.to_str().ok()?;
    (!name.contains('\0')).then_some(name)
}

/// Writes files from several threads. They are the function's own: a thread of a shared pool might take up other work
/// that waits for this very repository.
fn write_files(
    objects: &gix::odb::Handle,
    folder: &Path,
    files: &[(PathBuf, ObjectId)],
) -> Result<Vec<String>> {
    const MAX_THREADS: usize = 8;
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MAX_THREADS);
    let write = |objects: &gix::odb::Handle, files: &[(PathBuf, ObjectId)]| {
        let mut buffer = Vec::new();
        let mut left_out = Vec::new();
        for (path, id) in files {
            left_out.extend(write_file(objects, &mut buffer, folder, path, *id)?);
        }
        Ok(left_out)
    };
    let store = objects.store();
    let written: Vec<Result<Vec<String>>> = std::thread::scope(|scope| {
        let parts = files.chunks(files.len().div_ceil(threads).max(1));
        let running: Vec<_> = parts
            .map(|part| {
                let objects = gix::odb::Handle::from(store.to_handle());
                scope.spawn(move || write(&objects, part))
            })
            .collect();
        let lost = || {
            GitError::disk(
                folder,
                std::io::Error::other("a thread that writes files ended early"),
            )
        };
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(lost())))
            .collect()
    });
    let mut left_out = Vec::new();
    for part in written {
        left_out.extend(part?);
    }
    Ok(left_out)
}

fn write_file(
    objects: &gix::odb::Handle,
    buffer: &mut Vec<u8>,
    folder: &Path,
    path: &Path,
    id: ObjectId,
) -> Result<Option<String>> {
    use gix::objs::FindHeader;
    let target = folder.join(path);
    let failed = |source| GitError::disk(&target, source);
    let size = objects
        .try_header(&id)
        .ok()
        .flatten()
        .map_or(0, |header| header.size);
    if size > MAX_FILE {
        return Ok(Some(format!(
            "{}: larger than {} MiB",
            path.display(),
            MAX_FILE >> 20
        )));
    }
    let Ok(blob) = objects.find_blob(&id, buffer) else {
        return Ok(Some(format!("{}: the repository lacks its text", path.display())));
    };
    // Two names that are one to this disk: the first stays.
    let created = fs::OpenOptions::new().write(true).create_new(true).open(&target);
    match created {
        Ok(mut file) => file.write_all(blob.data).map_err(failed)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Ok(Some(format!(
                "{}: the name is taken by another file",
                path.display()
            )));
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(None)
}

/// Makes the links, and removes those that lead out.
fn write_links(objects: &gix::odb::Handle, folder: &Path, links: &[(PathBuf, ObjectId)]) -> Vec<String> {
    let mut buffer = Vec::new();
    let mut left_out = Vec::new();
    let mut made = Vec::new();
    for (path, id) in links {
        let target = objects.find_blob(id, &mut buffer).ok();
        let target = target.and_then(|blob| blob.data.to_str().ok());
        match target {
            Some(target) if link(target, &folder.join(path)) => made.push(path),
            _ => left_out.push(format!("{}: the link cannot be made", path.display())),
        }
    }
    let Ok(real) = folder.canonicalize() else {
        return left_out;
    };
    for path in made {
        let link = folder.join(path);
        match link.canonicalize() {
            Ok(target) if target.starts_with(&real) => {}
            target => {
                let removed = fs::remove_file(&link);
                // One that leads to nothing is no loss.
                if target.is_ok() || removed.is_err() {
                    left_out.push(format!(
                        "{}: a link that leads out of the repository",
                        path.display()
                    ));
                }
            }
        }
    }
    left_out
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> bool {
    !target.is_empty() && std::os::unix::fs::symlink(target, path).is_ok()
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> bool {
    false
}
