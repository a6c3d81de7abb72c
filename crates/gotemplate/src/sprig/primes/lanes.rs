//! Montgomery's arithmetic with eight large numbers side by side, for processors that multiply eight pairs of 52-bit
//! digits at once (AVX-512 IFMA): a candidate costs a sixth of what one by one costs.
//!
//! Numbers have `L` digits, lowest first, and room above the modulus: results stay below twice the modulus without any
//! comparison (Walter, "Montgomery exponentiation needs no final subtractions", 1999).

use std::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpeq_epi64_mask, _mm512_madd52hi_epu64,
    _mm512_madd52lo_epu64, _mm512_set1_epi64, _mm512_setr_epi64, _mm512_setzero_si512, _mm512_sllv_epi64,
    _mm512_srli_epi64, _mm512_srlv_epi64, _mm512_sub_epi64,
};
use std::array;

use super::montgomery::{Montgomery, negative_inverse};

/// Numbers that are side by side.
pub(super) const LANES: usize = 8;
/// Bits of a digit.
const DIGIT: usize = 52;
/// The highest digit.
const DIGITS: u64 = (1 << DIGIT) - 1;
/// Entries of a table of powers: four bits of the exponent are taken at a time.
const WINDOW: usize = 16;

/// Says that this processor has the instructions.
#[derive(Clone, Copy)]
pub(super) struct Lanes(());

#[expect(clippy::unused_self, reason = "whoever has the value may call them")]
impl Lanes {
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")).then_some(Self(()))
    }

    /// Fermat's test with the base 2: all primes pass, and almost no other numbers.
    pub(super) fn fermat<const N: usize, const L: usize>(
        self,
        candidates: &[[u64; N]; LANES],
    ) -> [bool; LANES] {
        #[expect(unsafe_code, reason = "calls what not every processor has")]
        // SAFETY: a value of this type exists only where the processor has these instructions.
        unsafe {
            fermat::<N, L>(candidates)
        }
    }

    /// Miller and Rabin's test with eight bases. The number is one more than `odd_part` doubled `twos` times.
    pub(super) fn miller_rabin<const N: usize, const L: usize>(
        self,
        number: &[u64; N],
        odd_part: &[u64; N],
        twos: u32,
        bases: &[[u64; N]; LANES],
    ) -> bool {
        #[expect(unsafe_code, reason = "calls what not every processor has")]
        // SAFETY: a value of this type exists only where the processor has these instructions.
        unsafe {
            miller_rabin::<N, L>(number, odd_part, twos, bases)
        }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn fermat<const N: usize, const L: usize>(candidates: &[[u64; N]; LANES]) -> [bool; LANES] {
    let field = Remainders::<L>::new(candidates);
    let less_one = candidates.map(|mut candidate| {
        if let Some(lowest) = candidate.first_mut() {
            *lowest -= 1;
        }
        candidate
    });
    let power = field.power_of_two(&less_one);
    let ones = equal(&field.plain(&power), &unit());
    array::from_fn(|lane| ones >> lane & 1 == 1)
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn miller_rabin<const N: usize, const L: usize>(
    number: &[u64; N],
    odd_part: &[u64; N],
    twos: u32,
    bases: &[[u64; N]; LANES],
) -> bool {
    let field = Remainders::<L>::new(&[*number; LANES]);
    // Any number stands for some remainder in Montgomery's form.
    let mut power = field.power(&digits(bases), odd_part);
    let mut minus_one = field.modulus;
    if let Some(lowest) = minus_one.first_mut() {
        *lowest = _mm512_sub_epi64(*lowest, _mm512_set1_epi64(1));
    }
    let plain = field.plain(&power);
    let mut passed = equal(&plain, &unit()) | equal(&plain, &minus_one);
    for _ in 1..twos {
        power = field.times(&power, &power, _mm512_setzero_si512());
        passed |= equal(&field.plain(&power), &minus_one);
    }
    passed == __mmask8::MAX
}

/// Remainders of eight odd numbers.
struct Remainders<const L: usize> {
    modulus: [__m512i; L],
    /// The negative inverse of each modulus's lowest digit.
    inverse: __m512i,
    /// One in Montgomery's form.
    one: [__m512i; L],
}

impl<const L: usize> Remainders<L> {
    /// The highest bit of each modulus is set.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn new<const N: usize>(moduli: &[[u64; N]; LANES]) -> Self {
        // A factor may be four times the modulus, when one that is twice as large was doubled.
        const { assert!(DIGIT * L >= 64 * N + 4, "room for sixteen times the modulus") };
        let one = moduli.each_ref().map(|modulus| {
            let field = Montgomery::new(modulus);
            (64 * N..DIGIT * L).fold(field.one, |one, _| field.double(&one))
        });
        Self {
            modulus: digits(moduli),
            inverse: lanes(moduli.each_ref().map(negative_inverse)),
            one: digits(&one),
        }
    }

    /// The product, shifted left by as many bits as each lane says, of which there may be one.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn times(&self, left: &[__m512i; L], right: &[__m512i; L], shift: __m512i) -> [__m512i; L] {
        let zero = _mm512_setzero_si512();
        let mut sum = [zero; L];
        let ([lowest_right, ..], [lowest_modulus, ..]) = (right.as_slice(), self.modulus.as_slice()) else {
            return sum;
        };
        for digit in left {
            let [lowest, rest @ ..] = sum.as_mut_slice() else {
                break;
            };
            // The multiple of the modulus that makes the lowest digit vanish.
            let low = _mm512_madd52lo_epu64(*lowest, *digit, *lowest_right);
            let factor = _mm512_madd52lo_epu64(zero, low, self.inverse);
            let low = _mm512_madd52lo_epu64(low, factor, *lowest_modulus);
            // Digits above 52 bits are carried once, at the end. All move down by one place.
            let mut carry = _mm512_srli_epi64::<52>(low);
            let mut below = lowest;
            let factors = right.array_windows().zip(self.modulus.array_windows());
            for (place, ([right_below, right], [modulus_below, modulus])) in rest.iter_mut().zip(factors) {
                let high = _mm512_madd52hi_epu64(_mm512_add_epi64(*place, carry), *digit, *right_below);
                let both = _mm512_madd52lo_epu64(high, *digit, *right);
                let high = _mm512_madd52hi_epu64(both, factor, *modulus_below);
                *below = _mm512_madd52lo_epu64(high, factor, *modulus);
                below = place;
                carry = zero;
            }
            *below = match (right.last(), self.modulus.last()) {
                (Some(right), Some(modulus)) => {
                    _mm512_madd52hi_epu64(_mm512_madd52hi_epu64(zero, *digit, *right), factor, *modulus)
                }
                _ => zero,
            };
        }
        carried(sum, shift)
    }

    /// Two to the power of a number each.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn power_of_two<const N: usize>(&self, exponents: &[[u64; N]; LANES]) -> [__m512i; L] {
        let mut result = self.one;
        for word in (0..N).rev() {
            let words = lanes(exponents.map(|exponent| exponent.get(word).copied().unwrap_or(0)));
            for bit in (0..64).rev() {
                let word = _mm512_srlv_epi64(words, _mm512_set1_epi64(bit));
                let double = _mm512_and_si512(word, _mm512_set1_epi64(1));
                result = self.times(&result, &result, double);
            }
        }
        result
    }

    /// All to the same power, by four bits of the exponent at a time.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn power<const N: usize>(&self, bases: &[__m512i; L], exponent: &[u64; N]) -> [__m512i; L] {
        let zero = _mm512_setzero_si512();
        let mut table = [self.one; WINDOW];
        let mut last = self.one;
        for entry in table.iter_mut().skip(1) {
            last = self.times(&last, bases, zero);
            *entry = last;
        }
        let mut result = self.one;
        for word in exponent.iter().rev() {
            for shift in (0..16).rev() {
                for _ in 0..4 {
                    result = self.times(&result, &result, zero);
                }
                let window = usize::try_from((word >> (4 * shift)) & 15).unwrap_or(0);
                if let Some(factor) = table.get(window).filter(|_| window > 0) {
                    result = self.times(&result, factor, zero);
                }
            }
        }
        result
    }

    /// Out of Montgomery's form, less than the modulus unless it is zero.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn plain(&self, number: &[__m512i; L]) -> [__m512i; L] {
        self.times(number, &unit(), _mm512_setzero_si512())
    }
}

