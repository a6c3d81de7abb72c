//! Servers that are reached over TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, OnceLock};

use kubescape_git::{Checkout, GitSettings, Location, Trust};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use ureq::tls::{Certificate, RootCerts};

use crate::repository::{Repository, has_git};
use crate::server::{Behaviour, Server};

/// The authority that the settings of the test trust.
static AUTHORITY: OnceLock<CertificateDer<'static>> = OnceLock::new();

/// An authority, and what a server on loopback with a certificate of it needs.
fn certificates() -> (CertificateDer<'static>, Arc<ServerConfig>) {
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().expect("a key");
    let root = authority.self_signed(&authority_key).expect("a certificate");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let server = CertificateParams::new(vec!["localhost".to_owned()])
        .expect("parameters")
        .signed_by(&key, &issuer)
        .expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![server.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        )
        .expect("a configuration");
    (root.der().clone(), Arc::new(config))
}

/// Reads a request over TLS, asks the open server, and gives its answer.
fn pass_on(stream: TcpStream, config: Arc<ServerConfig>, port: u16) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut secure = BufReader::new(StreamOwned::new(connection, stream));
    let (mut request, mut length) = (Vec::new(), 0);
    loop {
        let start = request.len();
        secure.read_until(b'\n', &mut request)?;
        let line = String::from_utf8_lossy(&request[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    secure.by_ref().take(length).read_to_end(&mut request)?;
    let mut open = TcpStream::connect(("127.0.0.1", port))?;
    open.write_all(&request)?;
    let mut answer = Vec::new();
    open.read_to_end(&mut answer)?;
    let mut secure = secure.into_inner();
    secure.write_all(&answer)?;
    secure.conn.send_close_notify();
    secure.flush()
}

fn start(config: &Arc<ServerConfig>, port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("an address").port();
    let config = Arc::clone(config);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || pass_on(stream, config, port));
        }
    });
    own
}

#[test]
fn certificates_are_checked() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let server = Server::start(repository.folder.path(), Behaviour::default());
    let (root, config) = certificates();
    AUTHORITY.set(root).expect("set once");
    let port = start(&config, server.port);
    let get = |host: &str, roots: fn() -> RootCerts| {
        let settings = GitSettings {
            roots: Arc::new(LazyLock::new(roots)),
            ..GitSettings::default()
        };
        let url = format!("https://{host}:{port}/web/.git");
        Checkout::get(
            &Location::parse(&url).expect("an address"),
            &settings,
            Trust::Typed,
        )
    };
    let trusting = || {
        let authority = AUTHORITY.get().expect("an authority");
        RootCerts::new_with_certs(&[Certificate::from_der(authority).to_owned()])
    };
    let checkout = get("localhost", trusting).expect("a repository");
    assert_eq!(checkout.commit.title, "a deployment");
    for (host, roots) in [
        ("localhost", (|| RootCerts::WebPki) as fn() -> RootCerts),
        ("127.0.0.1", trusting),
    ] {
        let error = get(host, roots).map(|_| ()).expect_err(host).to_string();
        assert!(error.contains("certificate is not trusted"), "{host}: {error}");
        assert!(error.contains("SSL_CERT_FILE"), "{host}: {error}");
    }
}
