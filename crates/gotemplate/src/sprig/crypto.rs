//! Passwords and encryption.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::arguments::{Result, bytes, int, text};
use super::random::random_bytes;
use crate::functions::{Functions, Param};
use crate::{CallError, Value};

const BCRYPT_COST: u32 = 10;
const BLOCK: usize = 16;

pub(super) fn register(functions: &mut Functions) {
    use Param::{String, Uint32};
    functions.add("bcrypt", &[String], |a| Ok(bcrypt(bytes(a, 0)).into()));
    functions.add("htpasswd", &[String, String], |a| {
        let user = text(a, 0);
        if user.contains(':') {
            return Ok(format!("invalid username: {user}").into());
        }
        Ok(format!("{user}:{}", bcrypt(bytes(a, 1))).into())
    });
    functions.add(
        "derivePassword",
        &[Uint32, String, String, String, String],
        derive_password,
    );
    functions.add("encryptAES", &[String, String], |a| {
        let iv = random_bytes(16)?;
        let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&key(bytes(a, 0)), &iv)
            .map_err(|error| CallError::new(error.to_string()))?;
        let mut out = iv;
        out.extend(cipher.encrypt_padded_vec_mut::<Pkcs7>(bytes(a, 1)));
        Ok(STANDARD.encode(out).into())
    });
    functions.add("decryptAES", &[String, String], |a| {
        let encrypted = super::encoding::decode_base64(bytes(a, 1)).map_err(CallError::new)?;
        let (iv, body) = encrypted
            .split_at_checked(BLOCK)
            .ok_or_else(|| CallError::new("the text is too short to be encrypted"))?;
        let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&key(bytes(a, 0)), iv)
            .map_err(|error| CallError::new(error.to_string()))?;
        cipher
            .decrypt_padded_vec_mut::<Pkcs7>(body)
            .map(Value::string)
            .map_err(|_| CallError::new("the text cannot be decrypted with this key"))
    });
}

/// A key of 32 bytes: cut, or filled with zeros.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password) {
        *to = *from;
    }
    key
}

fn bcrypt(password: &[u8]) -> String {
    let salt: [u8; 16] = match random_bytes(16).map(TryInto::try_into) {
        Ok(Ok(salt)) => salt,
        _ => return "failed to encrypt string with bcrypt: no random bytes".to_owned(),
    };
    match bcrypt::hash_with_salt(password, BCRYPT_COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    }
}

/// Templates of the Master Password algorithm (<https://spectre.app/spectre-algorithm.pdf>, section 4).
fn templates(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        _ => return None,
    })
}

fn alphabet(class: char) -> &'static [u8] {
    match class {
        'V' => b"AEIOU",
        'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        'v' => b"aeiou",
        'c' => b"bcdfghjklmnpqrstvwxyz",
        'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => b"0123456789",
        'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive_password(arguments: &[Value]) -> Result {
    let (counter, kind) = (int(arguments, 0), text(arguments, 1));
    let (password, user, site) = (bytes(arguments, 2), bytes(arguments, 3), bytes(arguments, 4));
    let Some(templates) = templates(&kind) else {
        return Ok(format!("cannot find password template {kind}").into());
    };
    let prefix = b"com.lyndir.masterpassword";
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let salt = [prefix.as_slice(), &length(user), user].concat();
    let mut key = [0; 64];
    let failed =
        |error: &dyn std::fmt::Display| CallError::new(format!("failed to derive password: {error}"));
    let params = scrypt::Params::new(15, 8, 2, 64).map_err(|error| failed(&error))?;
    scrypt::scrypt(password, &salt, &params, &mut key).map_err(|error| failed(&error))?;
    let counter = u32::try_from(counter).unwrap_or_default().to_be_bytes();
    let message = [prefix.as_slice(), &length(site), site, &counter].concat();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| failed(&error))?;
    mac.update(&message);
    let seed = mac.finalize().into_bytes();
    let Some((first, rest)) = seed.split_first() else {
        return Ok("".into());
    };
    let template = templates
        .get(usize::from(*first) % templates.len())
        .copied()
        .unwrap_or_default();
    let derived: Vec<u8> = template
        .chars()
        .zip(rest)
        .filter_map(|(class, byte)| {
            let alphabet = alphabet(class);
            alphabet.get(usize::from(*byte) % alphabet.len()).copied()
        })
        .collect();
    Ok(Value::string(derived))
}
