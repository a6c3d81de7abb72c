//! How a registry asks for authorization: `WWW-Authenticate` and tokens
//! (<https://distribution.github.io/distribution/spec/auth/token/>).

use serde::Deserialize;
use ureq::Body;
use ureq::http::{Response, header};

/// What a registry wants to see.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// Name and password.
    Basic,
    /// A token of a service.
    Bearer { realm: String, service: Option<String> },
}

impl Challenge {
    /// The first challenge that is understood.
    pub(super) fn of(response: &Response<Body>) -> Option<Self> {
        response
            .headers()
            .get_all(header::WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(Self::parse)
    }

    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let value = |name: &str| {
            parameters
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
        };
        Some(Self::Bearer {
            realm: value("realm")?,
            service: value("service"),
        })
    }
}

/// `name="value"` pairs; a quoted value may hold commas.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ']).to_owned();
        let (value, remaining) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        found.push((name, value.trim().to_owned()));
        rest = remaining;
    }
    found
}

/// The token in the answer of a token service.
pub(super) fn token(answer: &[u8]) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<String>,
        access_token: Option<String>,
    }
    let answer: Answer = serde_json::from_slice(answer)?;
    answer
        .token
        .or(answer.access_token)
        .ok_or_else(|| serde::de::Error::missing_field("token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Option<Challenge>) {
        assert_eq!(Challenge::parse(header), expected, "{header}");
    }

    #[test]
    fn challenges() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer {
                realm: realm.to_owned(),
                service: service.map(ToOwned::to_owned),
            })
        };
        check("Basic realm=\"registry\"", Some(Challenge::Basic));
        check(
            "Bearer realm=\"https://auth.example/token\",service=\"registry.example\",scope=\"repository:a:pull,push\"",
            bearer("https://auth.example/token", Some("registry.example")),
        );
        check(
            "bearer realm=https://auth.example",
            bearer("https://auth.example", None),
        );
        check("Bearer service=\"x\"", None);
        check("Negotiate", None);
        check("", None);
    }

    #[test]
    fn tokens() {
        assert_eq!(token(br#"{"token": "a"}"#).ok().as_deref(), Some("a"));
        assert_eq!(
            token(br#"{"access_token": "b", "expires_in": 3}"#)
                .ok()
                .as_deref(),
            Some("b")
        );
        assert_eq!(
            token(br#"{"token": "a", "access_token": "b"}"#).ok().as_deref(),
            Some("a")
        );
        assert!(token(b"{}").is_err());
    }
}
