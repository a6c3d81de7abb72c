//! `snakecase`, `camelcase` and `kebabcase`, as `huandu/xstrings` forms names.

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

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || character.is_whitespace()
}

/// Words in lower case between delimiters. A word starts at a capital after a small letter or digit, at the last
/// capital of a run that a small letter follows, and at digits that small letters follow.
fn delimited(text: &str, delimiter: char) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    for (index, character) in characters.iter().copied().enumerate() {
        if is_connector(character) {
            out.push(delimiter);
            continue;
        }
        let previous = index.checked_sub(1).and_then(|at| characters.get(at)).copied();
        let next = characters.get(index + 1).copied();
        let starts_word = match previous {
            None => false,
            Some(before) if is_connector(before) => false,
            Some(before) if character.is_uppercase() => {
                before.is_lowercase()
                    || before.is_numeric()
                    || before.is_uppercase() && next.is_some_and(char::is_lowercase)
            }
            Some(before) if character.is_numeric() && !before.is_numeric() => characters
                .iter()
                .skip(index)
                .find(|after| !after.is_numeric())
                .is_some_and(|after| after.is_lowercase()),
            Some(_) => false,
        };
        if starts_word {
            out.push(delimiter);
        }
        out.extend(character.to_lowercase());
    }
    out
}

/// Words with a capital each, without what separated them.
fn pascal(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let leading = characters
        .iter()
        .take_while(|character| is_connector(**character))
        .count();
    let mut out: String = characters.iter().take(leading).collect();
    if leading == characters.len() {
        return out;
    }
    let mut starts_word = true;
    let mut pending = String::new();
    let mut previous_is_upper = false;
    for (index, character) in characters.iter().copied().enumerate().skip(leading) {
        if is_connector(character) {
            pending.push(character);
            starts_word = true;
            previous_is_upper = false;
            continue;
        }
        pending.clear();
        if starts_word {
            out.extend(character.to_uppercase());
            starts_word = false;
        } else if character.is_uppercase() && previous_is_upper {
            let next_is_lower = characters.get(index + 1).is_some_and(|next| next.is_lowercase());
            if next_is_lower {
                out.push(character);
            } else {
                out.extend(character.to_lowercase());
            }
        } else {
            out.push(character);
        }
        previous_is_upper = character.is_uppercase();
    }
    out.push_str(&pending);
    out
}
