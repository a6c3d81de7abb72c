//! What Go's decoders know and the parser does not: `\'` in double-quoted scalars, and colons before the signs of flow
//! collections in plain ones, as in `[a:, b]`.
//!
//! Where the parser stops at one, it reads the text again with a letter of the same length in its place, so that
//! every offset stays what it is.

/// A letter that manifests do not use; texts that do are parsed as they are.
const STAND_IN: char = '\u{7ff}';
const ESCAPE: &str = "\\'";

/// The text with the stand-in for each `\'` from this place to the end of its scalar; `None` when none stands there.
pub(crate) fn hide(text: &str, place: usize) -> Option<String> {
    let (before, mut rest) = text.split_at_checked(place)?;
    if !rest.starts_with(ESCAPE) {
        return None;
    }
    let mut hidden = String::with_capacity(text.len());
    hidden.push_str(before);
    while let Some(next) = rest.find(['\\', '"']) {
        let (plain, escape) = rest.split_at(next);
        hidden.push_str(plain);
        let mut letters = escape.chars();
        match (letters.next(), letters.clone().next()) {
            (Some('\\'), Some('\'')) => hidden.push(STAND_IN),
            (Some('\\'), Some(letter)) => hidden.extend(['\\', letter]),
            _ => {
                rest = escape;
                break;
            }
        }
        letters.next();
        rest = letters.as_str();
    }
    hidden.push_str(rest);
    Some(hidden)
}

/// Whether a text could not tell its own letters from stand-ins.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    text.contains(STAND_IN)
}

/// What the stand-ins of a scalar stand for.
pub(crate) fn restore(text: String) -> String {
    if text.contains(STAND_IN) {
        text.replace(STAND_IN, "'")
    } else {
        text
    }
}

/// Signs that plain scalars may hold within; the first that a text does not have stands for colons.
const COLONS: &str = "^~$=;_+@QZXJ";

/// The text with a stand-in for the colon at this place, and which it is; `None` when no colon stands there, or the
/// text has all signs that could stand for it.
pub(crate) fn hide_colon(text: &str, place: usize, known: Option<char>) -> Option<(String, char)> {
    let (before, rest) = text.split_at_checked(place)?;
    let rest = rest.strip_prefix(':').filter(|rest| !rest.starts_with('?'))?;
    let stand_in = known.or_else(|| COLONS.chars().find(|sign| !text.contains(*sign)))?;
    Some((format!("{before}{stand_in}{rest}"), stand_in))
}

/// What the stand-ins for colons stand for in a plain scalar.
pub(crate) fn restore_colons(text: String, stand_in: char) -> String {
    if text.contains(stand_in) {
        text.replace(stand_in, ":")
    } else {
        text
    }
}
