//! Bundles: a signed statement about the image in an envelope
//! (<https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>).

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Signature;

/// What a signature states; other statements about an image are no signatures of it.
const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";
const STATEMENT: &str = "application/vnd.in-toto+json";

/// Whether an artifact of this type is a bundle, of any version.
pub(super) fn is_bundle(artifact_type: &str) -> bool {
    artifact_type.starts_with("application/vnd.dev.sigstore.bundle.") && artifact_type.ends_with("+json")
}

#[derive(Deserialize)]
struct Bundle {
    #[serde(rename = "dsseEnvelope")]
    envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    subject: Vec<Subject>,
    predicate_type: String,
}

#[derive(Deserialize)]
struct Subject {
    digest: HashMap<String, String>,
}

/// The signatures of a bundle that states that the manifest with this digest is signed.
pub(super) fn read(text: &[u8], digest: &str) -> Vec<Signature> {
    let Ok(Bundle { envelope }) = serde_json::from_slice(text) else {
        return Vec::new();
    };
    let Ok(payload) = STANDARD.decode(&envelope.payload) else {
        return Vec::new();
    };
    if envelope.payload_type != STATEMENT || !states(&payload, digest) {
        return Vec::new();
    }
    let signed = encode(&envelope.payload_type, &payload);
    envelope
        .signatures
        .iter()
        .filter_map(|found| STANDARD.decode(&found.sig).ok())
        .map(|signature| Signature {
            signed: signed.clone(),
            signature,
        })
        .collect()
}

fn states(payload: &[u8], digest: &str) -> bool {
    let Ok(statement) = serde_json::from_slice::<Statement>(payload) else {
        return false;
    };
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    statement.predicate_type == SIGNED
        && statement
            .subject
            .iter()
            .any(|subject| subject.digest.get("sha256").is_some_and(|found| found == hex))
}

/// The bytes that an envelope's signature covers.
pub(super) fn encode(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend(payload);
    bytes
}
