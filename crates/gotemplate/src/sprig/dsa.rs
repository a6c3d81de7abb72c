//! DSA keys (FIPS 186-4, with primes of 2,048 and 256 bits), which only old charts ask for.

use rsa::BigUint;

use super::primes::{Size, first_of, prime};
use super::random::random_bytes;
use crate::CallError;

/// Bytes of the large prime.
const LARGE_BYTES: i64 = 256;
/// Twice those of the small prime, so that no secret is likelier than others.
const SECRET_BYTES: i64 = 64;

/// A new key as OpenSSL writes it: version, p, q, g, y, x.
pub(super) fn dsa_der() -> Result<Vec<u8>, CallError> {
    let small = BigUint::from_bytes_be(&prime(Size::Bits256)?);
    let large = large_prime(&small)?;
    let one = BigUint::from(1u8);
    let exponent = (&large - &one) / &small;
    // Almost every base gives a generator of the group whose order is the small prime.
    let generator = [2u8, 3, 5]
        .map(|base| BigUint::from(base).modpow(&exponent, &large))
        .into_iter()
        .find(|generator| *generator != one)
        .ok_or_else(|| CallError::new("no generator for a dsa key"))?;
    let secret = BigUint::from_bytes_be(&random_bytes(SECRET_BYTES)?) % (&small - &one) + &one;
    let public = generator.modpow(&secret, &large);
    let numbers: Vec<u8> = [&BigUint::from(0u8), &large, &small, &generator, &public, &secret]
        .into_iter()
        .flat_map(|number| integer(&number.to_bytes_be()))
        .collect();
    Ok(tagged(0x30, &numbers))
}

/// A prime that is one more than a multiple of the small one.
fn large_prime(small: &BigUint) -> Result<BigUint, CallError> {
    let step = small * 2u8;
    loop {
        let mut bytes = random_bytes(LARGE_BYTES)?;
        if let Some(first) = bytes.first_mut() {
            // Far enough below the top that no step leaves the size.
            *first = *first & 0xbf | 0x80;
        }
        let start = BigUint::from_bytes_be(&bytes);
        let first = &start - &start % &step + 1u8;
        let candidates = std::iter::successors(Some(first), |candidate| Some(candidate + &step));
        if let Some(prime) = first_of(candidates.skip(1).take(4096).map(|number| number.to_bytes_be()))? {
            return Ok(BigUint::from_bytes_be(&prime));
        }
    }
}

/// An unsigned number in DER.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let zero = bytes.first().is_none_or(|first| first & 0x80 != 0);
    let content = if zero {
        [&[0], bytes].concat()
    } else {
        bytes.to_vec()
    };
    tagged(0x02, &content)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let used: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let head = match (used.as_slice(), used.len()) {
        ([], _) => vec![tag, 0],
        ([short], _) if *short < 0x80 => vec![tag, *short],
        (long, count) => {
            let count = u8::try_from(count).unwrap_or_default();
            [&[tag, 0x80 | count], long].concat()
        }
    };
    [head.as_slice(), content].concat()
}

#[cfg(test)]
mod tests {
    use rsa::BigUint;

    use super::{dsa_der, integer, tagged};

    #[test]
    fn der() {
        assert_eq!(integer(&[0]), [2, 1, 0]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(tagged(4, &[7; 300])[..5], [4, 0x82, 1, 44, 7]);
    }

    #[test]
    fn keys_hold_together() {
        let der = dsa_der().unwrap();
        let mut rest = &der[4..];
        let mut numbers = Vec::new();
        while let [2, length, tail @ ..] = rest {
            let (length, tail) = match length {
                0x82 => (usize::from(tail[0]) << 8 | usize::from(tail[1]), &tail[2..]),
                0x81 => (usize::from(tail[0]), &tail[1..]),
                short => (usize::from(*short), tail),
            };
            numbers.push(BigUint::from_bytes_be(&tail[..length]));
            rest = &tail[length..];
        }
        let [_, large, small, generator, public, secret] = numbers.as_slice() else {
            panic!("{} numbers", numbers.len());
        };
        let one = BigUint::from(1u8);
        assert_eq!((large.bits(), small.bits()), (2048, 256));
        assert_eq!((large - 1u8) % small, BigUint::from(0u8));
        assert!(*generator > one && generator.modpow(small, large) == one);
        assert!(secret < small && generator.modpow(secret, large) == *public);
    }
}
