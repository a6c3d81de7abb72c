//! `snakecase`, `camelcase` and `kebabcase`, as `huandu/xstrings` forms names.

use std::sync::LazyLock;

use regex::Regex;

use super::arguments::text;
use super::letters::{is_letter, is_lower, is_upper, to_lower, to_upper};
use crate::functions::{Functions, Param};

pub(super) fn register(functions: &mut Functions) {
    functions.add("snakecase", &[Param::String], |a| {
        Ok(delimited(&text(a, 0), '_').into())
    });
    functions.add("kebabcase", &[Param::String], |a| {
        Ok(delimited(&text(a, 0), '-').into())
    });
    functions.add("camelcase", &[Param::String], |a| Ok(pascal(&text(a, 0)).into()));
}

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static PUNCTUATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{P}$").unwrap());

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || character.is_whitespace()
}

fn is_punctuation(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_punctuation()
            && !matches!(character, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    }
    PUNCTUATION.is_match(character.encode_utf8(&mut [0; 4]))
}

/// A letter, but no ideograph: those are signs.
fn is_alphabetic(character: char) -> bool {
    let is_ideograph = matches!(
        character,
        '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}'
    );
    !is_ideograph && is_letter(character)
}

fn is_alphanumeric(character: char) -> bool {
    is_alphabetic(character) || character.is_numeric()
}

/// Signs such as `+` are words of their own; punctuation belongs to what stands beside it.
fn is_symbol(character: char) -> bool {
    !is_alphanumeric(character) && !is_connector(character) && !is_punctuation(character)
}

/// Words in lower case between delimiters. A word starts at a capital after a small letter, digit or sign, at the
/// last capital of a run that a small letter follows, at a sign after a letter or digit, at a letter after a sign,
/// and at digits that small letters follow, unless the word began with digits itself.
fn delimited(text: &str, delimiter: char) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    let mut began_with_digit = false;
    let mut previous: Option<char> = None;
    for (index, character) in characters.iter().copied().enumerate() {
        // Behind punctuation a dash is more of the same.
        let is_more = matches!(character, '-' | '_') && previous.is_some_and(is_punctuation);
        if is_connector(character) && !is_more {
            out.push(delimiter);
            previous = None;
            continue;
        }
        let next = characters.get(index + 1).copied();
        let leads_letters = || {
            characters
                .iter()
                .skip(index)
                .find(|after| !after.is_numeric())
                .is_some_and(|after| is_lower(*after))
        };
        let starts_word = previous.is_some_and(|before| {
            if is_symbol(character) {
                is_alphanumeric(before)
            } else if is_upper(character) {
                is_lower(before)
                    || before.is_numeric()
                    || is_symbol(before)
                    || is_upper(before) && next.is_some_and(is_lower)
            } else if character.is_numeric() {
                (is_alphabetic(before) && !began_with_digit || is_symbol(before)) && leads_letters()
            } else {
                is_alphabetic(character) && is_symbol(before)
            }
        });
        if starts_word {
            out.push(delimiter);
        }
        if starts_word || previous.is_none_or(|before| !is_alphanumeric(before)) {
            began_with_digit = character.is_numeric();
        }
        out.push(if is_upper(character) {
            to_lower(character)
        } else {
            character
        });
        previous = Some(character);
    }
    out
}

/// Words with a capital each. What separates two words is dropped up to its last connector, what stands before the
/// first and behind the last stays.
fn pascal(text: &str) -> String {
    let leading = text.find(|character| !is_connector(character));
    let Some(leading) = leading else {
        return format!(
            "{text}{}",
            text.chars().next_back().map(String::from).unwrap_or_default()
        );
    };
    let (before, rest) = text.split_at(leading);
    let mut out = before.to_owned();
    let mut starts_word = true;
    let mut in_capitals = false;
    let mut connectors = String::new();
    for character in rest.chars() {
        if is_connector(character) {
            connectors.push(character);
            starts_word = true;
            continue;
        }
        connectors.pop();
        out.push_str(&connectors);
        connectors.clear();
        if starts_word {
            out.push(to_upper(character));
            starts_word = false;
            in_capitals = is_upper(character);
        } else if is_upper(character) && in_capitals {
            out.push(to_lower(character));
        } else {
            out.push(character);
            in_capitals = false;
        }
    }
    out.push_str(&connectors);
    out
}
