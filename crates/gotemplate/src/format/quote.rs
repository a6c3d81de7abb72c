//! Quoted strings as Go's `strconv` writes them.

/// A Go string literal in double quotes. Only ASCII is kept as it is with `ascii`.
pub fn quote(bytes: &[u8], ascii: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_escaped(character, '"', ascii, &mut out);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

/// A Go character literal in single quotes.
pub fn quote_char(character: char, ascii: bool) -> String {
    let mut out = String::from("'");
    push_escaped(character, '\'', ascii, &mut out);
    out.push('\'');
    out
}

fn push_escaped(character: char, delimiter: char, ascii: bool, out: &mut String) {
    match character {
        '\\' => out.push_str("\\\\"),
        _ if character == delimiter => {
            out.push('\\');
            out.push(character);
        }
        ' '..='~' => out.push(character),
        '\x07' => out.push_str("\\a"),
        '\x08' => out.push_str("\\b"),
        '\x0c' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\x0b' => out.push_str("\\v"),
        _ if !ascii && is_printable(character) => out.push(character),
        _ if u32::from(character) < 0x80 => out.push_str(&format!("\\x{:02x}", u32::from(character))),
        _ if u32::from(character) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(character))),
        _ => out.push_str(&format!("\\U{:08x}", u32::from(character))),
    }
}

/// Letters, marks, numbers, punctuation and symbols, as `strconv.IsPrint` counts them; the only space is U+0020.
pub fn is_printable(character: char) -> bool {
    if character.is_control() || character.is_whitespace() {
        return false;
    }
    // What Rust would escape when it prints a string for debugging is not printable (except quotes, handled before
    // this), and combining marks are.
    character.is_alphanumeric()
        || !matches!(character.escape_debug().next(), Some('\\'))
        || is_combining(character)
}

/// Marks that combine with the character before them are escaped by Rust but printable in Go.
fn is_combining(character: char) -> bool {
    matches!(u32::from(character),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x064B..=0x065F | 0x0900..=0x0903
        | 0x093A..=0x094F | 0x1AB0..=0x1ACE | 0x1DC0..=0x1DFF | 0x20D0..=0x20F0 | 0x302A..=0x302F
        | 0x3099..=0x309A | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F | 0xE0100..=0xE01EF)
}
