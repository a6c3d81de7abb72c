//! Random texts and numbers. No two renderings give the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::arguments::{MAX_TEXT, int, text};
use crate::functions::{Functions, Param};
use crate::{CallError, Value};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";

pub(super) fn register(functions: &mut Functions) {
    use Param::{Int, String};
    let alphanumeric: Vec<u8> = [LETTERS, DIGITS].concat();
    let printable: Vec<u8> = (b' '..=b'~').collect();
    for (name, alphabet) in [
        ("randAlphaNum", alphanumeric),
        ("randAlpha", LETTERS.to_vec()),
        ("randNumeric", DIGITS.to_vec()),
        ("randAscii", printable),
    ] {
        functions.add(name, &[Int], move |a| {
            Ok(Value::string(from_alphabet(&alphabet, int(a, 0))?))
        });
    }
    functions.add("randBytes", &[Int], |a| {
        Ok(STANDARD.encode(random_bytes(int(a, 0))?).into())
    });
    functions.add("randInt", &[Int, Int], |a| {
        let (low, high) = (int(a, 0), int(a, 1));
        let span = u64::try_from(high.saturating_sub(low))
            .ok()
            .filter(|span| *span > 0)
            .ok_or_else(|| CallError::new("invalid argument to Intn"))?;
        let offset = i64::try_from(below(span)?).unwrap_or_default();
        Ok(Value::Int(low.saturating_add(offset)))
    });
    functions.add("shuffle", &[String], |a| {
        let mut characters: Vec<char> = text(a, 0).chars().collect();
        for index in (1..characters.len()).rev() {
            let other = usize::try_from(below(index as u64 + 1)?).unwrap_or_default();
            characters.swap(index, other);
        }
        Ok(characters.into_iter().collect::<std::string::String>().into())
    });
    functions.add("uuidv4", &[], |_| {
        let mut bytes = random_bytes(16)?;
        if let [_, _, _, _, _, _, version, _, variant, ..] = bytes.as_mut_slice() {
            *version = *version & 0x0f | 0x40;
            *variant = *variant & 0x3f | 0x80;
        }
        let hex = super::encoding::hex(&bytes);
        let part = |from, to| hex.get(from..to).unwrap_or_default();
        Ok(format!(
            "{}-{}-{}-{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
        .into())
    });
}

pub(super) fn random_bytes(count: i64) -> Result<Vec<u8>, CallError> {
    let count = usize::try_from(count)
        .ok()
        .filter(|count| *count <= MAX_TEXT)
        .ok_or_else(|| CallError::new("runtime error: makeslice: len out of range"))?;
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).map_err(|error| CallError::new(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

/// A number below a limit, each as likely as the others.
fn below(limit: u64) -> Result<u64, CallError> {
    let zone = u64::MAX - u64::MAX % limit;
    loop {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| CallError::new(format!("no random bytes: {error}")))?;
        let number = u64::from_le_bytes(bytes);
        if number < zone {
            return Ok(number % limit);
        }
    }
}

fn from_alphabet(alphabet: &[u8], count: i64) -> Result<Vec<u8>, CallError> {
    if count < 0 {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for byte in random_bytes(count.saturating_mul(2))?.chunks(2) {
        let number = byte
            .iter()
            .fold(0, |number, byte| number * 256 + usize::from(*byte));
        out.extend(alphabet.get(number % alphabet.len()));
    }
    Ok(out)
}
