//! Credentials of registries, as docker's configuration keeps them.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// Docker Hub has three names.
const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// A docker configuration that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("this is no docker configuration: {0}")]
pub struct CredentialsError(#[from] serde_json::Error);

/// Names and passwords by registry, ready for the header `Authorization`.
#[derive(Clone, Default)]
pub struct Credentials(HashMap<String, String>);

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Credentials")
            .field(&self.0.keys())
            .finish()
    }
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    auths: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

impl Credentials {
    /// Reads `config.json` of docker. Entries that a program of the user's keeps elsewhere are passed over.
    pub fn from_docker_config(text: &str) -> Result<Self, CredentialsError> {
        let configuration: Configuration = serde_json::from_str(text)?;
        let entries = configuration.auths.into_iter().filter_map(|(server, entry)| {
            let authorization = match (entry.auth.is_empty(), entry.username.is_empty()) {
                (false, _) => entry.auth,
                (true, false) => STANDARD.encode(format!("{}:{}", entry.username, entry.password)),
                (true, true) => return None,
            };
            Some((host(&server), authorization))
        });
        Ok(Self(entries.collect()))
    }

    /// `name:password` of a registry in base64.
    pub(super) fn of(&self, registry: &str) -> Option<&str> {
        if let Some(found) = self.0.get(registry) {
            return Some(found);
        }
        DOCKER_HUB
            .contains(&registry)
            .then(|| DOCKER_HUB.iter().find_map(|name| self.0.get(*name)))
            .flatten()
            .map(String::as_str)
    }
}

/// `https://index.docker.io/v1/` stands for `index.docker.io`.
fn host(server: &str) -> String {
    super::host_of(server).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_configuration() {
        let credentials = Credentials::from_docker_config(
            r#"{"auths": {"https://index.docker.io/v1/": {"auth": "YTpi"},
                "ghcr.io": {"username": "c", "password": "d"}, "quay.io": {}}, "credsStore": "desktop"}"#,
        )
        .expect("a configuration");
        assert_eq!(credentials.of("docker.io"), Some("YTpi"));
        assert_eq!(credentials.of("ghcr.io"), Some("Yzpk"));
        assert_eq!(credentials.of("quay.io"), None);
        assert!(!format!("{credentials:?}").contains("YTpi"));
        assert!(Credentials::from_docker_config("[").is_err());
    }
}
