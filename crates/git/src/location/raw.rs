//! The parts of an address, before anyone asks what they mean.

use percent_encoding::percent_decode_str;

use super::{Credentials, Scheme, without_credentials};
use crate::error::GitError;
use crate::secret::Secret;

/// The parts of an address.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) scheme: Scheme,
    /// Whether it is written `user@host:path`.
    scp: bool,
    /// `user@` of SSH.
    user: String,
    pub(super) credentials: Option<Credentials>,
    pub(super) host: String,
    port: String,
    /// The path, decoded, without the leading separator.
    pub(super) path: String,
    query: Vec<(String, String)>,
    /// The whole, for messages.
    pub(super) shown: String,
}

impl Raw {
    /// An address of which only the scheme is known.
    fn bare(scheme: Scheme, shown: String) -> Self {
        Self {
            scheme,
            scp: false,
            user: String::new(),
            credentials: None,
            host: String::new(),
            port: String::new(),
            path: String::new(),
            query: Vec::new(),
            shown,
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, GitError> {
        let shown = without_credentials(text);
        let bad = |problem: &str| GitError::Address {
            address: shown.clone(),
            problem: problem.to_owned(),
        };
        if text.chars().any(char::is_control) {
            return Err(bad("it has control characters"));
        }
        let text = text.strip_prefix("git::").unwrap_or(text);
        if let Some((user, host, path)) = split_scp(text) {
            return Self {
                scp: true,
                user: user.to_owned(),
                host: host.to_ascii_lowercase(),
                ..Self::bare(Scheme::Ssh, shown)
            }
            .with_path(path)
            .checked();
        }
        let (scheme, rest) = match split_scheme(text) {
            Some((scheme, rest)) => (scheme, rest),
            None => (
                Scheme::Https,
                host_first(text).ok_or_else(|| bad("it is no address of a repository"))?,
            ),
        };
        if scheme == Scheme::File {
            let path = rest
                .strip_prefix("localhost/")
                .map_or(rest, |_| &rest["localhost".len()..]);
            if !path.starts_with('/') {
                return Err(bad(
                    "write file:// with an absolute path: file:///folder/repository",
                ));
            }
            return Self::bare(scheme, shown).with_path(path).checked();
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        // Behind the brackets of an IPv6 address.
        let port_at = host
            .rfind(']')
            .map_or_else(|| host.find(':'), |end| host[end..].find(':').map(|at| end + at));
        let (host, port) = port_at.map_or((host, ""), |at| (&host[..at], &host[at + 1..]));
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad("the port is no number"));
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = login
            .split_once(':')
            .map_or((login, None), |(user, password)| (user, Some(password)));
        let credentials = match password {
            Some(password) if scheme != Scheme::Ssh => Some(Credentials {
                user: decode(user),
                password: Secret::new(decode(password)),
            }),
            _ => None,
        };
        Self {
            user: if scheme == Scheme::Ssh {
                decode(user)
            } else {
                String::new()
            },
            credentials,
            host: host.to_ascii_lowercase(),
            port: port.to_owned(),
            ..Self::bare(scheme, shown)
        }
        .with_path(path)
        .checked()
    }

    /// Splits path, query and fragment.
    fn with_path(mut self, text: &str) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let text = if self.scheme == Scheme::File {
            text
        } else {
            text.split_once('#').map_or(text, |(before, _)| before)
        };
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        // Behind the colon of `user@host:/path` the separator makes the path absolute.
        let path = if self.scp {
            path
        } else {
            path.strip_prefix('/').unwrap_or(path)
        };
        self.path = decode(path);
        self.query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(key), decode(value))
            })
            .collect();
        self
    }

    /// Refuses what could be taken for something else by those who are given it.
    fn checked(self) -> Result<Self, GitError> {
        let bad = |problem: &str| {
            Err(GitError::Address {
                address: self.shown.clone(),
                problem: problem.to_owned(),
            })
        };
        if self.path.chars().any(char::is_control) {
            return bad("it has control characters");
        }
        if self.scheme == Scheme::File {
            return Ok(self);
        }
        let is_host = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'[' | b']' | b':')
        };
        if self.host.is_empty() {
            return bad("it names no host");
        }
        if self.host.starts_with('-') || self.user.starts_with('-') || !self.host.bytes().all(is_host) {
            return bad("the host is not a name");
        }
        Ok(self)
    }

    pub(super) fn query(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// `?ref=`, or what others call it.
    pub(super) fn reference(&self) -> Option<String> {
        if let Some(reference) = self.query("ref") {
            return Some(reference.to_owned());
        }
        if let Some(version) = self.query("version") {
            // Azure DevOps: GB is a branch, GT a tag, GC a commit.
            let name = ["GB", "GT", "GC"]
                .iter()
                .find_map(|kind| version.strip_prefix(kind));
            return Some(name.unwrap_or(version).to_owned());
        }
        self.query("at").map(ToOwned::to_owned)
    }

    /// The address of a repository on this host.
    pub(super) fn url(&self, repository: &str) -> String {
        let user = if self.user.is_empty() {
            String::new()
        } else {
            format!("{}@", self.user)
        };
        let port = if self.port.is_empty() {
            String::new()
        } else {
            format!(":{}", self.port)
        };
        match self.scheme {
            Scheme::Ssh if self.scp => format!("{user}{}:{repository}", self.host),
            Scheme::Ssh => format!("ssh://{user}{}{port}/{repository}", self.host),
            Scheme::Https => format!("https://{}{port}/{}", self.host, encode(repository)),
            Scheme::Http => format!("http://{}{port}/{}", self.host, encode(repository)),
            Scheme::File => format!("file:///{repository}"),
        }
    }
}

/// Writes a decoded path into an address.
fn encode(path: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const SET: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'`')
        .add(b'%')
        .add(b'{')
        .add(b'}');
    utf8_percent_encode(path, SET).to_string()
}

pub(super) fn split_scheme(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let scheme = match scheme.strip_prefix("git+").unwrap_or(&scheme) {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        "ssh" => Scheme::Ssh,
        "file" => Scheme::File,
        _ => return None,
    };
    Some((scheme, rest))
}

/// `user@host:path`.
pub(super) fn split_scp(text: &str) -> Option<(&str, &str, &str)> {
    let (login, path) = text.split_once(':')?;
    let (user, host) = login.split_once('@')?;
    let is_user = user.starts_with(|first: char| first.is_ascii_alphabetic())
        && user
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let is_host = !host.is_empty() && !host.contains('/') && !path.is_empty() && !path.starts_with("//");
    (is_user && is_host).then_some((user, host, path))
}

/// `github.com/owner/repo` and its kin, without a scheme.
pub(super) fn host_first(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    ["github.com/", "gitlab.com/", "bitbucket.org/", "dev.azure.com/"]
        .iter()
        .any(|host| lower.starts_with(host) && lower.len() > host.len())
        .then_some(text)
}
