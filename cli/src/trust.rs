//! The certificates that servers are trusted by.

use rustls_native_certs::load_native_certs;
use ureq::tls::{Certificate, RootCerts};

/// Those of the system, or of `SSL_CERT_FILE` and `SSL_CERT_DIR`; the built-in ones of Mozilla where there are none, as in
/// an image without a system.
pub(crate) fn roots() -> RootCerts {
    let certificates: Vec<Certificate<'static>> = load_native_certs()
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    match certificates.is_empty() {
        true => RootCerts::WebPki,
        false => RootCerts::new_with_certs(&certificates),
    }
}
