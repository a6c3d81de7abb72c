//! Private keys and certificates. They are new in every rendering.

use std::any::Any;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType,
};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::{BigUint, RsaPrivateKey};

use super::arguments::{Result, bytes, int, list, text, value};
use super::primes::{EXPONENT, Size, prime};
use crate::functions::{Functions, Param};
use crate::value::Object;
use crate::{CallError, Value};

/// Keys of certificates have 2,048 bits, half of them each prime.
const CERTIFICATE_PRIME: Size = Size::Bits1024;
/// Keys that stand alone have 4,096.
const PRIVATE_KEY_PRIME: Size = Size::Bits2048;

pub(super) fn register(functions: &mut Functions) {
    use Param::{Int, List, Named, String};
    const CERTIFICATE: Param = Named("sprig.certificate");
    functions.add("genPrivateKey", &[String], |a| {
        let kind = text(a, 0);
        Ok(match &*kind {
            "" | "rsa" => rsa_pem(&rsa_private(PRIVATE_KEY_PRIME)?)?.into(),
            "ecdsa" => ecdsa_pem()?.into(),
            "ed25519" => generate(&rcgen::PKCS_ED25519)?
                .serialize_pem()
                .replace("\r\n", "\n")
                .into(),
            "dsa" => pem("DSA PRIVATE KEY", &super::dsa::dsa_der()?).into(),
            _ => format!("Unknown type {kind}").into(),
        })
    });
    functions.add("genCA", &[String, Int], |a| {
        let key = rsa_key()?;
        authority(&text(a, 0), int(a, 1), key.1, &key.0)
    });
    functions.add("genCAWithKey", &[String, Int, String], |a| {
        let pem = text(a, 2);
        authority(&text(a, 0), int(a, 1), given_key(&pem)?, &pem)
    });
    functions.add("genSelfSignedCert", &[String, List, List, Int], |a| {
        let key = rsa_key()?;
        leaf(a, key.1, &key.0, None)
    });
    functions.add(
        "genSelfSignedCertWithKey",
        &[String, List, List, Int, String],
        |a| {
            let pem = text(a, 4);
            leaf(a, given_key(&pem)?, &pem, None)
        },
    );
    functions.add("genSignedCert", &[String, List, List, Int, CERTIFICATE], |a| {
        let key = rsa_key()?;
        leaf(a, key.1, &key.0, value(a, 4).downcast::<Certificate>())
    });
    functions.add(
        "genSignedCertWithKey",
        &[String, List, List, Int, CERTIFICATE, String],
        |a| {
            let pem = text(a, 5);
            leaf(a, given_key(&pem)?, &pem, value(a, 4).downcast::<Certificate>())
        },
    );
    functions.add("buildCustomCert", &[String, String], |a| {
        let decode = |index: usize, what: &str| {
            STANDARD
                .decode(bytes(a, index))
                .map_err(|_| CallError::new(format!("unable to decode base64 {what}")))
                .map(|decoded| std::string::String::from_utf8_lossy(&decoded).into_owned())
        };
        let (cert, key) = (decode(0, "certificate")?, decode(1, "key")?);
        if !cert.contains("-----BEGIN ") {
            return Err(CallError::new("unable to decode certificate"));
        }
        if !key.contains("-----BEGIN ") {
            return Err(CallError::new("unable to decode key"));
        }
        Ok(Value::Object(Rc::new(Certificate { cert, key })))
    });
}

