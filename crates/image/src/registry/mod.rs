//! Reading from registries: manifests, blobs and referrers of the OCI distribution API
//! (<https://github.com/opencontainers/distribution-spec/blob/main/spec.md>).

mod authorization;
mod credentials;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oci_spec::distribution::Reference;
use oci_spec::image::{Descriptor, ImageIndex};
use sha2::{Digest, Sha256};
use ureq::http::{Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

pub use credentials::{Credentials, CredentialsError};

use authorization::Challenge;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest wait for a whole answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Largest manifest or index, in bytes: what registries have to accept.
const LARGEST_MANIFEST: u64 = 4 << 20;
/// Largest answer of a token service, in bytes.
const LARGEST_TOKEN: u64 = 1 << 20;
/// Redirects that are followed.
const REDIRECTS: u32 = 5;

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

/// What went wrong between here and a registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No name of an image.
    #[error("{name:?} is no name of an image: {message}")]
    Name {
        /// The text.
        name: String,
        /// What is wrong with it.
        message: String,
    },
    /// The registry cannot be reached, or breaks off.
    #[error("{registry} does not answer: {source}")]
    Unreachable {
        /// Host of the registry.
        registry: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// The registry could not be reached a moment ago.
    #[error("{registry} did not answer before")]
    GaveUp {
        /// Host of the registry.
        registry: String,
    },
    /// It answered something else than what was asked for.
    #[error("{url} answered {status}")]
    Status {
        /// Address of the request.
        url: String,
        /// Status of the answer.
        status: StatusCode,
    },
    /// It wants to know who asks.
    #[error("{url} wants credentials that the docker configuration does not hold, or refuses them")]
    Unauthorized {
        /// Address of the request.
        url: String,
    },
    /// The answer is larger than anything sensible.
    #[error("{url} answered more than {limit} bytes")]
    TooLarge {
        /// Address of the request.
        url: String,
        /// Most bytes that are read.
        limit: u64,
    },
    /// The content is not what was asked for.
    #[error("{url} answered content with the digest {found}")]
    Digest {
        /// Address of the request.
        url: String,
        /// Digest of what came.
        found: String,
    },
    /// The answer is no such document.
    #[error("{url} answered no such document: {source}")]
    Document {
        /// Address of the request.
        url: String,
        /// What the parser says.
        source: serde_json::Error,
    },
}

/// A manifest or an index, as it came.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its text.
    pub bytes: Vec<u8>,
    /// The digest of its text.
    pub digest: String,
}

/// A client for any number of registries. It remembers tokens, and which registry did not answer.
#[derive(Debug)]
pub struct Registry {
    secure: Agent,
    local: Agent,
    credentials: Credentials,
    /// Values of the header `Authorization` by registry and repository.
    authorizations: Mutex<HashMap<(String, String), String>>,
    silent: Mutex<Vec<String>>,
}

impl Registry {
    /// A client that has not asked anything yet, and the certificates that it trusts registries by.
    pub fn new(credentials: Credentials, roots: RootCerts) -> Self {
        let tls = TlsConfig::builder().root_certs(roots).build();
        let agent = |https_only| -> Agent {
            Agent::config_builder()
                .tls_config(tls.clone())
                .https_only(https_only)
                .http_status_as_error(false)
                .timeout_connect(Some(CONNECT))
                .timeout_global(Some(ANSWER))
                .max_redirects(REDIRECTS)
                .user_agent(concat!("kubescape/", env!("CARGO_PKG_VERSION")))
                .build()
                .into()
        };
        Self {
            secure: agent(true),
            local: agent(false),
            credentials,
            authorizations: Mutex::default(),
            silent: Mutex::default(),
        }
    }

