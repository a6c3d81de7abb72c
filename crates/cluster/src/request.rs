//! One GET after another: in time, bounded in size, repeated when that may help. Nothing is ever written.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use kube::{Client, Error};
use tokio::sync::Semaphore;

use crate::RequestError;

/// Requests under way at once: what the API server's priority and fairness gives an ordinary client easily.
const PARALLEL: usize = 8;
/// How often a request is made before its failure counts.
const TRIES: u32 = 4;
/// Longest pause that the server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// First pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Time-outs in a row after which the server is not waited for any more.
const PATIENCE: u32 = 4;

/// The way to the API server.
pub(crate) struct Requests {
    client: Client,
    timeout: Duration,
    permits: Semaphore,
    /// Time-outs since the last answer.
    timeouts: AtomicU32,
}

/// An answer that is none, and when to ask again.
struct Refusal {
    error: RequestError,
    retry_after: Option<Duration>,
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        Self {
            error,
            retry_after: None,
        }
    }
}

impl Requests {
    pub(crate) fn new(client: Client, timeout: Duration) -> Self {
        Self {
            client,
            timeout,
            permits: Semaphore::new(PARALLEL),
            timeouts: AtomicU32::new(0),
        }
    }

    /// The text at a path. `limit` bounds its bytes.
    pub(crate) async fn get(&self, path: &str, accept: &str, limit: usize) -> Result<String, RequestError> {
        let Ok(_permit) = self.permits.acquire().await else {
            return Err(RequestError::Connection("the scan is over".to_owned()));
        };
        let mut pause = FIRST_PAUSE;
        let mut tries = 1;
        loop {
            let Refusal { error, retry_after } = match self.ask(path, accept, limit).await {
                Ok(text) => return Ok(text),
                Err(refusal) => refusal,
            };
            if !error.is_passing() || tries >= TRIES || self.timeouts.load(Ordering::Relaxed) >= PATIENCE {
                return Err(error);
            }
            tokio::time::sleep(retry_after.unwrap_or(pause).min(LONGEST_PAUSE)).await;
            pause *= 2;
            tries += 1;
        }
    }

    async fn ask(&self, path: &str, accept: &str, limit: usize) -> Result<String, Refusal> {
        let request = http::Request::get(path)
            .header(http::header::ACCEPT, accept)
            .body(Body::empty())
            .map_err(|error| RequestError::Malformed(error.to_string()))?;
        let Ok(answer) = tokio::time::timeout(self.timeout, self.exchange(request, limit)).await else {
            self.timeouts.fetch_add(1, Ordering::Relaxed);
            return Err(RequestError::Timeout(self.timeout).into());
        };
        self.timeouts.store(0, Ordering::Relaxed);
        answer
    }

    async fn exchange(&self, request: http::Request<Body>, limit: usize) -> Result<String, Refusal> {
        let response = self
            .client
            .send(request)
            .await
            .map_err(|error| connection(&error))?;
        let (parts, body) = response.into_parts();
        let bytes = match Limited::new(body, limit).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                return Err(RequestError::TooLarge(limit).into());
            }
            Err(error) => {
                return Err(RequestError::Connection(format!("the answer broke off: {error}")).into());
            }
        };
        if parts.status.is_success() {
            return String::from_utf8(bytes.into())
                .map_err(|_| RequestError::Malformed("it is not UTF-8".to_owned()).into());
        }
        let retry_after = parts
            .headers
            .get(http::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        Err(Refusal {
            error: refused(parts.status.as_u16(), &bytes),
            retry_after,
        })
    }
}

fn connection(error: &Error) -> RequestError {
    // The last link of the chain names the cause; those before it say "client error" and the like.
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    match error {
        Error::Auth(auth) => RequestError::Unauthorized(auth.to_string()),
        _ => RequestError::Connection(cause.to_string()),
    }
}

fn refused(status: u16, body: &[u8]) -> RequestError {
    let message = serde_json::from_slice::<serde_json::Value>(body)
        .ok()
        .and_then(|status| Some(status.get("message")?.as_str()?.to_owned()))
        .unwrap_or_else(|| String::from_utf8_lossy(body).trim().chars().take(200).collect());
    match status {
        401 => RequestError::Unauthorized(message),
        403 => RequestError::Forbidden(message),
        404 => RequestError::NotFound(message),
        410 => RequestError::Expired,
        429 => RequestError::Throttled,
        _ => RequestError::Status { status, message },
    }
}
