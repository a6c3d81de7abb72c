//! Addresses that mark where the repository ends: with `_git/`, `//` or `.git`.

use super::raw::Raw;
use super::{Location, Provider, Scheme, Wanted, forges};
use crate::error::GitError;

/// Reads an address of a kustomization: without a mark, the first two parts of the path are the repository.
pub(super) fn read(raw: &Raw) -> Result<Location, GitError> {
    if let Some(location) = split_marked(raw)? {
        return Ok(location);
    }
    if Provider::of_host(&raw.host) != Provider::Other && raw.scheme != Scheme::Ssh {
        return forges::read(raw);
    }
    if raw.scheme == Scheme::File {
        return Location::of_repository(raw, &raw.path);
    }
    let mut ends = raw.path.match_indices('/').map(|(at, _)| at);
    let end = ends.nth(1).unwrap_or(raw.path.len());
    let (repository, path) = raw.path.split_at(end);
    Location::of_repository(raw, repository)?.with_path(path)
}

/// Splits at the first mark that the path has; `None` without one.
pub(super) fn split_marked(raw: &Raw) -> Result<Option<Location>, GitError> {
    let Some((repository, path)) = split(&raw.path) else {
        return Ok(None);
    };
    let mut location = Location::of_repository(raw, repository)?;
    if location.provider == Provider::Azure
        && let Some(hash) = path.trim_start_matches('/').strip_prefix("commit/")
    {
        location.wanted = Wanted::Reference(hash.split('/').next().unwrap_or_default().to_owned());
    } else if location.provider == Provider::Azure
        && let Some(path) = raw.query("path")
    {
        location = location.with_path(path)?;
    } else {
        location = location.with_path(path)?;
    }
    Ok(Some(location))
}

fn split(path: &str) -> Option<(&str, &str)> {
    if let Some(at) = path
        .find("_git/")
        .filter(|at| *at == 0 || path[..*at].ends_with('/'))
    {
        let name = at + "_git/".len();
        let end = path[name..].find('/').map_or(path.len(), |end| name + end);
        return Some(path.split_at(end));
    }
    if let Some((repository, path)) = path.split_once("//") {
        return Some((repository, path));
    }
    let mut from = 0;
    while let Some(at) = path[from..].find(".git") {
        let end = from + at + ".git".len();
        if end == path.len() || path[end..].starts_with('/') {
            return Some(path.split_at(end));
        }
        from = end;
    }
    None
}
