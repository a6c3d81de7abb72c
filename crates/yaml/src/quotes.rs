//! `\'` in double-quoted scalars: Go's decoders know it, the parser does not.
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
