//! From what went wrong on the way to what a user can do about it.

use std::error::Error;
use std::time::Duration;

use crate::error::GitError;
use crate::fetch::Login;
use crate::http::{Failure, Failures};
use crate::location::{Location, Provider, Scheme, without_credentials};
use crate::settings::token_variable;

/// What is known beside an error.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub failures: Failures,
    pub login: Option<Login>,
    pub stall: Duration,
}

/// Where something went wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The address, without credentials.
    pub url: &'a str,
    pub provider: Provider,
    pub is_ssh: bool,
}

impl<'a> Place<'a> {
    pub(crate) fn of(location: &'a Location) -> Self {
        Self {
            url: &location.url,
            provider: location.provider,
            is_ssh: location.scheme == Scheme::Ssh,
        }
    }
}

/// Says what an error of the protocol means.
pub(crate) fn explain(place: &Place<'_>, cause: &Cause, error: &(dyn Error + 'static)) -> GitError {
    let url = place.url.to_owned();
    match cause.failures.take() {
        Some(Failure::Status(status @ (401 | 403 | 407))) => GitError::Denied {
            problem: denied(place, cause, status),
            url,
        },
        Some(Failure::Status(404 | 410)) => GitError::NoRepository {
            hint: private_hint(place, cause),
            url,
        },
        Some(Failure::Status(status @ 300..=399)) => GitError::Server {
            url,
            problem: format!(
                "the server sends elsewhere (HTTP {status}), to where credentials are not carried; use the address that it has now"
            ),
        },
        Some(Failure::Status(429)) => GitError::Server {
            url,
            problem: "the server wants fewer requests (HTTP 429); try again later".to_owned(),
        },
        Some(Failure::Status(status)) => GitError::Server {
            url,
            problem: format!("the server answered with HTTP {status}; try again later"),
        },
        Some(Failure::Stalled) => GitError::Stalled {
            url,
            seconds: cause.stall.as_secs(),
        },
        Some(Failure::Untrusted(reason)) => GitError::Server {
            url,
            problem: format!(
                "the server's certificate is not trusted ({reason}); name the file of its authority in SSL_CERT_FILE"
            ),
        },
        Some(Failure::Unreachable(reason)) => GitError::Unreachable { url, reason },
        None => other(place, &texts(error)),
    }
}

fn denied(place: &Place<'_>, cause: &Cause, status: u16) -> String {
    match (&cause.login, token_variable(place.provider)) {
        (Some(login), _) => format!(
            "the server does not accept the token of {} (HTTP {status}); check that it is valid and may read this repository",
            login.name
        ),
        (None, Some(variable)) => format!(
            "the server wants a login (HTTP {status}): check the address, and for a private repository set {variable} to a token that may read it"
        ),
        (None, None) => format!(
            "the server wants a login (HTTP {status}): check the address, and for a private repository write https://USER:TOKEN@HOST/..."
        ),
    }
}

fn private_hint(place: &Place<'_>, cause: &Cause) -> String {
    match (&cause.login, token_variable(place.provider)) {
        (None, Some(variable)) => format!(", or it is private: set {variable} to a token that may read it"),
        (Some(login), _) => format!(", or the token of {} may not read it", login.name),
        (None, None) => "; check the address".to_owned(),
    }
}

/// All texts of an error and its causes, without those that say the same.
fn texts(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        for line in error.to_string().lines() {
            let line = without_credentials(line.trim());
            if !line.is_empty() && !texts.iter().any(|known| known.contains(&line)) {
                texts.push(line);
            }
        }
        next = error.source();
    }
    texts
}

fn other(place: &Place<'_>, texts: &[String]) -> GitError {
    let url = place.url.to_owned();
    let says = |word: &str| texts.iter().any(|text| text.to_ascii_lowercase().contains(word));
    if place.is_ssh && (says("permission denied") || says("publickey")) {
        return GitError::Denied {
            url,
            problem: "ssh was not let in; try `ssh -T` with this host, and check your key and agent"
                .to_owned(),
        };
    }
    if says("smart") && says("protocol") {
        return GitError::NoRepository {
            url,
            hint: ": the server answers with something else; check the address".to_owned(),
        };
    }
    if says("not our ref") || says("not valid") || says("unadvertised") {
        return GitError::NoReference {
            url,
            reference: String::new(),
            hint: String::new(),
        };
    }
    let problem = texts.join(": ");
    let problem = if place.is_ssh {
        format!("ssh failed: {problem}; try `ssh -T` with this host")
    } else {
        format!("the repository cannot be fetched: {problem}")
    };
    GitError::Server { url, problem }
}
