//! What policies may ask of the network, when the user lets them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

/// Who asks the network on behalf of policies; without them policies stay off it.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Who answers about signatures of images.
    pub signatures: Option<Arc<dyn ImageSignatures>>,
    /// Who makes requests.
    pub requests: Option<Arc<dyn HttpRequests>>,
}

/// Answers about signatures, from where images lie. What cannot be looked up is not signed; who answers keeps the reason.
pub trait ImageSignatures: Debug + Send + Sync {
    /// Whether anybody has signed the image.
    fn exist(&self, image: &str) -> bool;

    /// Whether the owner of a key, given as PEM, has signed the image.
    fn verify(&self, image: &str, key: &str) -> bool;

    /// Tells of images that will be asked about one by one, so that all can be looked up at the same time.
    fn announce(&self, _images: &BTreeSet<String>) {}
}

/// A request that a policy makes with `http.send`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HttpRequest {
    /// `GET`, in capitals.
    pub method: String,
    /// Where it goes.
    pub url: String,
    /// Headers by name.
    pub headers: BTreeMap<String, String>,
    /// What is sent.
    pub body: Option<String>,
    /// Longest wait.
    pub timeout: Duration,
    /// Whether redirects are followed.
    pub redirects: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// `200 OK`.
    pub status: String,
    /// 200.
    pub status_code: u16,
    /// Headers by name in lower case.
    pub headers: BTreeMap<String, Vec<String>>,
    /// The text.
    pub body: String,
}

/// Makes requests for policies.
pub trait HttpRequests: Debug + Send + Sync {
    /// Sends a request, and gives what came back or why nothing did. The same request gets the same answer.
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String>;
}
