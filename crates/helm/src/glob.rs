//! File name patterns: gobwas's for `.Files.Glob`, Go's `filepath.Match` for `.helmignore`.

use regex::Regex;

/// What no text matches.
const NOTHING: &str = r"[^\s\S]";

/// A pattern of `.Files.Glob`: `*` and `?` stay within a folder, `**` does not, `{a,b}` chooses. A bad pattern
/// matches everything, as in Helm.
pub(crate) fn files_pattern(pattern: &str) -> Option<Regex> {
    let mut out = String::from("^");
    let mut braces = 0;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.peek() == Some(&'*') => {
                characters.next();
                out.push_str(".*");
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => out.push_str(&class(&mut characters)?),
            // A choice of nothing matches nothing.
            '{' if matches!(characters.peek(), Some('}') | None) => {
                characters.next();
                out.push_str(NOTHING);
            }
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '\\' => out.push_str(&regex::escape(&characters.next()?.to_string())),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    // Braces that are open at the end close there.
    out.push_str(&")".repeat(braces));
    out.push('$');
    Regex::new(&out).ok()
}

/// `filepath.Match`: `*` and `?` stay within a folder. Nothing for a malformed pattern.
pub(crate) fn name_pattern(pattern: &str) -> Option<Regex> {
    let mut out = String::from("^");
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => out.push_str(&name_class(&mut characters)?),
            '\\' => out.push_str(&regex::escape(&characters.next()?.to_string())),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push('$');
    Regex::new(&format!("(?s){out}")).ok()
}

/// A class of `filepath.Match`: only `^` negates, and dashes and brackets that stand for themselves are escaped.
fn name_class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if characters.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut is_empty = true;
    while is_empty || characters.next_if_eq(&']').is_none() {
        let mut letter = || match characters.next()? {
            '-' | ']' => None,
            '\\' => characters.next(),
            other => Some(other),
        };
        let low = letter()?;
        let high = match characters.next_if_eq(&'-') {
            Some(_) => match characters.next()? {
                '-' | ']' => return None,
                '\\' => characters.next()?,
                other => other,
            },
            None => low,
        };
        is_empty = false;
        // A range that goes down holds nothing.
        if low <= high {
            let escaped = |letter: char| format!("\\x{{{:x}}}", u32::from(letter));
            out.push_str(&format!("{}-{}", escaped(low), escaped(high)));
        }
    }
    Some(match out.as_str() {
        "[" => NOTHING.to_owned(),
        "[^" => r"[\s\S]".to_owned(),
        _ => out + "]",
    })
}

fn class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if characters.next_if_eq(&'!').is_some() {
        out.push('^');
    }
    loop {
        match characters.next()? {
            ']' => break,
            '-' => out.push('-'),
            '\\' => out.push_str(&regex::escape(&characters.next()?.to_string())),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push(']');
    Some(out)
}
