//! Which bytes mean what.

/// Space or tab.
pub(super) const BLANK: u8 = 1;
/// A line end of one byte, or the byte that stands for the end of the text.
pub(super) const END_OF_LINE: u8 = 1 << 1;
/// What may begin one of the line ends of several bytes: U+0085, U+2028 and U+2029.
pub(super) const LEAD: u8 = 1 << 2;
/// What may end a plain scalar within a line.
pub(super) const PLAIN_END: u8 = 1 << 3;
/// What ends a plain scalar in brackets.
pub(super) const FLOW: u8 = 1 << 4;
pub(super) const SINGLE_QUOTE: u8 = 1 << 5;
pub(super) const DOUBLE_QUOTE: u8 = 1 << 6;
/// What cannot begin a plain scalar, whatever follows it.
const INDICATOR: u8 = 1 << 7;

const fn class(byte: u8) -> u8 {
    match byte {
        b' ' | b'\t' => BLANK | INDICATOR,
        0 | b'\n' | b'\r' => END_OF_LINE | INDICATOR,
        0xc2 | 0xe2 => LEAD,
        b':' => PLAIN_END,
        b'#' => PLAIN_END | INDICATOR,
        b'?' => FLOW,
        b',' | b'[' | b']' | b'{' | b'}' => FLOW | INDICATOR,
        b'\'' => SINGLE_QUOTE | INDICATOR,
        b'"' => DOUBLE_QUOTE | INDICATOR,
        b'\\' => DOUBLE_QUOTE,
        b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' => INDICATOR,
        _ => 0,
    }
}

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::indexing_slicing,
            reason = "the loop ends at 256, while this is compiled"
        )]
        {
            classes[byte] = class(byte as u8);
        }
        byte += 1;
    }
    classes
};

/// Whether a byte is of one of the classes.
#[inline]
#[expect(clippy::indexing_slicing, reason = "there is an entry for each byte")]
pub(super) fn is_any(byte: u8, classes: u8) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}

/// Whether a plain scalar may begin with a byte. What `-`, `?` and `:` mean depends on what follows them.
pub(super) fn may_begin_plain(byte: u8) -> bool {
    !is_any(byte, INDICATOR)
}

/// What the names of anchors and handles consist of.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Where the first character is that no YAML may hold (YAML 1.1, section 5.1).
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    const PIECE: usize = 64;
    let is_suspect = |byte: u8| match byte {
        b'\t' | b'\n' | b'\r' => false,
        0..b' ' | 0x7f | 0xc2 | 0xef => true,
        _ => false,
    };
    for (piece, bytes) in text.as_bytes().chunks(PIECE).enumerate() {
        if !bytes.iter().fold(false, |any, byte| any | is_suspect(*byte)) {
            continue;
        }
        let suspects = bytes.iter().enumerate().filter(|(_, byte)| is_suspect(**byte));
        for (within, _) in suspects {
            let offset = piece * PIECE + within;
            let character = text.get(offset..).and_then(|rest| rest.chars().next());
            if character.is_some_and(is_forbidden) {
                return Some(offset);
            }
        }
    }
    None
}

fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
            | '\u{fffe}' | '\u{ffff}'
    )
}
