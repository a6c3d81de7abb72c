//! Cases of letters as Go has them: a letter stays one letter, and numbers such as `Ⅳ` have no case.

use std::sync::LazyLock;

use regex::Regex;

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static UPPER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Lu}$").unwrap());
#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static LOWER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Ll}$").unwrap());
#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static TITLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Lt}$").unwrap());

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static LETTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{L}$").unwrap());

/// Whether it is a letter at all, with or without case; signs that belong to letters are none.
pub(super) fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || !character.is_ascii() && is_of(&LETTER, character)
}

pub(super) fn is_upper(character: char) -> bool {
    character.is_ascii_uppercase() || !character.is_ascii() && is_of(&UPPER, character)
}

pub(super) fn is_lower(character: char) -> bool {
    character.is_ascii_lowercase() || !character.is_ascii() && is_of(&LOWER, character)
}

/// Whether it is a pair of letters of which the first is a capital, as `ǅ`.
pub(super) fn is_title(character: char) -> bool {
    !character.is_ascii() && is_of(&TITLE, character)
}

fn is_of(category: &Regex, character: char) -> bool {
    category.is_match(character.encode_utf8(&mut [0; 4]))
}

/// The small letter; there is no final sigma.
pub(super) fn to_lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// The capital; what would become several letters stays, unless it has a single one as well.
pub(super) fn to_upper(character: char) -> char {
    let code = u32::from(character);
    let single = match code {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => Some(code + 8),
        0x1fb3 | 0x1fc3 | 0x1ff3 => Some(code + 9),
        0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf | 0x1fbc | 0x1fcc | 0x1ffc => Some(code),
        _ => None,
    };
    if let Some(single) = single {
        return char::from_u32(single).unwrap_or(character);
    }
    let mut letters = character.to_uppercase();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter,
        _ => character,
    }
}

/// The letter that a title starts with: pairs of letters have one of their own, Georgian letters stay.
pub(super) fn to_title(character: char) -> char {
    match character {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჺ' | 'ჽ'..='ჿ' => character,
        other => to_upper(other),
    }
}

/// The texts that `map` makes of each letter of a text.
pub(super) fn each(text: &str, map: fn(char) -> char) -> String {
    text.chars().map(map).collect()
}
