//! `crypto.x509.parse_certificates` and `crypto.x509.parse_certificate_request`: certificates as Go describes them.

use std::net::IpAddr;

use anyhow::{Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regorus::{Engine, Value};
use serde_json::{Map, Value as Json, json};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer, Pem, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use super::{add, string};

/// Bytes that a number of a public key may have.
const LARGEST_KEY: usize = 4096;
/// Lists that Go's certificates have, and `null` where there is nothing to list.
const LISTS: [&str; 22] = [
    "CRLDistributionPoints",
    "DNSNames",
    "EmailAddresses",
    "ExcludedDNSDomains",
    "ExcludedEmailAddresses",
    "ExcludedIPRanges",
    "ExcludedURIDomains",
    "ExtKeyUsage",
    "ExtraExtensions",
    "IPAddresses",
    "IssuingCertificateURL",
    "OCSPServer",
    "PermittedDNSDomains",
    "PermittedEmailAddresses",
    "PermittedIPRanges",
    "PermittedURIDomains",
    "Policies",
    "PolicyIdentifiers",
    "PolicyMappings",
    "URIStrings",
    "UnhandledCriticalExtensions",
    "UnknownExtKeyUsage",
];
/// Identifiers of how something is signed, with Go's numbers of them.
const SIGNATURES: [(&str, u8); 11] = [
    ("1.2.840.113549.1.1.4", 2),
    ("1.2.840.113549.1.1.5", 3),
    ("1.2.840.113549.1.1.11", 4),
    ("1.2.840.113549.1.1.12", 5),
    ("1.2.840.113549.1.1.13", 6),
    ("1.2.840.10045.4.1", 9),
    ("1.2.840.10045.4.3.2", 10),
    ("1.2.840.10045.4.3.3", 11),
    ("1.2.840.10045.4.3.4", 12),
    ("1.2.840.113549.1.1.10", 13),
    ("1.3.101.112", 16),
];

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "crypto.x509.parse_certificates", 1, |arguments| {
        let mut described = Vec::new();
        for bytes in blocks(string(arguments, 0)?, "CERTIFICATE")? {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (after, certificate) = X509Certificate::from_der(rest)?;
                let raw = rest.get(..rest.len() - after.len()).unwrap_or_default();
                described.push(describe(&certificate, raw)?);
                rest = after;
            }
        }
        Ok(Value::from(described))
    })?;
    add(engine, "crypto.x509.parse_certificate_request", 1, |arguments| {
        let blocks = blocks(string(arguments, 0)?, "CERTIFICATE REQUEST")?;
        let bytes = blocks.first().ok_or_else(|| anyhow!("no request"))?;
        let (_, request) = X509CertificationRequest::from_der(bytes)?;
        describe_request(&request, bytes)
    })
}

/// The contents of PEM, or of the base64 of PEM or DER.
fn blocks(text: &str, label: &str) -> Result<Vec<Vec<u8>>> {
    let decoded = match text.contains("-----BEGIN") {
        true => text.as_bytes().to_vec(),
        false => STANDARD.decode(text.trim())?,
    };
    if !decoded.windows(10).any(|window| window == b"-----BEGIN") {
        return Ok(vec![decoded]);
    }
    let mut blocks = Vec::new();
    for pem in Pem::iter_from_buffer(&decoded) {
        let pem = pem?;
        if pem.label != label {
            bail!("PEM of a {}, not of a {label}", pem.label);
        }
        blocks.push(pem.contents);
    }
    Ok(blocks)
}

