//! Requests that policies make with `http.send`.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use kubescape_policy::{HttpRequest, HttpRequests, HttpResponse};
use ureq::tls::{RootCerts, TlsConfig};

use crate::trust;

/// Largest answer, in bytes.
const LARGEST: u64 = 8 << 20;
/// Different requests that the policies of a scan may make.
const MOST: usize = 1000;

type Answer = Arc<OnceLock<Result<HttpResponse, String>>>;

/// Makes each request once.
#[derive(Debug)]
pub(crate) struct Requests {
    answers: Mutex<BTreeMap<HttpRequest, Answer>>,
    roots: LazyLock<RootCerts>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            answers: Mutex::default(),
            roots: LazyLock::new(trust::roots),
        }
    }
}

impl HttpRequests for Requests {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.len() >= MOST && !answers.contains_key(request) {
                return Err(format!("the policies have made {MOST} requests, which is enough"));
            }
            Arc::clone(answers.entry(request.clone()).or_default())
        };
        answer
            .get_or_init(|| {
                send(request, self.roots.clone())
                    .map_err(|error| format!("{} {}: {error:#}", request.method, request.url))
            })
            .clone()
    }
}

/// What an answer holds, of at most so many bytes.
pub(crate) fn body(response: ureq::http::Response<ureq::Body>, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut reader = response.into_body().into_reader().take(most + 1);
    reader.read_to_end(&mut bytes)?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).is_ok_and(|length| length <= most),
        "the answer has more than {most} bytes"
    );
    Ok(bytes)
}

fn send(request: &HttpRequest, roots: RootCerts) -> anyhow::Result<HttpResponse> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(request.timeout))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .max_redirects(if request.redirects { 10 } else { 0 })
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .build()
        .into();
    let mut builder = ureq::http::Request::builder()
        .method(request.method.as_str())
        .uri(&request.url);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let response = match &request.body {
        Some(body) => agent.run(builder.body(body.as_str())?)?,
        None => agent.run(builder.body(())?)?,
    };
    let status = response.status();
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers
            .entry(name.as_str().to_lowercase())
            .or_default()
            .push(value);
    }
    let bytes = body(response, LARGEST)?;
    Ok(HttpResponse {
        status: format!(
            "{} {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default()
        )
        .trim_end()
        .to_owned(),
        status_code: status.as_u16(),
        headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    })
}
