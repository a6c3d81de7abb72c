//! `crypto.*`: hashes of texts.

use anyhow::Result;
use hmac::digest::{Digest, KeyInit};
use hmac::{Hmac, Mac};
use md5::Md5;
use regorus::{Engine, Value};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::{add, string};

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    hash::<Md5>(engine, "crypto.md5")?;
    hash::<Sha1>(engine, "crypto.sha1")?;
    hash::<Sha256>(engine, "crypto.sha256")?;
    code::<Hmac<Md5>>(engine, "crypto.hmac.md5")?;
    code::<Hmac<Sha1>>(engine, "crypto.hmac.sha1")?;
    code::<Hmac<Sha256>>(engine, "crypto.hmac.sha256")?;
    code::<Hmac<Sha512>>(engine, "crypto.hmac.sha512")?;
    add(engine, "crypto.hmac.equal", 2, |arguments| {
        Ok(Value::from(string(arguments, 0)? == string(arguments, 1)?))
    })
}

fn hash<Hash: Digest>(engine: &mut Engine, name: &str) -> Result<()> {
    add(engine, name, 1, |arguments| {
        Ok(hex(&Hash::digest(string(arguments, 0)?.as_bytes())))
    })
}

fn code<Code: Mac + KeyInit>(engine: &mut Engine, name: &str) -> Result<()> {
    add(engine, name, 2, |arguments| {
        let mut code = <Code as Mac>::new_from_slice(string(arguments, 1)?.as_bytes())?;
        code.update(string(arguments, 0)?.as_bytes());
        Ok(hex(&code.finalize().into_bytes()))
    })
}

fn hex(bytes: &[u8]) -> Value {
    Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
