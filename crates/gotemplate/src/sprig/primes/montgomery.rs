//! Arithmetic with the remainders of a large odd number (Montgomery, "Modular Multiplication Without Trial Division",
//! 1985). Long multiplication takes two rows at once: half the loads and stores, and carries that do not wait for
//! each other.

/// Remainders of an odd number of `N` words, lowest first, whose highest bit is set. `N` is even.
pub(super) struct Montgomery<'a, const N: usize> {
    modulus: &'a [u64; N],
    /// The negative inverse of the modulus's lowest word.
    inverse: u64,
    /// One in Montgomery's form.
    pub one: [u64; N],
}

impl<'a, const N: usize> Montgomery<'a, N> {
    pub(super) fn new(modulus: &'a [u64; N]) -> Self {
        const { assert!(N.is_multiple_of(2), "rows are taken two at a time") };
        Self {
            modulus,
            inverse: negative_inverse(modulus),
            // One, times the word size to the power of N, less the modulus once: the highest bit is set.
            one: minus(&[0; N], modulus).0,
        }
    }

    /// A number of `N` words as a remainder.
    pub(super) fn reduced(&self, number: &[u64; N]) -> [u64; N] {
        match minus(number, self.modulus) {
            (_, true) => *number,
            (less, false) => less,
        }
    }

    pub(super) fn negative(&self, number: &[u64; N]) -> [u64; N] {
        minus(self.modulus, number).0
    }

    pub(super) fn double(&self, number: &[u64; N]) -> [u64; N] {
        let mut twice = *number;
        let mut carry = 0;
        for word in &mut twice {
            let next = *word >> 63;
            *word = *word << 1 | carry;
            carry = next;
        }
        if carry > 0 {
            return minus(&twice, self.modulus).0;
        }
        self.reduced(&twice)
    }

    /// The square: each product of two different words is counted twice, but made once.
    pub(super) fn square(&self, number: &[u64; N]) -> [u64; N] {
        let mut product = [[0; N]; 2];
        let mut rest = number.as_slice();
        let mut places = product.as_flattened_mut();
        while let ([low, high, rest_of_number @ ..], [_, first, above @ ..]) = (rest, places) {
            rest = rest_of_number;
            let carry;
            (*first, carry) = multiply_add(*first, *low, *high, 0);
            let (row, ends) = above.split_at_mut(rest.len());
            let over = add_rows(row, [*low, *high], rest, 0, [carry, 0]);
            for (end, word) in ends.iter_mut().zip(over) {
                *end = word;
            }
            places = above.get_mut(2..).unwrap_or_default();
        }
        let (mut shifted, mut carry) = (0, 0);
        let (pairs, _) = product.as_flattened_mut().as_chunks_mut::<2>();
        for ([low, high], word) in pairs.iter_mut().zip(number) {
            let twice = [*low << 1 | shifted, *high << 1 | *low >> 63];
            shifted = *high >> 63;
            let upper;
            (*low, upper) = multiply_add(twice[0], *word, *word, carry);
            let (sum, overflows) = twice[1].overflowing_add(upper);
            *high = sum;
            carry = u64::from(overflows);
        }
        self.reduce(product)
    }

    pub(super) fn times(&self, left: &[u64; N], right: &[u64; N]) -> [u64; N] {
        let mut product = [[0; N]; 2];
        let mut places = product.as_flattened_mut();
        let (pairs, _) = left.as_chunks::<2>();
        for pair in pairs {
            let (row, ends) = places.split_at_mut(N.min(places.len()));
            let over = add_rows(row, *pair, right, 0, [0, 0]);
            for (end, word) in ends.iter_mut().zip(over) {
                *end = word;
            }
            places = places.get_mut(2..).unwrap_or_default();
        }
        self.reduce(product)
    }

    /// A number of `2 * N` words, divided by the word size to the power of `N`.
    fn reduce(&self, mut number: [[u64; N]; 2]) -> [u64; N] {
        let mut top = 0;
        if let [lowest, second, factors @ ..] = self.modulus.as_slice() {
            let mut places = number.as_flattened_mut();
            for _ in 0..N / 2 {
                let [zero, one, above @ ..] = places else {
                    break;
                };
                // The multiples of the modulus that make the two lowest words vanish.
                let low = zero.wrapping_mul(self.inverse);
                let (_, carry) = multiply_add(*zero, low, *lowest, 0);
                let (word, first_carry) = multiply_add(*one, low, *second, carry);
                let high = word.wrapping_mul(self.inverse);
                let (_, second_carry) = multiply_add(word, high, *lowest, 0);
                let (row, ends) = above.split_at_mut(factors.len());
                let over = add_rows(row, [low, high], factors, *second, [first_carry, second_carry]);
                for (end, word) in ends.iter_mut().zip(over) {
                    let sum = u128::from(*end) + u128::from(word) + u128::from(top);
                    *end = low_word(sum);
                    top = low_word(sum >> 64);
                }
                places = above;
            }
        }
        let [_, result] = number;
        if top > 0 {
            return minus(&result, self.modulus).0;
        }
        self.reduced(&result)
    }

