//! Public keys of those who sign images.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use spki::SubjectPublicKeyInfoOwned;
use spki::der::DecodePem;
use spki::der::asn1::ObjectIdentifier;

const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EDWARDS_25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A key that cannot be used.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// No PEM of a public key.
    #[error("the trusted key is no public key in PEM (-----BEGIN PUBLIC KEY-----): {0}")]
    NotPem(String),
    /// A key of a kind that is not supported.
    #[error("trusted keys of the kind {0} are not supported: use ECDSA P-256 or P-384, Ed25519 or RSA")]
    Unsupported(String),
}

/// A public key: ECDSA with P-256 or P-384, Ed25519, or RSA of at least 2048 bits.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: &'static dyn VerificationAlgorithm,
    bytes: Vec<u8>,
}

impl PublicKey {
    /// Reads a key from PEM. Line ends may be written as `\n`, as they are in lists of settings.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let text = text.replace("\\n", "\n");
        let info = SubjectPublicKeyInfoOwned::from_pem(text.trim())
            .map_err(|error| KeyError::NotPem(error.to_string()))?;
        let bytes = info
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| KeyError::NotPem("its bits are no bytes".to_owned()))?
            .to_vec();
        let kind = info.algorithm.oid;
        let curve = || {
            let parameters = info.algorithm.parameters.as_ref();
            parameters.and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok())
        };
        let algorithm: &'static dyn VerificationAlgorithm = match kind {
            RSA => &RSA_PKCS1_2048_8192_SHA256,
            EDWARDS_25519 => &ED25519,
            ELLIPTIC_CURVE if curve() == Some(P256) => &ECDSA_P256_SHA256_ASN1,
            ELLIPTIC_CURVE if curve() == Some(P384) => &ECDSA_P384_SHA256_ASN1,
            other => return Err(KeyError::Unsupported(other.to_string())),
        };
        Ok(Self { algorithm, bytes })
    }

    /// Whether the owner of the key has signed a message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(self.algorithm, &self.bytes)
            .verify(message, signature)
            .is_ok()
    }
}
