//! HTTP for the git protocol, over the client that the rest of the program uses.
//!
//! A request is sent when its answer is read, so that a body is complete by then. Why a request failed is kept beside
//! it: the protocol's own errors tell only that it did.

mod exchange;
mod resolver;

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gix::error::Result;
use gix_transport::client::blocking_io::http::{GetResponse, Http, PostBodyDataKind, PostResponse};
use ureq::config::RedirectAuthHeaders;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use crate::location::{Location, Scheme};
use crate::settings::GitSettings;

use exchange::{AnswerBody, AnswerHeaders, Exchange, Request, RequestBody};

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server answered with this status.
    Status(u16),
    /// Nobody answers there.
    Unreachable(String),
    /// The server's certificate is not trusted.
    Untrusted(String),
    /// The server went silent.
    Stalled,
}

/// Where the reason of the last failure is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failures(Arc<Mutex<Option<Failure>>>);

impl Failures {
    pub(crate) fn take(&self) -> Option<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, failure: Failure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }
}

/// Requests to one repository.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    /// The value of `Authorization`.
    authorization: Option<String>,
    failures: Failures,
    stall: Duration,
    /// The address that the server sent us on to.
    moved: Option<String>,
}

impl Client {
    pub(crate) fn new(
        location: &Location,
        settings: &GitSettings,
        authorization: Option<String>,
        failures: Failures,
    ) -> Self {
        Self {
            agent: agent(location.scheme == Scheme::Https, settings),
            authorization,
            failures,
            stall: settings.stall_timeout,
            moved: None,
        }
    }

    /// The address with what is known of a move.
    fn target(&self, url: &str, base: &str) -> String {
        match (&self.moved, url.strip_prefix(base)) {
            (Some(moved), Some(tail)) if base != moved => format!("{moved}{tail}"),
            _ => url.to_owned(),
        }
    }

    fn headers(&self, lines: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = lines
            .into_iter()
            .filter_map(|line| {
                let (name, value) = line.as_ref().split_once(':')?;
                Some((name.trim().to_owned(), value.trim().to_owned()))
            })
            .filter(|(name, _)| !name.eq_ignore_ascii_case("user-agent"))
            .collect();
        headers.push((
            "User-Agent".to_owned(),
            concat!("git/kubescape-", env!("CARGO_PKG_VERSION")).to_owned(),
        ));
        if let Some(value) = &self.authorization {
            headers.push(("Authorization".to_owned(), value.clone()));
        }
        headers
    }
}

impl Http for Client {
    type Headers = AnswerHeaders;
    type ResponseBody = AnswerBody;
    type PostBody = RequestBody;

    fn get(
        &mut self,
        url: &str,
        base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<GetResponse<AnswerHeaders, AnswerBody>> {
        let target = self.target(url, base_url);
        let mut request = self.agent.get(&target);
        for (name, value) in self.headers(headers) {
            request = request.header(name, value);
        }
        let answered = request.call();
        if let Ok(response) = &answered {
            use ureq::ResponseExt;
            let reached = response.get_uri().to_string();
            let tail = url.strip_prefix(base_url).unwrap_or_default();
            if reached != target
                && let Some(moved) = reached.strip_suffix(tail)
            {
                self.moved = Some(moved.to_owned());
            }
        }
        let mut exchange = Exchange::new(self.failures.clone(), self.stall);
        exchange.take(answered).map_err(gix::Error::from_error)?;
        let exchange = Arc::new(Mutex::new(exchange));
        Ok(GetResponse {
            headers: AnswerHeaders::new(&exchange),
            body: AnswerBody::new(exchange),
        })
    }

    fn post(
        &mut self,
        url: &str,
        base_url: &str,
        headers: impl IntoIterator<Item = impl AsRef<str>>,
        _: PostBodyDataKind,
    ) -> Result<PostResponse<AnswerHeaders, AnswerBody, RequestBody>> {
        let mut exchange = Exchange::new(self.failures.clone(), self.stall);
        exchange.request = Some(Request {
            agent: self.agent.clone(),
            url: self.target(url, base_url),
            headers: self.headers(headers),
            body: Vec::new(),
        });
        let exchange = Arc::new(Mutex::new(exchange));
        Ok(PostResponse {
            post_body: RequestBody {
                exchange: Arc::clone(&exchange),
            },
            headers: AnswerHeaders::new(&exchange),
            body: AnswerBody::new(exchange),
        })
    }

    fn configure(&mut self, _: &dyn Any) -> Result {
        Ok(())
    }

    fn redirected_base_url(&self) -> Option<String> {
        self.moved.clone()
    }
}

fn agent(only_safe: bool, settings: &GitSettings) -> ureq::Agent {
    let roots = match only_safe {
        true => RootCerts::clone(&settings.roots),
        false => RootCerts::WebPki,
    };
    let config = ureq::Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .proxy(settings.proxy.0.clone())
        // A server must not lead from the safe protocol to the open one.
        .https_only(only_safe)
        .http_status_as_error(false)
        .max_redirects(5)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .save_redirect_history(true)
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_per_read(Some(settings.stall_timeout))
        .timeout_per_write(Some(settings.stall_timeout))
        .build();
    ureq::Agent::with_parts(config, DefaultConnector::new(), resolver::Resolver::default())
}

/// Gets a file by its address.
pub(crate) fn get(address: &str, settings: &GitSettings, failures: &Failures) -> std::io::Result<AnswerBody> {
    let only_safe = address
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let mut exchange = Exchange::new(failures.clone(), settings.stall_timeout);
    exchange.take(agent(only_safe, settings).get(address).call())?;
    Ok(AnswerBody::new(Arc::new(Mutex::new(exchange))))
}
