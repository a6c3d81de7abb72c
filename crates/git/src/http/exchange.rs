//! One request and its answer.

use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Failure, Failures};

/// Largest request: what is wanted and what is there already.
const MAX_REQUEST: usize = 64 << 20;
/// Fewest bytes within the time that a server may be silent: one that sends a byte now and then is stalled, too.
const MIN_BYTES: u64 = 1000;

/// A request that waits for its body to be complete.
pub(super) struct Request {
    pub(super) agent: ureq::Agent,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A request and its answer.
pub(super) struct Exchange {
    pub(super) request: Option<Request>,
    headers: Vec<u8>,
    body: Option<BufReader<Watched>>,
    failures: Failures,
    stall: Duration,
}

impl Exchange {
    pub(super) fn new(failures: Failures, stall: Duration) -> Self {
        Self {
            request: None,
            headers: Vec::new(),
            body: None,
            failures,
            stall,
        }
    }

    /// Sends the request, if that has not happened.
    fn run(&mut self) -> io::Result<()> {
        let Some(Request {
            agent,
            url,
            headers,
            body,
        }) = self.request.take()
        else {
            return Ok(());
        };
        let mut request = agent.post(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.take(request.send(&body[..]))
    }

    pub(super) fn take(
        &mut self,
        answered: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> io::Result<()> {
        let response = answered.map_err(|error| {
            self.failures.keep(failure_of(&error));
            io::Error::other(error.to_string())
        })?;
        let status = response.status().as_u16();
        if status >= 300 {
            self.failures.keep(Failure::Status(status));
            return Err(io::Error::other(format!("HTTP status {status}")));
        }
        for (name, value) in response.headers() {
            self.headers.extend_from_slice(name.as_str().as_bytes());
            self.headers.push(b':');
            self.headers.extend_from_slice(value.as_bytes());
            self.headers.push(b'\n');
        }
        self.body = Some(BufReader::with_capacity(
            64 << 10,
            Watched {
                reader: response.into_body().into_reader(),
                failures: self.failures.clone(),
                stall: self.stall,
                since: Instant::now(),
                bytes: 0,
            },
        ));
        Ok(())
    }
}

fn failure_of(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
            Failure::Unreachable("no answer in time".to_owned())
        }
        ureq::Error::Timeout(_) => Failure::Stalled,
        ureq::Error::HostNotFound => Failure::Unreachable("there is no such host".to_owned()),
        other => failure_from(other.to_string()),
    }
}

/// The client tells of certificates in its texts only.
fn failure_from(text: String) -> Failure {
    match text.split_once("invalid peer certificate: ") {
        Some((_, reason)) => Failure::Untrusted(reason.to_owned()),
        None => Failure::Unreachable(text),
    }
}

fn locked(exchange: &Mutex<Exchange>) -> std::sync::MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The body of a request, as it is written.
pub(crate) struct RequestBody {
    pub(super) exchange: Arc<Mutex<Exchange>>,
}

impl Write for RequestBody {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut exchange = locked(&self.exchange);
        let Some(request) = &mut exchange.request else {
            return Err(io::Error::other("the request was sent already"));
        };
        if request.body.len() + bytes.len() > MAX_REQUEST {
            return Err(io::Error::other("the request is too large"));
        }
        request.body.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The headers of an answer, a line each.
pub(crate) struct AnswerHeaders {
    exchange: Arc<Mutex<Exchange>>,
    lines: Option<Cursor<Vec<u8>>>,
}

impl AnswerHeaders {
    pub(super) fn new(exchange: &Arc<Mutex<Exchange>>) -> Self {
        Self {
            exchange: Arc::clone(exchange),
            lines: None,
        }
    }

    fn lines(&mut self) -> io::Result<&mut Cursor<Vec<u8>>> {
        if self.lines.is_none() {
            let mut exchange = locked(&self.exchange);
            exchange.run()?;
            self.lines = Some(Cursor::new(std::mem::take(&mut exchange.headers)));
        }
        self.lines.as_mut().ok_or_else(|| io::Error::other("no headers"))
    }
}

impl Read for AnswerHeaders {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lines()?.read(buffer)
    }
}

impl BufRead for AnswerHeaders {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.lines()?.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Some(lines) = &mut self.lines {
            lines.consume(amount);
        }
    }
}

/// The body of an answer.
pub(crate) struct AnswerBody {
    exchange: Arc<Mutex<Exchange>>,
    reader: Option<BufReader<Watched>>,
}

impl AnswerBody {
    pub(super) fn new(exchange: Arc<Mutex<Exchange>>) -> Self {
        Self {
            exchange,
            reader: None,
        }
    }

    fn reader(&mut self) -> io::Result<&mut BufReader<Watched>> {
        if self.reader.is_none() {
            let mut exchange = locked(&self.exchange);
            exchange.run()?;
            self.reader = exchange.body.take();
        }
        self.reader
            .as_mut()
            .ok_or_else(|| io::Error::other("the request failed"))
    }
}

impl Read for AnswerBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader()?.read(buffer)
    }
}

impl BufRead for AnswerBody {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader()?.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Some(reader) = &mut self.reader {
            reader.consume(amount);
        }
    }
}

/// A body that must not run dry.
struct Watched {
    reader: ureq::BodyReader<'static>,
    failures: Failures,
    stall: Duration,
    since: Instant,
    bytes: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer).inspect_err(|error| {
            let inner = error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<ureq::Error>());
            self.failures.keep(match inner {
                Some(error) => failure_of(error),
                None if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                    Failure::Stalled
                }
                None => failure_from(error.to_string()),
            });
        })?;
        self.bytes += read as u64;
        if self.since.elapsed() > self.stall {
            // The end is no stall, and a large answer need not be read faster than it is used.
            if read > 0 && self.bytes < MIN_BYTES {
                self.failures.keep(Failure::Stalled);
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the server sends too slowly",
                ));
            }
            self.since = Instant::now();
            self.bytes = 0;
        }
        Ok(read)
    }
}
