//! Addresses as browsers show them, forge by forge.

use super::raw::Raw;
use super::{Location, Provider, Scheme, Wanted};
use crate::abbreviation::LEAST_DIGITS;
use crate::error::GitError;

/// Words behind which forges put a branch, tag or commit and a path.
const VIEWS: [&str; 7] = ["tree", "blob", "raw", "blame", "commit", "commits", "src"];

/// Reads an address that does not mark where the repository ends.
pub(super) fn read(raw: &Raw) -> Result<Location, GitError> {
    let provider = Provider::of_host(&raw.host);
    let two = |segments: &[&str]| segments.len().min(2);
    let segments: Vec<&str> = raw
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if raw.scheme == Scheme::File || raw.scheme == Scheme::Ssh {
        return Location::of_repository(raw, &raw.path);
    }
    // GitLab sets its own words apart with a hyphen: the repository may be at any depth.
    if let Some(at) = segments.iter().position(|segment| *segment == "-") {
        return of(raw, segments.get(..at), segments.get(at + 1..));
    }
    match provider {
        Provider::GitHub if raw.host == "raw.githubusercontent.com" => {
            let location = Location::of_repository(raw, &join(segments.get(..2)))?;
            let rest = join(segments.get(2..));
            Ok(Location {
                url: format!("https://github.com/{}/{}", location.owner, location.repo),
                host: "github.com".to_owned(),
                wanted: Wanted::ReferenceAndPath(rest),
                ..location
            })
        }
        // Projects of Bitbucket servers: /projects/P/repos/R/browse/path?at=branch
        Provider::Bitbucket | Provider::Other
            if matches!(segments.as_slice(), ["projects" | "users", _, "repos", _, ..]) =>
        {
            let mut project = segments.get(1).copied().unwrap_or_default().to_ascii_lowercase();
            if segments.first() == Some(&"users") {
                project.insert(0, '~');
            }
            let repo = segments.get(3).copied().unwrap_or_default();
            let location = Location::of_repository(raw, &format!("scm/{project}/{repo}.git"))?;
            if let Some(["commits", hash, ..]) = segments.get(4..) {
                return Ok(Location {
                    wanted: Wanted::Reference((*hash).to_owned()),
                    ..location
                });
            }
            location.with_path(&join(segments.get(5..)))
        }
        Provider::GitHub => of(
            raw,
            segments.get(..two(&segments)),
            segments.get(two(&segments)..),
        ),
        Provider::Bitbucket if segments.first() != Some(&"scm") => of(
            raw,
            segments.get(..two(&segments)),
            segments.get(two(&segments)..),
        ),
        // Groups may be nested, so only a word of the forge ends the repository.
        _ => {
            match (2..segments.len()).find(|at| is_view(provider, segments.get(*at..).unwrap_or_default())) {
                Some(at) => of(raw, segments.get(..at), segments.get(at..)),
                None => of(raw, Some(&segments), None),
            }
        }
    }
}

/// Whether what follows a repository is a word of the forge, and not one more group.
fn is_view(provider: Provider, rest: &[&str]) -> bool {
    match rest {
        ["src", kind, _, ..] => provider == Provider::Other && matches!(*kind, "branch" | "tag" | "commit"),
        ["tree" | "blob" | "raw", _, ..] | ["releases", "tag", _, ..] => true,
        ["commit", hash] => hash.len() >= LEAST_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => false,
    }
}

/// A repository, and what stands behind it.
fn of(raw: &Raw, repository: Option<&[&str]>, rest: Option<&[&str]>) -> Result<Location, GitError> {
    let location = Location::of_repository(raw, &join(repository))?;
    if matches!(location.provider, Provider::GitHub | Provider::Bitbucket) && location.owner.is_empty() {
        return Err(GitError::Address {
            address: raw.shown.clone(),
            problem: "it names an owner, but no repository".to_owned(),
        });
    }
    let rest = rest.unwrap_or_default();
    let path = join(rest.get(1..));
    let wanted = match rest {
        [] | [_] => return Ok(location),
        // The history of a branch, or of a part of it.
        ["commits", _, _, ..] => Wanted::ReferenceAndPath(path),
        ["commit" | "commits", hash, ..] => Wanted::Reference((*hash).to_owned()),
        ["branch", ..] => Wanted::ReferenceAndPath(path),
        ["tags" | "releases", tag, ..] if location.provider == Provider::GitLab && *tag != "tag" => {
            Wanted::Reference(path)
        }
        ["releases", "tag", tag, ..] => Wanted::Reference((*tag).to_owned()),
        // Gitea and its kin say what follows.
        ["src" | "raw", "branch" | "tag", ..] if location.provider == Provider::Other => {
            Wanted::ReferenceAndPath(join(rest.get(2..)))
        }
        ["src" | "raw", "commit", hash, ..] if location.provider == Provider::Other => {
            let location = location.clone().with_path(&join(rest.get(3..)))?;
            return Ok(Location {
                wanted: Wanted::Reference((*hash).to_owned()),
                ..location
            });
        }
        [view, ..] if VIEWS.contains(view) => Wanted::ReferenceAndPath(path),
        // Without a word of the forge it is a path, as kustomizations write it.
        _ => return location.with_path(&join(Some(rest))),
    };
    Ok(Location { wanted, ..location })
}

fn join(segments: Option<&[&str]>) -> String {
    segments.unwrap_or_default().join("/")
}
