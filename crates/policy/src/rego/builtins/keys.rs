//! Public keys as policies give them: PEM of a key or of a certificate, or a set of JSON web keys.

use anyhow::{Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value as Json;
use x509_parser::prelude::{FromDer, Pem, SubjectPublicKeyInfo, X509Certificate};
use x509_parser::public_key::PublicKey as Parsed;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    pub(super) const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// Its name in the header of a token.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    fn rsa(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &RSA_PSS_2048_8192_SHA512,
            Self::Es256 | Self::Es384 | Self::EdDsa => return None,
        })
    }

    fn of_points(self) -> Option<&'static dyn VerificationAlgorithm> {
        match self {
            Self::Es256 => Some(&ECDSA_P256_SHA256_FIXED),
            Self::Es384 => Some(&ECDSA_P384_SHA384_FIXED),
            Self::EdDsa => Some(&ED25519),
            _ => None,
        }
    }
}

/// A public key, perhaps with a name.
pub(super) struct PublicKey {
    id: Option<String>,
    material: Material,
}

enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point of a curve; which curve shows when it is used.
    Point(Vec<u8>),
}

impl PublicKey {
    /// Reads what a policy gives: PEM, or a key or set of keys in JSON.
    pub(super) fn read(text: &str) -> Result<Vec<Self>> {
        if text.contains("-----BEGIN") {
            return Ok(vec![Self::from_pem(text)?]);
        }
        let document: Json = serde_json::from_str(text)?;
        let keys = match document.get("keys") {
            Some(Json::Array(keys)) => keys.clone(),
            _ => vec![document],
        };
        keys.iter().map(Self::from_json).collect()
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether its owner signed a message.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { modulus, exponent } => algorithm.rsa().is_some_and(|parameters| {
                let key = RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                };
                key.verify(parameters, message, signature).is_ok()
            }),
            Material::Point(point) => algorithm.of_points().is_some_and(|algorithm| {
                UnparsedPublicKey::new(algorithm, point)
                    .verify(message, signature)
                    .is_ok()
            }),
        }
    }

    fn from_pem(text: &str) -> Result<Self> {
        let (pem, _) = Pem::read(std::io::Cursor::new(text))?;
        let material = match pem.label.as_str() {
            "CERTIFICATE" => {
                let (_, certificate) = X509Certificate::from_der(&pem.contents)?;
                material(certificate.public_key())?
            }
            "PUBLIC KEY" => material(&SubjectPublicKeyInfo::from_der(&pem.contents)?.1)?,
            other => bail!("PEM of a {other} holds no public key"),
        };
        Ok(Self { id: None, material })
    }

    fn from_json(key: &Json) -> Result<Self> {
        let text = |name: &str| key.get(name).and_then(Json::as_str);
        let bytes = |name: &str| -> Result<Vec<u8>> {
            let text = text(name).ok_or_else(|| anyhow!("the key has no {name}"))?;
            Ok(URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))?)
        };
        let material = match text("kty") {
            Some("RSA") => Material::Rsa {
                modulus: without_zeros(&bytes("n")?),
                exponent: without_zeros(&bytes("e")?),
            },
            Some("EC") => Material::Point([vec![4], bytes("x")?, bytes("y")?].concat()),
            Some("OKP") => Material::Point(bytes("x")?),
            other => bail!("keys of the kind {other:?} are not supported"),
        };
        Ok(Self {
            id: text("kid").map(ToOwned::to_owned),
            material,
        })
    }
}

fn material(info: &SubjectPublicKeyInfo<'_>) -> Result<Material> {
    Ok(match info.parsed()? {
        Parsed::RSA(key) => Material::Rsa {
            modulus: without_zeros(key.modulus),
            exponent: without_zeros(key.exponent),
        },
        Parsed::EC(point) => Material::Point(point.data().to_vec()),
        _ => Material::Point(info.subject_public_key.data.to_vec()),
    })
}

/// A number as its shortest bytes.
fn without_zeros(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default().to_vec()
}