#[target_feature(enable = "avx512f")]
fn lanes(words: [u64; LANES]) -> __m512i {
    let [zero, one, two, three, four, five, six, seven] = words.map(u64::cast_signed);
    _mm512_setr_epi64(zero, one, two, three, four, five, six, seven)
}

/// The number one.
#[target_feature(enable = "avx512f")]
fn unit<const L: usize>() -> [__m512i; L] {
    let mut number = [_mm512_setzero_si512(); L];
    if let Some(lowest) = number.first_mut() {
        *lowest = _mm512_set1_epi64(1);
    }
    number
}

#[target_feature(enable = "avx512f")]
fn equal<const L: usize>(left: &[__m512i; L], right: &[__m512i; L]) -> __mmask8 {
    let pairs = left.iter().zip(right);
    pairs.fold(__mmask8::MAX, |mask, (left, right)| {
        mask & _mm512_cmpeq_epi64_mask(*left, *right)
    })
}

/// Digits of 52 bits each, of digits that may have more; all shifted left as each lane says.
#[target_feature(enable = "avx512f")]
fn carried<const L: usize>(mut number: [__m512i; L], shift: __m512i) -> [__m512i; L] {
    let mut carry = _mm512_setzero_si512();
    for place in &mut number {
        let digit = _mm512_add_epi64(_mm512_sllv_epi64(*place, shift), carry);
        carry = _mm512_srli_epi64::<52>(digit);
        *place = _mm512_and_si512(digit, _mm512_set1_epi64(DIGITS.cast_signed()));
    }
    number
}

#[target_feature(enable = "avx512f")]
fn digits<const N: usize, const L: usize>(numbers: &[[u64; N]; LANES]) -> [__m512i; L] {
    let mut result = [_mm512_setzero_si512(); L];
    for (index, place) in result.iter_mut().enumerate() {
        *place = lanes(numbers.each_ref().map(|number| digit(number, index)));
    }
    result
}

fn digit<const N: usize>(number: &[u64; N], index: usize) -> u64 {
    let (word, bit) = (index * DIGIT / 64, index * DIGIT % 64);
    let word_at = |word: usize| u128::from(number.get(word).copied().unwrap_or(0));
    let both = word_at(word + 1) << 64 | word_at(word);
    super::montgomery::low_word(both >> bit) & DIGITS
}