/// A certificate with its key, both as PEM.
struct Certificate {
    cert: String,
    key: String,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(self.cert.as_str().into()),
            "Key" => Some(self.key.as_str().into()),
            _ => None,
        }
    }

    fn print(&self) -> String {
        format!("{{{} {}}}", self.cert, self.key)
    }

    fn to_json(&self) -> Value {
        Value::dict([
            ("Cert", self.cert.as_str().into()),
            ("Key", self.key.as_str().into()),
        ])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn failed(error: impl std::fmt::Display) -> CallError {
    CallError::new(format!("cannot make a certificate: {error}"))
}

fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// A new key from two primes.
fn rsa_private(size: Size) -> std::result::Result<RsaPrivateKey, CallError> {
    let (one, other) = (prime(size)?, prime(size)?);
    let (larger, smaller) = (one.clone().max(other.clone()), one.min(other));
    RsaPrivateKey::from_p_q(
        BigUint::from_bytes_be(&larger),
        BigUint::from_bytes_be(&smaller),
        BigUint::from(EXPONENT),
    )
    .map_err(failed)
}

fn rsa_pem(key: &RsaPrivateKey) -> std::result::Result<String, CallError> {
    Ok(key.to_pkcs1_pem(LineEnding::LF).map_err(failed)?.to_string())
}

/// A new key for a certificate: its PEM, and ready to sign.
fn rsa_key() -> std::result::Result<(String, KeyPair), CallError> {
    let key = rsa_private(CERTIFICATE_PRIME)?;
    let pem = rsa_pem(&key)?;
    let der = key.to_pkcs8_der().map_err(failed)?;
    let pair = KeyPair::try_from(der.as_bytes()).map_err(failed)?;
    Ok((pem, pair))
}

fn generate(algorithm: &'static rcgen::SignatureAlgorithm) -> std::result::Result<KeyPair, CallError> {
    KeyPair::generate_for(algorithm).map_err(failed)
}

/// A P-256 key as SEC 1 has it (RFC 5915): the PKCS #8 form holds it at a fixed place.
fn ecdsa_pem() -> std::result::Result<String, CallError> {
    let der = generate(&rcgen::PKCS_ECDSA_P256_SHA256)?.serialize_der();
    let inner = der.get(P256_HEADER.len()..).unwrap_or_default();
    Ok(pem("EC PRIVATE KEY", inner))
}

/// What PKCS #8 puts before a P-256 key that holds its public key as well (RFC 5958, section 2).
const P256_HEADER: [u8; 29] = [
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d,
];

fn given_key(pem: &str) -> std::result::Result<KeyPair, CallError> {
    if !pem.contains("-----BEGIN ") {
        return Err(CallError::new("parsing private key: no PEM data in input"));
    }
    if pem.contains("BEGIN RSA PRIVATE KEY") {
        use rsa::pkcs1::DecodeRsaPrivateKey;
        let key = RsaPrivateKey::from_pkcs1_pem(pem)
            .map_err(|error| CallError::new(format!("parsing private key: {error}")))?;
        let der = key.to_pkcs8_der().map_err(failed)?;
        return KeyPair::try_from(der.as_bytes()).map_err(failed);
    }
    if pem.contains("BEGIN EC PRIVATE KEY") {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let inner = STANDARD
            .decode(body)
            .map_err(|error| CallError::new(format!("parsing private key: {error}")))?;
        let der = [P256_HEADER.as_slice(), &inner].concat();
        return KeyPair::try_from(der.as_slice()).map_err(failed);
    }
    KeyPair::from_pem(pem).map_err(|error| CallError::new(format!("parsing private key: {error}")))
}

fn parameters(name: &str, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    let now = std::time::SystemTime::now();
    let span = std::time::Duration::from_secs(86_400 * u64::try_from(days.clamp(0, 365_000)).unwrap_or(0));
    params.not_before = now.into();
    params.not_after = (now + span).into();
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params
}

fn authority(name: &str, days: i64, key: KeyPair, key_pem: &str) -> Result {
    let mut params = parameters(name, days);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    let cert = params.self_signed(&key).map_err(failed)?;
    Ok(certificate(&cert, key_pem))
}

fn certificate(cert: &rcgen::Certificate, key_pem: &str) -> Value {
    Value::Object(Rc::new(Certificate {
        cert: cert.pem().replace("\r\n", "\n"),
        key: key_pem.to_owned(),
    }))
}

fn leaf(arguments: &[Value], key: KeyPair, key_pem: &str, signer: Option<&Certificate>) -> Result {
    let mut params = parameters(&text(arguments, 0), int(arguments, 3));
    for ip in list(value(arguments, 1), "")?.iter() {
        let Value::String(ip) = ip else {
            return Err(CallError::new(format!(
                "error parsing ip: {ip:?} is not a string"
            )));
        };
        let address = ip
            .to_str()
            .parse()
            .map_err(|_| CallError::new(format!("error parsing ip: {ip}")))?;
        params.subject_alt_names.push(SanType::IpAddress(address));
    }
    for name in list(value(arguments, 2), "")?.iter() {
        let Value::String(name) = name else {
            return Err(CallError::new(format!(
                "error processing alternate dns name: {name:?} is not a string"
            )));
        };
        let name = name.to_string().try_into().map_err(failed)?;
        params.subject_alt_names.push(SanType::DnsName(name));
    }
    let cert = match signer {
        None => params.self_signed(&key).map_err(failed)?,
        Some(signer) => {
            let issuer = Issuer::from_ca_cert_pem(&signer.cert, given_key(&signer.key)?).map_err(failed)?;
            params.signed_by(&key, &issuer).map_err(failed)?
        }
    };
    Ok(certificate(&cert, key_pem))
}