fn describe(certificate: &X509Certificate<'_>, raw: &[u8]) -> Result<Value> {
    let mut fields: Map<String, Json> = LISTS
        .iter()
        .map(|name| ((*name).to_owned(), Json::Null))
        .collect();
    let mut set = |name: &str, value: Json| fields.insert(name.to_owned(), value);
    let tbs = &certificate.tbs_certificate;
    set("Raw", bytes(raw));
    set("RawTBSCertificate", bytes(tbs.as_ref()));
    set("RawSubject", bytes(tbs.subject.as_raw()));
    set("RawIssuer", bytes(tbs.issuer.as_raw()));
    set("RawSubjectPublicKeyInfo", bytes(tbs.subject_pki.raw));
    set("Signature", bytes(&certificate.signature_value.data));
    set(
        "SignatureAlgorithm",
        json!(signature(
            &certificate.signature_algorithm.algorithm.to_id_string()
        )),
    );
    set("Version", json!(tbs.version.0 + 1));
    set("Subject", name(&tbs.subject));
    set("Issuer", name(&tbs.issuer));
    set("NotBefore", json!(time(tbs.validity.not_before.timestamp())?));
    set("NotAfter", json!(time(tbs.validity.not_after.timestamp())?));
    for (name, value) in [
        ("BasicConstraintsValid", json!(false)),
        ("IsCA", json!(false)),
        ("MaxPathLen", json!(0)),
        ("MaxPathLenZero", json!(false)),
        ("KeyUsage", json!(0)),
        ("SubjectKeyId", Json::Null),
        ("AuthorityKeyId", Json::Null),
        ("PermittedDNSDomainsCritical", json!(false)),
        ("InhibitAnyPolicy", json!(0)),
        ("InhibitAnyPolicyZero", json!(false)),
        ("InhibitPolicyMapping", json!(0)),
        ("InhibitPolicyMappingZero", json!(false)),
        ("RequireExplicitPolicy", json!(0)),
        ("RequireExplicitPolicyZero", json!(false)),
    ] {
        set(name, value);
    }
    for extension in tbs.extensions() {
        read_extension(extension, &mut fields);
    }
    fields.insert("Extensions".to_owned(), extensions(tbs.extensions()));
    let uris = fields.get("URIStrings").cloned().unwrap_or(Json::Null);
    fields.insert("URIs".to_owned(), addresses(&uris));
    let mut described = Value::from(Json::Object(fields));
    add_key(&mut described, &tbs.subject_pki)?;
    insert(&mut described, "SerialNumber", number(&tbs.serial.to_string()))?;
    Ok(described)
}

fn describe_request(request: &X509CertificationRequest<'_>, raw: &[u8]) -> Result<Value> {
    let info = &request.certification_request_info;
    let mut fields = Map::new();
    for list in [
        "DNSNames",
        "EmailAddresses",
        "IPAddresses",
        "URIStrings",
        "ExtraExtensions",
    ] {
        fields.insert(list.to_owned(), Json::Null);
    }
    let wanted: Vec<&ParsedExtension<'_>> = request
        .requested_extensions()
        .map(Iterator::collect)
        .unwrap_or_default();
    for extension in wanted {
        if let ParsedExtension::SubjectAlternativeName(names) = extension {
            alternative_names(&names.general_names, &mut fields);
        }
    }
    let uris = fields.remove("URIStrings").unwrap_or(Json::Null);
    fields.insert("URIs".to_owned(), addresses(&uris));
    for (name, value) in [
        ("Raw", bytes(raw)),
        ("RawTBSCertificateRequest", bytes(info.raw)),
        ("RawSubject", bytes(info.subject.as_raw())),
        ("RawSubjectPublicKeyInfo", bytes(info.subject_pki.raw)),
        ("Signature", bytes(&request.signature_value.data)),
        (
            "SignatureAlgorithm",
            json!(signature(&request.signature_algorithm.algorithm.to_id_string())),
        ),
        ("Subject", name(&info.subject)),
        ("Version", json!(info.version.0)),
    ] {
        fields.insert(name.to_owned(), value);
    }
    let mut described = Value::from(Json::Object(fields));
    add_key(&mut described, &info.subject_pki)?;
    Ok(described)
}

