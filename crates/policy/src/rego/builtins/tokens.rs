//! `io.jwt.*`: reading JSON web tokens and checking who signed them.

use std::time::UNIX_EPOCH;

use anyhow::{Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use regorus::{Engine, Value};
use ring::hmac;
use serde_json::{Map, Value as Json};

use super::keys::{Algorithm, PublicKey};
use super::{add, argument, string};

/// Base64 of tokens: with padding or without.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const SECRETS: [(&str, hmac::Algorithm); 3] = [
    ("HS256", hmac::HMAC_SHA256),
    ("HS384", hmac::HMAC_SHA384),
    ("HS512", hmac::HMAC_SHA512),
];
/// The constraints that `io.jwt.decode_verify` knows.
const CONSTRAINTS: [&str; 6] = ["cert", "secret", "alg", "iss", "time", "aud"];

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "io.jwt.decode", 1, |arguments| {
        let token = Token::read(string(arguments, 0)?)?;
        let signature: String = token.signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = vec![Json::Object(token.header), token.payload, Json::String(signature)];
        Ok(Value::from(Json::Array(parts)))
    })?;
    for (name, algorithm) in SECRETS {
        let builtin = format!("io.jwt.verify_{}", name.to_lowercase());
        add(engine, &builtin, 2, move |arguments| {
            let token = Token::read(string(arguments, 0)?)?;
            Ok(Value::from(token.authentic(algorithm, string(arguments, 1)?)))
        })?;
    }
    for algorithm in Algorithm::ALL {
        let builtin = format!("io.jwt.verify_{}", algorithm.name().to_lowercase());
        add(engine, &builtin, 2, move |arguments| {
            let token = Token::read(string(arguments, 0)?)?;
            let keys = PublicKey::read(string(arguments, 1)?)?;
            Ok(Value::from(token.signed(algorithm, &keys)))
        })?;
    }
    add(engine, "io.jwt.decode_verify", 2, |arguments| {
        let constraints: Json = serde_json::to_value(argument(arguments, 1)?)?;
        let constraints = constraints.as_object().ok_or_else(|| anyhow!("no object"))?;
        decode_verify(string(arguments, 0)?, constraints)
    })
}

/// A token, taken apart.
struct Token<'text> {
    header: Map<String, Json>,
    payload: Json,
    signature: Vec<u8>,
    /// What was signed.
    message: &'text str,
}

impl<'text> Token<'text> {
    fn read(text: &'text str) -> Result<Self> {
        let (message, signature) = text.rsplit_once('.').ok_or_else(|| anyhow!("no token"))?;
        let (header, payload) = message.split_once('.').ok_or_else(|| anyhow!("no token"))?;
        if payload.contains('.') {
            bail!("encrypted tokens cannot be read");
        }
        let header: Map<String, Json> = serde_json::from_slice(&BASE64URL.decode(header)?)?;
        if header.contains_key("enc") {
            bail!("encrypted tokens cannot be read");
        }
        let inner = BASE64URL.decode(payload)?;
        // A token may hold another one.
        if header.get("cty").and_then(Json::as_str) == Some("JWT") {
            bail!("a token within a token cannot be read");
        }
        Ok(Self {
            header,
            payload: serde_json::from_slice(&inner)?,
            signature: BASE64URL.decode(signature)?,
            message,
        })
    }

    fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Json::as_str).unwrap_or_default()
    }

    /// Whether somebody made it who knows the secret.
    fn authentic(&self, algorithm: hmac::Algorithm, secret: &str) -> bool {
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        hmac::verify(&key, self.message.as_bytes(), &self.signature).is_ok()
    }

    /// Whether the owner of one of the keys signed it.
    fn signed(&self, algorithm: Algorithm, keys: &[PublicKey]) -> bool {
        let named = self.header.get("kid").and_then(Json::as_str);
        let fitting = |key: &&PublicKey| match (named, key.id()) {
            (Some(named), Some(id)) => named == id,
            _ => true,
        };
        keys.iter()
            .filter(fitting)
            .any(|key| key.verifies(algorithm, self.message.as_bytes(), &self.signature))
    }
}

/// `[valid, header, payload]`; what is not valid shows nothing of itself.
fn decode_verify(text: &str, constraints: &Map<String, Json>) -> Result<Value> {
    if let Some(unknown) = constraints
        .keys()
        .find(|key| !CONSTRAINTS.contains(&key.as_str()))
    {
        bail!("unknown constraint {unknown}");
    }
    if constraints.contains_key("cert") == constraints.contains_key("secret") {
        bail!("exactly one of cert and secret must be given");
    }
    let token = Token::read(text)?;
    let valid = verified(&token, constraints)? && claims_hold(&token.payload, constraints)?;
    let parts = match valid {
        true => vec![Json::Bool(true), Json::Object(token.header), token.payload],
        false => vec![
            Json::Bool(false),
            Json::Object(Map::new()),
            Json::Object(Map::new()),
        ],
    };
    Ok(Value::from(Json::Array(parts)))
}

fn verified(token: &Token<'_>, constraints: &Map<String, Json>) -> Result<bool> {
    let text = |key: &str| constraints.get(key).and_then(Json::as_str);
    if text("alg").is_some_and(|wanted| wanted != token.algorithm()) {
        return Ok(false);
    }
    if let Some(secret) = text("secret") {
        let known = SECRETS.iter().find(|(name, _)| *name == token.algorithm());
        return Ok(known.is_some_and(|(_, algorithm)| token.authentic(*algorithm, secret)));
    }
    let keys = PublicKey::read(text("cert").unwrap_or_default())?;
    let known = Algorithm::ALL
        .into_iter()
        .find(|known| known.name() == token.algorithm());
    Ok(known.is_some_and(|algorithm| token.signed(algorithm, &keys)))
}

fn claims_hold(payload: &Json, constraints: &Map<String, Json>) -> Result<bool> {
    if let Some(issuer) = constraints.get("iss")
        && payload.get("iss") != Some(issuer)
    {
        return Ok(false);
    }
    let audience = constraints.get("aud");
    let meant = match (payload.get("aud"), audience) {
        (None, None) => true,
        (Some(Json::Array(names)), Some(audience)) => names.contains(audience),
        (Some(name), Some(audience)) => name == audience,
        (Some(_), None) | (None, Some(_)) => false,
    };
    let claim = |name: &str| {
        payload
            .get(name)
            .map(|value| value.as_f64().ok_or_else(|| anyhow!("{name} is no number")))
    };
    let (expires, begins) = (claim("exp").transpose()?, claim("nbf").transpose()?);
    if expires.is_none() && begins.is_none() {
        return Ok(meant);
    }
    // As with `time.now_ns`, a policy that asks for the time gets it.
    let clock = || UNIX_EPOCH.elapsed().map(|elapsed| elapsed.as_secs_f64());
    let now = match constraints.get("time") {
        Some(time) => time.as_f64().ok_or_else(|| anyhow!("time is no number"))? / 1e9,
        None => clock()?,
    };
    Ok(meant && expires.is_none_or(|end| now < end) && begins.is_none_or(|start| now >= start))
}
