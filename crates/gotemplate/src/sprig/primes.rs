//! Random primes for RSA keys. Finding them is most of what a chart with certificates costs, and it is a search that
//! a sieve and Montgomery's arithmetic on numbers of fixed size make several times faster than numbers of any size.

use super::montgomery::Montgomery;
use crate::CallError;

/// Small primes below this strike out candidates before any costly test.
const SIEVE: usize = 1 << 16;
/// Strike out most candidates that come one by one.
const SMALL_PRIMES: [u64; 30] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127,
];
/// Odd numbers that are looked at from one random start on.
const SPAN: usize = 4096;
/// Rounds of Miller and Rabin's test. FIPS 186-5 (appendix B.3) asks for five at these sizes.
const ROUNDS: usize = 6;
/// The public exponent of RSA keys; it must not divide a prime less one.
pub(super) const EXPONENT: u64 = 65_537;

/// A random prime of `N` words, big-endian. Its two highest bits are set, so that a product of two has all its bits.
pub(super) fn prime<const N: usize>() -> Result<Vec<u8>, CallError> {
    let small = small_primes();
    loop {
        let mut start = random::<N>()?;
        if let Some(first) = start.first_mut() {
            *first |= 1;
        }
        if let Some(last) = start.last_mut() {
            *last |= 3 << 62;
        }
        let sieve = sieve(&start, &small);
        for (step, struck) in sieve.iter().enumerate() {
            if *struck {
                continue;
            }
            let Some(candidate) = plus(&start, 2 * step as u64) else {
                break;
            };
            if remainder(&candidate, EXPONENT) != 1 && is_prime(&candidate)? {
                return Ok(candidate
                    .iter()
                    .rev()
                    .flat_map(|word| word.to_be_bytes())
                    .collect());
            }
        }
    }
}

/// Whether a number of at most `N` words, big-endian, is a prime.
pub(super) fn is_probable_prime<const N: usize>(bytes: &[u8]) -> Result<bool, CallError> {
    let mut number = [0; N];
    for (word, part) in number.iter_mut().zip(bytes.rchunks(8)) {
        *word = part.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    let is_composite = number.first().is_none_or(|word| word % 2 == 0)
        || SMALL_PRIMES.iter().any(|prime| remainder(&number, *prime) == 0);
    Ok(!is_composite && is_prime(&number)?)
}

fn random<const N: usize>() -> Result<[u64; N], CallError> {
    let mut number = [0; N];
    for word in &mut number {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| CallError::new(format!("no random bytes: {error}")))?;
        *word = u64::from_le_bytes(bytes);
    }
    Ok(number)
}

/// The odd primes below [`SIEVE`].
fn small_primes() -> Vec<u64> {
    let mut composite = vec![false; SIEVE];
    let mut primes = Vec::new();
    for number in (3..SIEVE).step_by(2) {
        if composite.get(number) == Some(&true) {
            continue;
        }
        primes.push(number as u64);
        for multiple in composite.iter_mut().skip(number * number).step_by(number) {
            *multiple = true;
        }
    }
    primes
}

/// Which of the odd numbers from `start` on have a small divisor.
fn sieve<const N: usize>(start: &[u64; N], small: &[u64]) -> Vec<bool> {
    let mut struck = vec![false; SPAN];
    // The remainder by a product of two costs as much as by one, and the product has 32 bits.
    for pair in small.chunks(2) {
        let rest = remainder(start, pair.iter().product());
        for prime in pair {
            strike(&mut struck, rest % *prime, *prime);
        }
    }
    struck
}

/// Strikes the multiples of a prime, of which the first number has this remainder.
fn strike(struck: &mut [bool], rest: u64, prime: u64) {
    // The first multiple at an even distance.
    let missing = (prime - rest) % prime;
    let distance = if missing.is_multiple_of(2) {
        missing
    } else {
        missing + prime
    };
    let first = usize::try_from(distance / 2).unwrap_or(SPAN);
    let step = usize::try_from(prime).unwrap_or(SPAN);
    for multiple in struck.iter_mut().skip(first).step_by(step) {
        *multiple = true;
    }
}

fn remainder<const N: usize>(number: &[u64; N], divisor: u64) -> u64 {
    // Below 2^32, so that a word and a remainder fit together in two steps of half a word.
    number.iter().rev().fold(0, |rest, word| {
        let high = ((rest << 32) | (word >> 32)) % divisor;
        ((high << 32) | (word & 0xffff_ffff)) % divisor
    })
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

/// Miller and Rabin's test, with 2 as the first base: it is the fastest and tells almost all composites.
fn is_prime<const N: usize>(number: &[u64; N]) -> Result<bool, CallError> {
    let field = Montgomery::new(number);
    let mut less_one = *number;
    if let Some(first) = less_one.first_mut() {
        *first -= 1;
    }
    let twos = trailing_zeros(&less_one);
    let odd_part = shifted(&less_one, twos);
    let minus_one = field.negative(&field.one);
    for round in 0..ROUNDS {
        let mut power = if round == 0 {
            field.power_of_two(&odd_part)
        } else {
            // Any number stands for some residue in Montgomery's form.
            field.power(&field.reduced(&random::<N>()?), &odd_part)
        };
        if power == field.one || power == minus_one {
            continue;
        }
        let mut passes = false;
        for _ in 1..twos {
            power = field.square(&power);
            if power == minus_one {
                passes = true;
                break;
            }
        }
        if !passes {
            return Ok(false);
        }
    }
    Ok(true)
}

fn trailing_zeros<const N: usize>(number: &[u64; N]) -> u32 {
    let mut zeros = 0;
    for word in number {
        zeros += word.trailing_zeros();
        if *word != 0 {
            break;
        }
    }
    zeros
}

fn shifted<const N: usize>(number: &[u64; N], bits: u32) -> [u64; N] {
    let mut result = *number;
    for _ in 0..bits {
        let mut carry = 0;
        for word in result.iter_mut().rev() {
            let low = *word & 1;
            *word = (*word >> 1) | (carry << 63);
            carry = low;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: [u64; 2], prime: bool) {
        assert_eq!(is_prime(&number).ok(), Some(prime), "{number:?}");
    }

    #[test]
    fn known_primes_are_told_from_composites() {
        // 2^128 - 159 is the largest prime of two words, 2^127 - 1 has no highest bit and is none of ours.
        check([u64::MAX - 158, u64::MAX], true);
        check([u64::MAX - 160, u64::MAX], false);
        check([u64::MAX - 172, u64::MAX], true);
        // The square of the largest prime of one word.
        check([59 * 59, u64::MAX - 117], false);
    }

    #[test]
    fn primes_have_their_size() {
        let prime = prime::<4>().unwrap_or_default();
        assert_eq!(prime.len(), 32);
        assert!(prime.first().is_some_and(|first| *first >= 0xc0), "{prime:?}");
        assert_eq!(prime.last().map(|last| last & 1), Some(1));
    }
}