fn read_extension(extension: &X509Extension<'_>, fields: &mut Map<String, Json>) {
    let mut set = |name: &str, value: Json| fields.insert(name.to_owned(), value);
    match extension.parsed_extension() {
        ParsedExtension::BasicConstraints(constraints) => {
            set("BasicConstraintsValid", json!(true));
            set("IsCA", json!(constraints.ca));
            let length = constraints.path_len_constraint;
            set("MaxPathLen", length.map_or(json!(-1), |length| json!(length)));
            set("MaxPathLenZero", json!(length == Some(0)));
        }
        ParsedExtension::KeyUsage(usage) => {
            set("KeyUsage", json!(usage.flags));
        }
        ParsedExtension::ExtendedKeyUsage(usage) => {
            let known = [
                (usage.any, 0),
                (usage.server_auth, 1),
                (usage.client_auth, 2),
                (usage.code_signing, 3),
                (usage.email_protection, 4),
                (usage.time_stamping, 8),
                (usage.ocsp_signing, 9),
            ];
            let numbers: Vec<u8> = known
                .into_iter()
                .filter_map(|(given, number)| given.then_some(number))
                .collect();
            set("ExtKeyUsage", listed(&numbers));
            let others: Vec<Json> = usage
                .other
                .iter()
                .map(|id| identifier(&id.to_id_string()))
                .collect();
            set("UnknownExtKeyUsage", listed(&others));
        }
        ParsedExtension::SubjectKeyIdentifier(key) => {
            set("SubjectKeyId", bytes(key.0));
        }
        ParsedExtension::AuthorityKeyIdentifier(authority) => {
            let key = authority.key_identifier.as_ref();
            set("AuthorityKeyId", key.map_or(Json::Null, |key| bytes(key.0)));
        }
        ParsedExtension::SubjectAlternativeName(names) => alternative_names(&names.general_names, fields),
        _ => {}
    }
}