    /// The manifest or index under a tag or digest of the image's repository; `None` when there is none.
    pub fn manifest(&self, image: &Reference, name: &str) -> Result<Option<Manifest>, RegistryError> {
        let url = Self::url(image, &format!("manifests/{name}"));
        let Some(bytes) = self.get(image, &url, MANIFESTS, LARGEST_MANIFEST)? else {
            return Ok(None);
        };
        let digest = digest_of(&bytes);
        if name.starts_with("sha256:") && name != digest {
            return Err(RegistryError::Digest { url, found: digest });
        }
        Ok(Some(Manifest { bytes, digest }))
    }

    /// A blob of at most `limit` bytes of the image's repository.
    pub fn blob(&self, image: &Reference, digest: &str, limit: u64) -> Result<Vec<u8>, RegistryError> {
        let url = Self::url(image, &format!("blobs/{digest}"));
        let bytes = self
            .get(image, &url, "*/*", limit)?
            .ok_or_else(|| RegistryError::Status {
                url: url.clone(),
                status: StatusCode::NOT_FOUND,
            })?;
        let found = digest_of(&bytes);
        if found != digest {
            return Err(RegistryError::Digest { url, found });
        }
        Ok(bytes)
    }

    /// What refers to the manifest with this digest; from the tag that stands for the list where the registry has no
    /// such interface.
    pub fn referrers(&self, image: &Reference, digest: &str) -> Result<Vec<Descriptor>, RegistryError> {
        let mut url = Self::url(image, &format!("referrers/{digest}"));
        let mut list = self.get(image, &url, MANIFESTS, LARGEST_MANIFEST)?;
        if list.is_none() {
            url = Self::url(image, &format!("manifests/{}", digest.replace(':', "-")));
            list = self.get(image, &url, MANIFESTS, LARGEST_MANIFEST)?;
        }
        let Some(list) = list else { return Ok(Vec::new()) };
        let index: ImageIndex =
            serde_json::from_slice(&list).map_err(|source| RegistryError::Document { url, source })?;
        Ok(index.manifests().clone())
    }

    fn url(image: &Reference, path: &str) -> String {
        let registry = image.resolve_registry();
        let scheme = if is_local(registry) { "http" } else { "https" };
        format!("{scheme}://{registry}/v2/{}/{path}", image.repository())
    }

    /// The body under an address, or `None` when there is nothing.
    fn get(
        &self,
        image: &Reference,
        url: &str,
        accept: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        let registry = image.resolve_registry();
        let place = (registry.to_owned(), image.repository().to_owned());
        let known = lock(&self.authorizations).get(&place).cloned();
        let mut response = self.send(registry, url, accept, known.as_deref())?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let unauthorized = || RegistryError::Unauthorized { url: url.to_owned() };
            let challenge = Challenge::of(&response).ok_or_else(unauthorized)?;
            let authorization = self.authorize(image, challenge)?.ok_or_else(unauthorized)?;
            response = self.send(registry, url, accept, Some(&authorization))?;
            lock(&self.authorizations).insert(place, authorization);
        }
        match response.status() {
            StatusCode::OK => body(registry, url, response, limit).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(RegistryError::Unauthorized { url: url.to_owned() })
            }
            status => Err(RegistryError::Status {
                url: url.to_owned(),
                status,
            }),
        }
    }

    fn send(
        &self,
        registry: &str,
        url: &str,
        accept: &str,
        authorization: Option<&str>,
    ) -> Result<Response<Body>, RegistryError> {
        if lock(&self.silent).iter().any(|silent| silent == registry) {
            return Err(RegistryError::GaveUp {
                registry: registry.to_owned(),
            });
        }
        let agent = if is_local(registry) {
            &self.local
        } else {
            &self.secure
        };
        let mut request = agent.get(url).header(header::ACCEPT, accept);
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        request.call().map_err(|source| {
            // The next image of this registry must not wait as long.
            lock(&self.silent).push(registry.to_owned());
            unreachable(registry, source)
        })
    }

    /// The header that answers a challenge; `None` when there are no credentials for it.
    fn authorize(&self, image: &Reference, challenge: Challenge) -> Result<Option<String>, RegistryError> {
        let registry = image.resolve_registry();
        let own = self
            .credentials
            .of(image.registry())
            .map(|text| format!("Basic {text}"));
        let (realm, service) = match challenge {
            Challenge::Basic => return Ok(own),
            Challenge::Bearer { realm, service } => (realm, service),
        };
        // A token service in the clear would see the credentials, and so would everybody on the way.
        if !realm.starts_with("https://") && !is_local(host_of(&realm)) {
            return Err(RegistryError::Unauthorized { url: realm });
        }
        let agent = if is_local(registry) {
            &self.local
        } else {
            &self.secure
        };
        let mut request = agent
            .get(&realm)
            .query("scope", format!("repository:{}:pull", image.repository()));
        if let Some(service) = service {
            request = request.query("service", service);
        }
        if let Some(own) = own {
            request = request.header(header::AUTHORIZATION, own);
        }
        let response = request
            .call()
            .map_err(|source| unreachable(host_of(&realm), source))?;
        if response.status() != StatusCode::OK {
            return Err(RegistryError::Unauthorized { url: realm });
        }
        let text = body(host_of(&realm), &realm, response, LARGEST_TOKEN)?;
        authorization::token(&text)
            .map(|token| Some(format!("Bearer {token}")))
            .map_err(|source| RegistryError::Document { url: realm, source })
    }
}

