//! Which of many candidates is a prime: eight at a time where the processor can, else one by one.

use super::lanes::{LANES, Lanes};
use super::montgomery::Montgomery;
use super::random;
use crate::CallError;

/// Rounds of Miller and Rabin's test. FIPS 186-5 (appendix B.3) asks for five at these sizes.
const ROUNDS: usize = 6;

/// The first prime of odd numbers of `N` words, whose highest bit is set.
pub(super) fn first_prime<const N: usize, const L: usize>(
    mut candidates: impl Iterator<Item = [u64; N]>,
) -> Result<Option<[u64; N]>, CallError> {
    let Some(lanes) = Lanes::detect() else {
        for candidate in candidates {
            if is_prime(&candidate)? {
                return Ok(Some(candidate));
            }
        }
        return Ok(None);
    };
    loop {
        let batch: Vec<[u64; N]> = candidates.by_ref().take(LANES).collect();
        let Some(first) = batch.first() else {
            return Ok(None);
        };
        let mut all = [*first; LANES];
        for (lane, candidate) in all.iter_mut().zip(&batch) {
            *lane = *candidate;
        }
        for (candidate, is_likely) in batch.iter().zip(lanes.fermat::<N, L>(&all)) {
            if is_likely && is_prime_by_lanes::<N, L>(lanes, candidate)? {
                return Ok(Some(*candidate));
            }
        }
    }
}

fn is_prime_by_lanes<const N: usize, const L: usize>(
    lanes: Lanes,
    number: &[u64; N],
) -> Result<bool, CallError> {
    let (odd_part, twos) = odd_part(number);
    let mut bases = [[0; N]; LANES];
    for base in &mut bases {
        *base = random()?;
    }
    Ok(lanes.miller_rabin::<N, L>(number, &odd_part, twos, &bases))
}

/// Miller and Rabin's test, with 2 as the first base: it is the fastest and tells almost all composites.
fn is_prime<const N: usize>(number: &[u64; N]) -> Result<bool, CallError> {
    let field = Montgomery::new(number);
    let (odd_part, twos) = odd_part(number);
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

/// A number less one, as an odd number that is doubled so many times.
fn odd_part<const N: usize>(number: &[u64; N]) -> ([u64; N], u32) {
    let mut result = *number;
    if let Some(first) = result.first_mut() {
        *first -= 1;
    }
    let mut twos = 0;
    while result.first().is_some_and(|word| word % 2 == 0) {
        let mut carry = 0;
        for word in result.iter_mut().rev() {
            let low = *word & 1;
            *word = (*word >> 1) | (carry << 63);
            carry = low;
        }
        twos += 1;
    }
    (result, twos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each way to test says so: one by one, eight different numbers, one number with eight bases.
    #[track_caller]
    fn check<const N: usize, const L: usize>(number: [u64; N], prime: bool) {
        assert_eq!(is_prime(&number).ok(), Some(prime), "{number:?}");
        let Some(lanes) = Lanes::detect() else {
            println!("SKIP: this processor does not have the instructions for eight numbers at once");
            return;
        };
        assert_eq!(
            is_prime_by_lanes::<N, L>(lanes, &number).ok(),
            Some(prime),
            "{number:?}"
        );
        // Every lane has its own modulus and exponent.
        let mut all = [number; LANES];
        for (index, lane) in all.iter_mut().enumerate() {
            if index % 3 == 1 {
                lane[0] ^= 0b110 << index;
            }
        }
        let expected = all.map(|number| is_prime(&number).unwrap());
        assert_eq!(lanes.fermat::<N, L>(&all), expected, "{all:?}");
        let first = all.into_iter().zip(expected).find(|(_, prime)| *prime);
        let found = first_prime::<N, L>(all.into_iter()).unwrap();
        assert_eq!(found, first.map(|(number, _)| number));
    }

    #[test]
    fn known_primes_are_told_from_composites() {
        // 2^128 - 159 is the largest prime of two words; the largest of other sizes are as far from the power.
        check::<2, 3>([u64::MAX - 158, u64::MAX], true);
        check::<2, 3>([u64::MAX - 160, u64::MAX], false);
        check::<2, 3>([u64::MAX - 172, u64::MAX], true);
        // The square of the largest prime of one word.
        check::<2, 3>([59 * 59, u64::MAX - 117], false);
        // 2^256 - 189 and 2^1024 - 105 are the largest of their sizes.
        for (distance, prime) in [(189, true), (187, false)] {
            let mut number = [u64::MAX; 4];
            number[0] -= distance - 1;
            check::<4, 5>(number, prime);
        }
        for (distance, prime) in [(105, true), (107, false)] {
            let mut number = [u64::MAX; 16];
            number[0] -= distance - 1;
            check::<16, 20>(number, prime);
        }
    }

    #[test]
    fn odd_parts() {
        assert_eq!(odd_part(&[1 << 4 | 1, 0]), ([1, 0], 4));
        assert_eq!(odd_part(&[1, 3 << 2]), ([3, 0], 66));
        assert_eq!(odd_part(&[7, 1 << 63]), ([3, 1 << 62], 1));
    }
}