fn alternative_names(names: &[GeneralName<'_>], fields: &mut Map<String, Json>) {
    let (mut hosts, mut mails, mut uris, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match name {
            GeneralName::DNSName(host) => hosts.push(*host),
            GeneralName::RFC822Name(mail) => mails.push(*mail),
            GeneralName::URI(uri) => uris.push(*uri),
            GeneralName::IPAddress(bytes) => numbers.extend(address(bytes)),
            _ => {}
        }
    }
    for (name, value) in [
        ("DNSNames", listed(&hosts)),
        ("EmailAddresses", listed(&mails)),
        ("URIStrings", listed(&uris)),
        ("IPAddresses", listed(&numbers)),
    ] {
        fields.insert(name.to_owned(), value);
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    let address = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
        _ => return None,
    };
    Some(address.to_string())
}

/// Addresses as Go takes them apart.
fn addresses(uris: &Json) -> Json {
    let Json::Array(uris) = uris else {
        return Json::Null;
    };
    let parts = uris.iter().filter_map(Json::as_str).map(|uri| {
        let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = match rest.strip_prefix("//") {
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            None => ("", ""),
        };
        let opaque = if rest.starts_with('/') { "" } else { rest };
        json!({
            "Scheme": scheme, "Opaque": opaque, "User": null, "Host": host, "Path": path, "RawPath": "",
            "OmitHost": false, "ForceQuery": false, "RawQuery": query, "Fragment": fragment, "RawFragment": "",
        })
    });
    Json::Array(parts.collect())
}

fn name(name: &X509Name<'_>) -> Json {
    let texts = |wanted: &str| -> Vec<String> {
        name.iter_attributes()
            .filter(|attribute| attribute.attr_type().to_id_string() == wanted)
            .filter_map(|attribute| attribute.as_str().ok().map(ToOwned::to_owned))
            .collect()
    };
    let names: Vec<Json> = name
        .iter_attributes()
        .map(|attribute| {
            json!({
                "Type": identifier(&attribute.attr_type().to_id_string()),
                "Value": attribute.as_str().unwrap_or_default(),
            })
        })
        .collect();
    let last = |wanted: &str| texts(wanted).pop().unwrap_or_default();
    json!({
        "CommonName": last("2.5.4.3"),
        "SerialNumber": last("2.5.4.5"),
        "Country": listed(&texts("2.5.4.6")),
        "Locality": listed(&texts("2.5.4.7")),
        "Province": listed(&texts("2.5.4.8")),
        "StreetAddress": listed(&texts("2.5.4.9")),
        "Organization": listed(&texts("2.5.4.10")),
        "OrganizationalUnit": listed(&texts("2.5.4.11")),
        "PostalCode": listed(&texts("2.5.4.17")),
        "Names": listed(&names),
        "ExtraNames": null,
    })
}

fn extensions(extensions: &[X509Extension<'_>]) -> Json {
    let described: Vec<Json> = extensions
        .iter()
        .map(|extension| {
            json!({
                "Id": identifier(&extension.oid.to_id_string()),
                "Critical": extension.critical,
                "Value": bytes(extension.value),
            })
        })
        .collect();
    listed(&described)
}

/// Adds the public key: Go's number of its kind, and its numbers.
fn add_key(described: &mut Value, info: &SubjectPublicKeyInfo<'_>) -> Result<()> {
    let of_bytes = |bytes: &[u8]| match bytes.len() > LARGEST_KEY {
        true => bail!("a key of more than {LARGEST_KEY} bytes"),
        false => Ok(number(&decimal(bytes))),
    };
    let (kind, key) = match info.parsed() {
        Ok(PublicKey::RSA(key)) => {
            let mut value = Value::from(json!({}));
            insert(&mut value, "N", of_bytes(key.modulus)?)?;
            insert(&mut value, "E", of_bytes(key.exponent)?)?;
            (1, value)
        }
        Ok(PublicKey::EC(point)) => {
            let coordinates = point.data().get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            let mut value = Value::from(json!({"Curve": {}}));
            insert(&mut value, "X", of_bytes(x)?)?;
            insert(&mut value, "Y", of_bytes(y)?)?;
            (3, value)
        }
        _ if info.algorithm.algorithm.to_id_string() == "1.3.101.112" => {
            (4, Value::from(bytes(&info.subject_public_key.data)))
        }
        _ => (0, Value::Null),
    };
    insert(described, "PublicKeyAlgorithm", Value::from(kind))?;
    insert(described, "PublicKey", key)
}

fn insert(object: &mut Value, name: &str, value: Value) -> Result<()> {
    object.as_object_mut()?.insert(Value::from(name), value);
    Ok(())
}

/// A number; as text where the engine's numbers could not hold all of its digits.
fn number(digits: &str) -> Value {
    digits
        .parse::<u64>()
        .map_or_else(|_| Value::from(digits), Value::from)
}

/// A number of any size in decimal digits.
fn decimal(bytes: &[u8]) -> String {
    const BASE: u64 = 1_000_000_000;
    let mut digits: Vec<u64> = vec![0];
    for byte in bytes {
        let mut carry = u64::from(*byte);
        for digit in &mut digits {
            let value = *digit * 256 + carry;
            *digit = value % BASE;
            carry = value / BASE;
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    let mut text = String::new();
    for digit in digits.iter().rev() {
        match text.is_empty() {
            true => text += &digit.to_string(),
            false => text += &format!("{digit:09}"),
        }
    }
    text
}

fn signature(id: &str) -> u8 {
    let known = SIGNATURES.iter().find(|(known, _)| *known == id);
    known.map_or(0, |(_, number)| *number)
}

fn time(seconds: i64) -> Result<String> {
    Ok(jiff::Timestamp::from_second(seconds)?.to_string())
}

fn identifier(dotted: &str) -> Json {
    dotted
        .split('.')
        .filter_map(|part| part.parse::<u64>().ok())
        .collect()
}

fn bytes(bytes: &[u8]) -> Json {
    json!(STANDARD.encode(bytes))
}

/// A list; `null` when it is empty.
fn listed<T: serde::Serialize>(items: &[T]) -> Json {
    match items.is_empty() {
        true => Json::Null,
        false => json!(items),
    }
}
