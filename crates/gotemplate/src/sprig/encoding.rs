//! Encodings and check sums.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::BASE32;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

use super::arguments::bytes;
use crate::Value;
use crate::functions::{Functions, Param};

pub(super) fn register(functions: &mut Functions) {
    let string = &[Param::String];
    functions.add("b64enc", string, |a| Ok(STANDARD.encode(bytes(a, 0)).into()));
    functions.add("b64dec", string, |a| {
        Ok(match decode_base64(bytes(a, 0)) {
            Ok(decoded) => Value::string(decoded),
            Err(message) => message.into(),
        })
    });
    functions.add("b32enc", string, |a| Ok(BASE32.encode(bytes(a, 0)).into()));
    functions.add("b32dec", string, |a| {
        Ok(match decode_base32(bytes(a, 0)) {
            Ok(decoded) => Value::string(decoded),
            Err(message) => message.into(),
        })
    });
    functions.add("sha1sum", string, |a| Ok(hex(&Sha1::digest(bytes(a, 0))).into()));
    functions.add("sha256sum", string, |a| {
        Ok(hex(&Sha256::digest(bytes(a, 0))).into())
    });
    functions.add("sha512sum", string, |a| {
        Ok(hex(&Sha512::digest(bytes(a, 0))).into())
    });
    functions.add("adler32sum", string, |a| {
        Ok(adler2::adler32_slice(bytes(a, 0)).to_string().into())
    });
}

/// Standard base64; line breaks are skipped. The error is Go's.
pub(super) fn decode_base64(text: &[u8]) -> Result<Vec<u8>, String> {
    let clean: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    STANDARD.decode(&clean).map_err(|_| {
        let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let bad = text
            .iter()
            .position(|byte| !is_digit(byte) && !matches!(byte, b'\r' | b'\n'))
            .filter(|at| text.get(*at) != Some(&b'=') || at % 4 < 2)
            .unwrap_or_else(|| text.len() - text.len() % 4);
        format!("illegal base64 data at input byte {bad}")
    })
}

/// Standard base32, with its padding; line breaks are skipped. The error is Go's.
fn decode_base32(text: &[u8]) -> Result<Vec<u8>, String> {
    let clean: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    BASE32.decode(&clean).map_err(|_| {
        format!(
            "illegal base32 data at input byte {}",
            bad_base32_byte(&clean).unwrap_or(clean.len())
        )
    })
}

/// The byte that Go complains of: it reads eight digits at a time.
fn bad_base32_byte(text: &[u8]) -> Option<usize> {
    for (index, group) in text.chunks(8).enumerate() {
        let start = index * 8;
        for (offset, byte) in group.iter().enumerate() {
            let after = group.get(offset + 1..).unwrap_or_default();
            if *byte == b'=' && offset >= 2 && text.len() - start <= 8 {
                if after.len() + offset < 7 {
                    return Some(text.len());
                }
                if let Some(other) = after.iter().position(|byte| *byte != b'=') {
                    return Some(start + offset + other);
                }
                return Some(start + offset);
            }
            if !matches!(byte, b'A'..=b'Z' | b'2'..=b'7') {
                return Some(start + offset);
            }
        }
        if group.len() < 8 {
            return Some(start);
        }
    }
    None
}

pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
