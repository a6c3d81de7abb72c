//! Container images where they lie: registries ([`registry`]) and the signatures kept beside images ([`signature`]).
//!
//! This crate does what it is told to and nothing on its own: a scan reaches a registry only when its user allows it.
//! Every answer of a registry is bounded in size and time, checked against its digest where there is one, and asked
//! for over TLS unless the registry is on this machine.
//!
//! ```no_run
//! use kubescape_image::registry::{Credentials, Registry};
//! use kubescape_image::signature::Signatures;
//!
//! let signatures = Signatures::new(Registry::new(Credentials::default(), ureq::tls::RootCerts::WebPki));
//! let signed = signatures.exist("ghcr.io/example/app:1.0")?;
//! # Ok::<(), kubescape_image::signature::SignatureError>(())
//! ```

pub mod registry;
pub mod signature;