/// Reads a name of an image, as users write them.
pub fn reference(name: &str) -> Result<Reference, RegistryError> {
    name.parse()
        .map_err(|error: oci_spec::distribution::ParseError| RegistryError::Name {
            name: name.to_owned(),
            message: error.to_string(),
        })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unreachable(registry: &str, source: ureq::Error) -> RegistryError {
    RegistryError::Unreachable {
        registry: registry.to_owned(),
        source: Box::new(source),
    }
}

fn body(
    registry: &str,
    url: &str,
    mut response: Response<Body>,
    limit: u64,
) -> Result<Vec<u8>, RegistryError> {
    match response.body_mut().with_config().limit(limit).read_to_vec() {
        Ok(bytes) => Ok(bytes),
        Err(ureq::Error::BodyExceedsLimit(_)) => Err(RegistryError::TooLarge {
            url: url.to_owned(),
            limit,
        }),
        Err(source) => Err(unreachable(registry, source)),
    }
}

/// Whether a registry is on this machine, where there is no TLS.
fn is_local(registry: &str) -> bool {
    let host = match registry.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => registry.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Host and port of an address.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(registry: &str, expected: bool) {
        assert_eq!(is_local(registry), expected, "{registry}");
    }

    #[test]
    fn registries_of_this_machine() {
        check("localhost:5000", true);
        check("localhost", true);
        check("127.0.0.1:5000", true);
        check("[::1]:5000", true);
        check("localhost.example.com", false);
        check("127.0.0.1.example.com:5000", false);
        check("192.168.1.10:5000", false);
        check("ghcr.io", false);
    }

    #[test]
    fn hosts() {
        assert_eq!(host_of("http://a@localhost:1/token?x=@evil"), "localhost:1");
        assert_eq!(host_of("http://localhost@evil.example/token"), "evil.example");
    }

    #[test]
    fn names() {
        let place = |name: &str| {
            let image = reference(name).expect("a name");
            (
                Registry::url(&image, "manifests/x"),
                image.tag().map(ToOwned::to_owned),
            )
        };
        assert_eq!(
            place("nginx"),
            (
                "https://index.docker.io/v2/library/nginx/manifests/x".to_owned(),
                Some("latest".to_owned())
            )
        );
        assert_eq!(
            place("localhost:5000/shop/app:1").0,
            "http://localhost:5000/v2/shop/app/manifests/x"
        );
        assert!(reference("Not An Image").is_err());
    }
}
