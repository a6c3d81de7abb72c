//! File name patterns: gobwas's for `.Files.Glob`, Go's `filepath.Match` for `.helmignore`.

use regex::Regex;

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
    out.push('$');
    (braces == 0).then(|| Regex::new(&out).ok()).flatten()
}

/// `filepath.Match`: `*` and `?` stay within a folder. Nothing for a malformed pattern.
pub(crate) fn name_pattern(pattern: &str) -> Option<Regex> {
    let mut out = String::from("^");
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => out.push_str(&class(&mut characters)?),
            '\\' => out.push_str(&regex::escape(&characters.next()?.to_string())),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push('$');
    Regex::new(&out).ok()
}

fn class(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if let Some('!' | '^') = characters.peek() {
        characters.next();
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