    /// Two to the power of a number.
    pub(super) fn power_of_two(&self, exponent: &[u64; N]) -> [u64; N] {
        let mut result = self.one;
        for word in exponent.iter().rev() {
            for bit in (0..64).rev() {
                result = self.square(&result);
                if word >> bit & 1 == 1 {
                    result = self.double(&result);
                }
            }
        }
        result
    }

    /// By four bits of the exponent at a time.
    pub(super) fn power(&self, base: &[u64; N], exponent: &[u64; N]) -> [u64; N] {
        let mut table = [self.one; 16];
        let mut last = self.one;
        for entry in table.iter_mut().skip(1) {
            last = self.times(&last, base);
            *entry = last;
        }
        let mut result = self.one;
        for word in exponent.iter().rev() {
            for shift in (0..16).rev() {
                for _ in 0..4 {
                    result = self.square(&result);
                }
                let digit = usize::try_from((word >> (4 * shift)) & 15).unwrap_or(0);
                if let Some(factor) = table.get(digit).filter(|_| digit > 0) {
                    result = self.times(&result, factor);
                }
            }
        }
        result
    }
}

/// The negative inverse of an odd number's lowest word.
pub(super) fn negative_inverse<const N: usize>(number: &[u64; N]) -> u64 {
    let lowest = number.first().copied().unwrap_or(1);
    // Newton's iteration doubles the right bits: 1, 2, 4 ... 64.
    let inverse = (0..6).fold(1u64, |inverse, _| {
        inverse.wrapping_mul(2u64.wrapping_sub(lowest.wrapping_mul(inverse)))
    });
    inverse.wrapping_neg()
}

/// Adds two rows of a long multiplication, `low * factors` and a word higher `high * factors`, to as many places as
/// there are factors; gives the two words above them. `previous` is the factor below the first, `carries` come from
/// there.
#[inline]
fn add_rows(
    places: &mut [u64],
    [low, high]: [u64; 2],
    factors: &[u64],
    mut previous: u64,
    [mut first_carry, mut second_carry]: [u64; 2],
) -> [u64; 2] {
    let (places, _) = places.as_chunks_mut::<2>();
    let (factors, _) = factors.as_chunks::<2>();
    for (pair, factors) in places.iter_mut().zip(factors) {
        for (place, factor) in pair.iter_mut().zip(factors) {
            let word;
            (word, first_carry) = multiply_add(*place, low, *factor, first_carry);
            (*place, second_carry) = multiply_add(word, high, previous, second_carry);
            previous = *factor;
        }
    }
    multiply_add(first_carry, high, previous, second_carry).into()
}

/// `place + left * right + carry` as its lower and upper word.
#[inline]
fn multiply_add(place: u64, left: u64, right: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(place) + u128::from(left) * u128::from(right) + u128::from(carry);
    (low_word(sum), low_word(sum >> 64))
}

/// The difference, and whether it went below zero.
fn minus<const N: usize>(left: &[u64; N], right: &[u64; N]) -> ([u64; N], bool) {
    let mut result = *left;
    let mut borrow = false;
    for (word, less) in result.iter_mut().zip(right) {
        let (next, first) = word.overflowing_sub(*less);
        let (next, second) = next.overflowing_sub(u64::from(borrow));
        *word = next;
        borrow = first || second;
    }
    (result, borrow)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower word is wanted")]
pub(super) fn low_word(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use rsa::BigUint;

    use super::*;

    fn big(words: &[u64]) -> BigUint {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    /// Products and powers are those of a library for numbers of any size.
    #[track_caller]
    fn check<const N: usize>(modulus: [u64; N], left: [u64; N], right: [u64; N]) {
        let field = Montgomery::new(&modulus);
        let (left, right) = (field.reduced(&left), field.reduced(&right));
        let whole = big(&modulus);
        let radix = BigUint::from(1u8) << (64 * N);
        let times = |a: &[u64; N], b: &[u64; N]| big(a) * big(b) % &whole;
        assert_eq!(
            big(&field.times(&left, &right)) * &radix % &whole,
            times(&left, &right)
        );
        assert_eq!(big(&field.square(&left)) * &radix % &whole, times(&left, &left));
        assert_eq!(big(&field.double(&left)), big(&left) * 2u8 % &whole);
        let expected = BigUint::from(2u8).modpow(&big(&right), &whole) * &radix % &whole;
        assert_eq!(big(&field.power_of_two(&right)), expected);
        assert_eq!(big(&field.power(&field.double(&field.one), &right)), expected);
    }

    #[test]
    fn remainders_are_right() {
        check([u64::MAX; 2], [u64::MAX; 2], [u64::MAX - 1; 2]);
        check([u64::MAX, 1 << 63], [0, 1], [u64::MAX, 3]);
        check([1, 1 << 63], [0, 1 << 63], [5, 1 << 62]);
        let mut state = 88_172_645_463_325_252u64;
        for _ in 0..20 {
            let [mut modulus, left, right]: [[u64; 8]; 3] = std::array::from_fn(|_| {
                std::array::from_fn(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state
                })
            });
            modulus[0] |= 1;
            modulus[7] |= 1 << 63;
            check(modulus, left, right);
        }
    }
}
