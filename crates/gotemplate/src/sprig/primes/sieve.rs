//! Small divisors strike out nine of ten candidates before any costly test.

use std::sync::LazyLock;

/// Small primes below this are tried. Twice as many save a twentieth of the costly tests.
const LIMIT: usize = 1 << 15;
/// Odd numbers that are looked at from one start on: a prime of 2,048 bits is among them in all but one of 300 times.
const SPAN: usize = 4096;

/// The odd primes below [`LIMIT`].
static SMALL_PRIMES: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut composite = vec![false; LIMIT];
    let mut primes = Vec::new();
    for number in (3..LIMIT).step_by(2) {
        if composite.get(number) == Some(&true) {
            continue;
        }
        primes.push(number as u64);
        for multiple in composite.iter_mut().skip(number * number).step_by(number) {
            *multiple = true;
        }
    }
    primes
});

/// How far from an odd number those odd numbers are that have no small divisor, the number itself first.
pub(super) fn survivors<const N: usize>(start: &[u64; N]) -> impl Iterator<Item = u64> + use<N> {
    let mut struck = vec![false; SPAN];
    // The remainder by a product of two costs as much as by one, and the product has 32 bits.
    for pair in SMALL_PRIMES.chunks(2) {
        let rest = remainder(start, pair.iter().product());
        for prime in pair {
            strike(&mut struck, rest % *prime, *prime);
        }
    }
    let steps = struck.into_iter().zip(0..);
    steps.filter_map(|(is_struck, step)| (!is_struck).then_some(2 * step))
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

/// Of numbers that come one by one, of which most have one of the first small primes as divisor.
pub(super) fn has_small_divisor<const N: usize>(number: &[u64; N]) -> bool {
    let first = SMALL_PRIMES.iter().take(200);
    first.into_iter().any(|prime| remainder(number, *prime) == 0)
}

/// The divisor has at most 32 bits.
pub(super) fn remainder<const N: usize>(number: &[u64; N], divisor: u64) -> u64 {
    // So that half a word and a remainder fit in a word together.
    number.iter().rev().fold(0, |rest, word| {
        let high = ((rest << 32) | (word >> 32)) % divisor;
        ((high << 32) | (word & 0xffff_ffff)) % divisor
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_multiples_of_small_primes_are_struck() {
        let start = [u64::MAX - 0x1234, u64::MAX, 0xfedc_ba98_7654_3211, 5];
        let left: Vec<u64> = survivors(&start).collect();
        for distance in (0..2 * SPAN as u64).step_by(2) {
            let number = crate::sprig::primes::plus(&start, distance).unwrap();
            let has_divisor = SMALL_PRIMES.iter().any(|prime| remainder(&number, *prime) == 0);
            assert_eq!(left.contains(&distance), !has_divisor, "{distance}");
        }
        assert_eq!(SMALL_PRIMES[..5], [3, 5, 7, 11, 13]);
        assert_eq!(SMALL_PRIMES.len(), 3511, "odd primes below 32,768");
    }

    #[test]
    fn remainders() {
        // 2^64 leaves 16 by 30, and 1 by 3.
        assert_eq!(remainder(&[7, 1], 30), 23);
        assert_eq!(remainder(&[u64::MAX, u64::MAX], 3), 0);
        assert!(has_small_divisor(&[9, 0]) && !has_small_divisor(&[u64::MAX - 158, u64::MAX]));
    }
}
