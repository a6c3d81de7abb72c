//! What a fetch may do.

use std::ffi::OsString;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ureq::tls::RootCerts;

use crate::location::{Location, Provider};
use crate::scratch::Scratch;
use crate::secret::Secret;

/// How repositories are fetched. Nothing of it is read from the environment here.
#[derive(Clone, Debug)]
pub struct GitSettings {
    /// Tokens by provider.
    pub tokens: Vec<Token>,
    /// The proxy for HTTP.
    pub proxy: Proxy,
    /// The certificates that servers are trusted by, read when a server is about to be asked.
    pub roots: Arc<LazyLock<RootCerts>>,
    /// The program for SSH with its arguments; `None` for `ssh`.
    pub ssh_command: Option<OsString>,
    /// Whether the history is wanted as well: it tells who touched which file last.
    pub history: bool,
    /// Longest time for a connection to come about.
    pub connect_timeout: Duration,
    /// Longest time without anything from the server.
    pub stall_timeout: Duration,
    /// Largest pack, in bytes.
    pub max_bytes: u64,
    /// Temporary folders.
    pub scratch: Scratch,
}

impl Default for GitSettings {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            proxy: Proxy::default(),
            roots: Arc::new(LazyLock::new(|| RootCerts::WebPki)),
            ssh_command: None,
            history: false,
            connect_timeout: Duration::from_secs(15),
            stall_timeout: Duration::from_secs(30),
            max_bytes: 4 << 30,
            scratch: Scratch::default(),
        }
    }
}

impl GitSettings {
    /// The token for a repository, if it may be sent there.
    pub(crate) fn token(&self, location: &Location, trust: Trust) -> Option<&Token> {
        if trust == Trust::Named && !location.provider.runs(&location.host) {
            return None;
        }
        // A word in the path makes no host trustworthy.
        let provider = Provider::of_host(&location.host);
        self.tokens.iter().find(|token| token.provider == provider)
    }
}

/// Who wrote an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The user: tokens go to any host that is named after its provider.
    Typed,
    /// A file: tokens go to the provider's own host only.
    Named,
}

/// A token, and whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whom it is for.
    pub provider: Provider,
    /// Where it came from, for messages: `GITHUB_TOKEN`.
    pub name: String,
    /// The token.
    pub value: Secret,
}

/// The variable that holds the token of a provider, by convention.
pub fn token_variable(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::GitHub => Some("GITHUB_TOKEN"),
        Provider::GitLab => Some("GITLAB_TOKEN"),
        Provider::Azure => Some("AZURE_TOKEN"),
        Provider::Bitbucket => Some("BITBUCKET_TOKEN"),
        Provider::Other => None,
    }
}

/// The proxy for HTTP.
#[derive(Clone, Debug, Default)]
pub struct Proxy(pub(crate) Option<ureq::Proxy>);

impl Proxy {
    /// The proxy that `HTTPS_PROXY` and its kin name, for programs.
    pub fn of_environment() -> Self {
        Self(ureq::Proxy::try_from_env())
    }
}
