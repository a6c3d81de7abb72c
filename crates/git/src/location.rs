//! What an address of a repository says: where it is, which state of it is wanted, and which part.
//!
//! Reading an address touches neither network nor disk.

mod forges;
mod kustomize;
mod raw;

use std::fmt;

use crate::error::GitError;
use crate::secret::Secret;

use raw::{Raw, host_first, split_scheme, split_scp};

/// A repository, a state of it and a path in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// How it is reached.
    pub scheme: Scheme,
    /// The address to clone from, without credentials.
    pub url: String,
    /// Name of the host, in lower case and without port; empty for `file`.
    pub host: String,
    /// What runs there.
    pub provider: Provider,
    /// Account, organisation or group; sub-groups are joined with `/`.
    pub owner: String,
    /// Name of the repository.
    pub repo: String,
    /// The state that is wanted.
    pub wanted: Wanted,
    /// Folder or file in the repository; empty for all of it. With [`Wanted::ReferenceAndPath`] more may precede it.
    pub path: String,
    /// Name and password, when the address has them.
    pub(crate) credentials: Option<Credentials>,
}

/// Name and password of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub user: String,
    pub password: Secret,
}

/// How a repository is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `https://`
    Https,
    /// `http://`
    Http,
    /// `ssh://`, or `git@host:path`
    Ssh,
    /// `file://`
    File,
}

/// What runs on a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// GitHub, public or on an own host.
    GitHub,
    /// GitLab.
    GitLab,
    /// Azure DevOps.
    Azure,
    /// Bitbucket.
    Bitbucket,
    /// Anything else.
    #[default]
    Other,
}

impl Provider {
    /// The name in reports; empty for hosts that are not known.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Azure => "azure",
            Self::Bitbucket => "bitbucket",
            Self::Other => "",
        }
    }

    /// The provider that a host's name tells of.
    pub fn of_host(host: &str) -> Self {
        let has = |word: &str| host.split('.').any(|label| label.contains(word));
        match host {
            _ if has("github") => Self::GitHub,
            _ if has("gitlab") => Self::GitLab,
            _ if has("bitbucket") => Self::Bitbucket,
            _ if has("azure") || host.ends_with("visualstudio.com") => Self::Azure,
            _ => Self::Other,
        }
    }

    /// Whether the host is run by the provider itself, so that its token may be sent there whoever wrote the address.
    pub(crate) fn runs(self, host: &str) -> bool {
        match self {
            Self::GitHub => host == "github.com",
            Self::GitLab => host == "gitlab.com",
            Self::Bitbucket => host == "bitbucket.org",
            Self::Azure => host == "dev.azure.com" || host.ends_with(".visualstudio.com"),
            Self::Other => false,
        }
    }
}

/// The state of a repository that an address names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The default branch.
    #[default]
    Default,
    /// A branch, a tag or a commit.
    Reference(String),
    /// A branch or tag and a path, as forges write them: where the one ends only the repository tells.
    ReferenceAndPath(String),
}

impl Location {
    /// Whether a text is written as an address of a repository, not as a path. `github.com/owner/repo` is both.
    pub fn is_url(text: &str) -> bool {
        let text = text.strip_prefix("git::").unwrap_or(text);
        split_scheme(text).is_some() || split_scp(text).is_some()
    }

    /// Whether a text is an address to those that take `github.com/owner/repo` for one.
    pub fn is_url_or_host(text: &str) -> bool {
        Self::is_url(text) || host_first(text).is_some()
    }

    /// Reads an address as users give it: with what browsers show for a folder or file of a forge, or as a remote.
    pub fn parse(text: &str) -> Result<Self, GitError> {
        let raw = Raw::parse(text)?;
        if let Some(location) = kustomize::split_marked(&raw)? {
            return Ok(location);
        }
        forges::read(&raw)
    }

    /// Reads an address as kustomizations write it: `host/owner/repo/path?ref=branch`, with `//` before the path when
    /// the repository is deeper.
    pub fn parse_base(text: &str) -> Result<Self, GitError> {
        let raw = Raw::parse(text)?;
        kustomize::read(&raw)
    }

    /// The repository of an address.
    fn of_repository(raw: &Raw, repository: &str) -> Result<Self, GitError> {
        let repository = repository.trim_end_matches('/');
        let name = repository.strip_suffix(".git").unwrap_or(repository);
        let segments: Vec<&str> = name.split('/').filter(|segment| !segment.is_empty()).collect();
        let Some((repo, owners)) = segments.split_last() else {
            return Err(GitError::Address {
                address: raw.shown.clone(),
                problem: "it names no repository".to_owned(),
            });
        };
        if segments.contains(&"..") {
            return Err(GitError::Address {
                address: raw.shown.clone(),
                problem: "it leaves the repository with `..`".to_owned(),
            });
        }
        let provider = match Provider::of_host(&raw.host) {
            Provider::Other if owners.contains(&"_git") => Provider::Azure,
            provider => provider,
        };
        let owner = match provider {
            // Between them stands the project.
            Provider::Azure => owners
                .iter()
                .find(|owner| !matches!(**owner, "v3" | "_git"))
                .map(ToString::to_string)
                .unwrap_or_default(),
            Provider::Bitbucket if owners.first() == Some(&"scm") => {
                owners.get(1..).unwrap_or_default().join("/")
            }
            _ if raw.scheme == Scheme::File => String::new(),
            _ => owners.join("/"),
        };
        Ok(Self {
            scheme: raw.scheme,
            url: raw.url(repository),
            host: raw.host.clone(),
            provider,
            owner,
            repo: (*repo).to_owned(),
            wanted: raw.reference().map_or(Wanted::Default, Wanted::Reference),
            path: String::new(),
            credentials: raw.credentials.clone(),
        })
    }

    /// With a path in the repository.
    fn with_path(mut self, path: &str) -> Result<Self, GitError> {
        self.path = clean_path(path).ok_or_else(|| GitError::Address {
            address: self.url.clone(),
            problem: format!("the path {path:?} leaves the repository"),
        })?;
        Ok(self)
    }

    /// Whether credentials can be sent without anyone reading them on the way.
    pub(crate) fn is_private(&self) -> bool {
        self.scheme == Scheme::Https || is_loopback(&self.host)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url)
    }
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.")
}

/// A path without `.`, doubled and trailing separators; `None` if it leads out.
fn clean_path(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Replaces name and password in an address, so that it can be shown.
pub fn without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    match authority.rsplit_once('@') {
        // The user of an SSH address is no secret.
        Some((user, _)) if scheme.ends_with("ssh") && !user.contains(':') => text.to_owned(),
        Some((_, host)) => format!("{scheme}://{host}{tail}"),
        None => text.to_owned(),
    }
}
