//! Random primes for keys. Finding them is most of what a chart with certificates costs, and it is a search that a
//! sieve and arithmetic on numbers of fixed size make many times faster than numbers of any size.

#[cfg(target_arch = "x86_64")]
mod lanes;
mod montgomery;
mod primality;
mod sieve;

#[cfg(not(target_arch = "x86_64"))]
#[path = "no_lanes.rs"]
mod lanes;

use crate::CallError;
use primality::first_prime;
use sieve::{remainder, survivors};

/// The public exponent of RSA keys; it must not divide a prime less one.
pub(super) const EXPONENT: u64 = 65_537;

/// How large a prime is.
#[derive(Clone, Copy)]
pub(super) enum Size {
    Bits256,
    Bits1024,
    Bits2048,
}

/// A random prime, big-endian. Its two highest bits are set, so that a product of two has all its bits.
pub(super) fn prime(size: Size) -> Result<Vec<u8>, CallError> {
    // Words of 64 bits, and digits of 52 bits with room above them.
    match size {
        Size::Bits256 => Ok(bytes(&random_prime::<4, 5>()?)),
        Size::Bits1024 => Ok(bytes(&random_prime::<16, 20>()?)),
        Size::Bits2048 => Ok(bytes(&random_prime::<32, 40>()?)),
    }
}

/// The first prime of odd numbers of 2,048 bits, all big-endian.
pub(super) fn first_of(numbers: impl Iterator<Item = Vec<u8>>) -> Result<Option<Vec<u8>>, CallError> {
    let candidates = numbers
        .map(|number| words::<32>(&number))
        .filter(|number| !sieve::has_small_divisor(number));
    Ok(first_prime::<32, 40>(candidates)?.as_ref().map(bytes))
}

fn random_prime<const N: usize, const L: usize>() -> Result<[u64; N], CallError> {
    loop {
        let mut start = random::<N>()?;
        if let Some(first) = start.first_mut() {
            *first |= 1;
        }
        if let Some(last) = start.last_mut() {
            *last |= 3 << 62;
        }
        let candidates = survivors(&start)
            .map_while(|distance| plus(&start, distance))
            .filter(|candidate| remainder(candidate, EXPONENT) != 1);
        if let Some(prime) = first_prime::<N, L>(candidates)? {
            return Ok(prime);
        }
    }
}

fn random<const N: usize>() -> Result<[u64; N], CallError> {
    let mut number = [0; N];
    for word in &mut number {
        *word = getrandom::u64().map_err(|error| CallError::new(format!("no random bytes: {error}")))?;
    }
    Ok(number)
}

/// Nothing when the sum does not fit.
fn plus<const N: usize>(number: &[u64; N], small: u64) -> Option<[u64; N]> {
    let mut sum = *number;
    let mut carry = small;
    for word in &mut sum {
        let (next, overflows) = word.overflowing_add(carry);
        *word = next;
        carry = u64::from(overflows);
    }
    (carry == 0).then_some(sum)
}

fn bytes<const N: usize>(number: &[u64; N]) -> Vec<u8> {
    let words = number.iter().rev();
    words.flat_map(|word| word.to_be_bytes()).collect()
}

fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut number = [0; N];
    for (word, part) in number.iter_mut().zip(bytes.rchunks(8)) {
        *word = part.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_have_their_size() {
        for (size, length) in [(Size::Bits256, 32), (Size::Bits1024, 128)] {
            let prime = prime(size).unwrap();
            assert_eq!(prime.len(), length);
            assert!(prime[0] >= 0xc0 && prime[length - 1] % 2 == 1, "{prime:?}");
            let number = rsa::BigUint::from_bytes_be(&prime);
            assert!(rsa::BigUint::from(3u8).modpow(&(&number - 1u8), &number) == rsa::BigUint::from(1u8));
        }
    }

    #[test]
    fn bytes_and_words() {
        let number: [u64; 2] = words(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(number, [0x0203_0405_0607_0809, 1]);
        assert_eq!(bytes(&number)[7..], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(plus(&[u64::MAX, 1], 3), Some([2, 2]));
        assert_eq!(plus(&[u64::MAX, u64::MAX], 3), None);
    }
}
