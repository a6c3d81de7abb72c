//! A registry on this machine, with just enough of the distribution API.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use sha2::{Digest, Sha256};

/// How the registry treats those who ask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Everybody may read.
    Open,
    /// A token is needed, which its own service hands out to the owner of a password.
    Token,
    /// Answers never end.
    Endless,
}

/// The registry; it stops with the test.
pub(crate) struct LocalRegistry {
    pub(crate) host: String,
    content: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    requests: Arc<AtomicUsize>,
}

impl LocalRegistry {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = format!("localhost:{}", listener.local_addr().expect("an address").port());
        let registry = Self {
            host: host.clone(),
            content: Arc::default(),
            requests: Arc::default(),
        };
        let (content, requests) = (Arc::clone(&registry.content), Arc::clone(&registry.requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (content, requests, host) = (Arc::clone(&content), Arc::clone(&requests), host.clone());
                thread::spawn(move || serve(stream, &content, &requests, manner, &host));
            }
        });
        registry
    }

    /// Stores a blob of the repository `shop/app` and gives its digest.
    pub(crate) fn blob(&self, bytes: &[u8]) -> String {
        let digest = digest_of(bytes);
        self.put(&format!("blobs/{digest}"), bytes);
        digest
    }

    /// Stores a manifest under a tag and under its digest, which it gives.
    pub(crate) fn manifest(&self, tag: &str, text: &str) -> String {
        let digest = digest_of(text.as_bytes());
        self.put(&format!("manifests/{tag}"), text.as_bytes());
        self.put(&format!("manifests/{digest}"), text.as_bytes());
        digest
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let path = format!("/v2/shop/app/{path}");
        self.content.lock().expect("content").insert(path, bytes.to_vec());
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

pub(crate) fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

fn serve(
    mut stream: TcpStream,
    content: &Mutex<HashMap<String, Vec<u8>>>,
    requests: &AtomicUsize,
    manner: Manner,
    host: &str,
) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request).unwrap_or(0) == 0 {
            return;
        }
        let mut authorization = String::new();
        loop {
            let mut line = String::new();
            if reader.by_ref().read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("authorization: ") {
                line[line.len() - value.len()..]
                    .trim()
                    .clone_into(&mut authorization);
            }
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let target = request.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let (status, headers, body) = match (manner, path) {
            (Manner::Endless, _) => {
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                while write!(stream, "1000\r\n{}\r\n", "x".repeat(0x1000)).is_ok() {}
                return;
            }
            (Manner::Token, "/token") if authorization == "Basic dTpw" && target.contains("pull") => {
                ("200 OK", String::new(), br#"{"token": "t0ken"}"#.to_vec())
            }
            (Manner::Token, "/token") => ("401 Unauthorized", String::new(), Vec::new()),
            (Manner::Token, _) if authorization != "Bearer t0ken" => {
                let challenge =
                    format!("WWW-Authenticate: Bearer realm=\"http://{host}/token\",service=\"local\"\r\n");
                ("401 Unauthorized", challenge, Vec::new())
            }
            _ => match content.lock().expect("content").get(path) {
                Some(body) => ("200 OK", String::new(), body.clone()),
                None => ("404 Not Found", String::new(), Vec::new()),
            },
        };
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all(head.as_bytes()).is_err() || stream.write_all(&body).is_err() {
            return;
        }
    }
}
