//! `snakecase`, `camelcase` and `kebabcase`, as `huandu/xstrings` forms names.

use std::sync::LazyLock;

use regex::Regex;

use super::arguments::text;
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

/// Signs such as `+` are words of their own; punctuation belongs to what stands beside it.
fn is_symbol(character: char) -> bool {
    !character.is_alphanumeric() && !is_connector(character) && !is_punctuation(character)
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
                .is_some_and(|after| after.is_lowercase())
        };
        let starts_word = previous.is_some_and(|before| {
            if is_symbol(character) {
                before.is_alphanumeric()
            } else if character.is_uppercase() {
                before.is_lowercase()
                    || before.is_numeric()
                    || is_symbol(before)
                    || before.is_uppercase() && next.is_some_and(char::is_lowercase)
            } else if character.is_numeric() {
                (before.is_alphabetic() && !began_with_digit || is_symbol(before)) && leads_letters()
            } else {
                character.is_alphabetic() && is_symbol(before)
            }
        });
        if starts_word {
            out.push(delimiter);
        }
        if starts_word || previous.is_none_or(|before| !before.is_alphanumeric()) {
            began_with_digit = character.is_numeric();
        }
        out.extend(character.to_lowercase());
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
            out.extend(character.to_uppercase());
            starts_word = false;
            in_capitals = character.is_uppercase();
        } else if character.is_uppercase() && in_capitals {
            out.extend(character.to_lowercase());
        } else {
            out.push(character);
            in_capitals = false;
        }
    }
    out.push_str(&connectors);
    out
}
