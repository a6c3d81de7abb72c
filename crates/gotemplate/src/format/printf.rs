//! `printf`: Go's verbs, flags and the texts that it prints for mistakes.

use super::float::{general, shortest};
use super::{float_text, print, quote, quote_char};
use crate::value::Element;
use crate::{Text, Value};

/// Widths and precisions over this are refused, as Go refuses them.
const MAX_NUMBER: usize = 1_000_000;
const MAX_DEPTH: usize = 500;

#[derive(Clone, Copy, Default)]
struct Flags {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    plus_v: bool,
    sharp_v: bool,
}

/// Formats as `fmt.Sprintf` does.
pub fn printf(format: &[u8], arguments: &[Value]) -> Text {
    let mut printer = Printer {
        format,
        at: 0,
        arguments,
        next: 0,
        reordered: false,
        good_index: true,
        out: Vec::new(),
    };
    printer.run();
    printer.out.into()
}

struct Printer<'a> {
    format: &'a [u8],
    at: usize,
    arguments: &'a [Value],
    next: usize,
    reordered: bool,
    good_index: bool,
    out: Vec<u8>,
}

impl Printer<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn run(&mut self) {
        let mut after_index;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte != b'%' {
                self.out.push(byte);
                continue;
            }
            self.good_index = true;
            self.reordered = false;
            let mut flags = self.flags();
            after_index = self.index();
            if self.peek() == Some(b'*') {
                self.at += 1;
                match self.int_argument() {
                    Some(number) if number.unsigned_abs() <= MAX_NUMBER as u64 => {
                        flags.minus |= number < 0;
                        flags.zero &= number >= 0;
                        flags.width = usize::try_from(number.unsigned_abs()).ok();
                    }
                    _ => self.out.extend_from_slice(b"%!(BADWIDTH)"),
                }
                after_index = false;
            } else {
                flags.width = self.number();
                if after_index && flags.width.is_some() {
                    self.good_index = false;
                }
            }
            if self.peek() == Some(b'.') {
                self.at += 1;
                if after_index {
                    self.good_index = false;
                }
                after_index = self.index();
                if self.peek() == Some(b'*') {
                    self.at += 1;
                    match self.int_argument() {
                        Some(number) if usize::try_from(number).is_ok_and(|number| number > MAX_NUMBER) => {
                            self.out.extend_from_slice(b"%!(BADPREC)");
                        }
                        Some(number) => flags.precision = usize::try_from(number).ok(),
                        None => self.out.extend_from_slice(b"%!(BADPREC)"),
                    }
                    after_index = false;
                } else {
                    flags.precision = Some(self.number().unwrap_or(0));
                }
            }
            if !after_index {
                self.index();
            }
            let Some(verb) = self.verb() else {
                self.out.extend_from_slice(b"%!(NOVERB)");
                break;
            };
            self.directive(verb, flags);
        }
        self.extra();
    }

    fn directive(&mut self, verb: char, mut flags: Flags) {
        if verb == '%' {
            self.out.push(b'%');
            return;
        }
        let mut verb_text = [0; 4];
        let verb_text = verb.encode_utf8(&mut verb_text).as_bytes().to_vec();
        if !self.good_index {
            self.mistake(&verb_text, b"(BADINDEX)");
            return;
        }
        let Some(argument) = self.arguments.get(self.next) else {
            self.mistake(&verb_text, b"(MISSING)");
            return;
        };
        self.next += 1;
        if verb == 'v' {
            flags.sharp_v = std::mem::take(&mut flags.sharp);
            flags.plus_v = std::mem::take(&mut flags.plus);
        }
        format_argument(argument, verb, flags, &mut self.out);
    }

    fn mistake(&mut self, verb: &[u8], what: &[u8]) {
        self.out.extend_from_slice(b"%!");
        self.out.extend_from_slice(verb);
        self.out.extend_from_slice(what);
    }

    fn extra(&mut self) {
        if self.reordered || self.next >= self.arguments.len() {
            return;
        }
        self.out.extend_from_slice(b"%!(EXTRA ");
        for (index, argument) in self.arguments.iter().skip(self.next).enumerate() {
            if index > 0 {
                self.out.extend_from_slice(b", ");
            }
            if argument.is_nil() {
                self.out.extend_from_slice(b"<nil>");
            } else {
                self.out.extend_from_slice(argument.type_name().as_bytes());
                self.out.push(b'=');
                self.out.extend_from_slice(print(argument).as_bytes());
            }
        }
        self.out.push(b')');
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'+' => flags.plus = true,
                b'-' => {
                    flags.minus = true;
                    flags.zero = false;
                }
                b'#' => flags.sharp = true,
                b' ' => flags.space = true,
                b'0' => flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    /// An explicit argument index, `[2]`.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = self.format.get(self.at + 1..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| *byte == b']') else {
            self.good_index = false;
            self.at += 1;
            return false;
        };
        let digits = rest.get(..length).unwrap_or_default();
        self.at += length + 2;
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse::<usize>().ok());
        match number {
            Some(number) if number >= 1 && number <= self.arguments.len() => {
                self.next = number - 1;
                true
            }
            _ => {
                self.good_index = false;
                false
            }
        }
    }

    fn number(&mut self) -> Option<usize> {
        let mut number: Option<usize> = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.at += 1;
            let next = number.unwrap_or(0) * 10 + usize::from(digit - b'0');
            if next > MAX_NUMBER {
                return None;
            }
            number = Some(next);
        }
        number
    }

    fn int_argument(&mut self) -> Option<i64> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        argument.as_int()
    }

    fn verb(&mut self) -> Option<char> {
        let rest = self.format.get(self.at..)?;
        let first = rest.first()?;
        let length = match first {
            0..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        let (character, length) = match rest
            .get(..length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        {
            Some(text) => (text.chars().next()?, length),
            None => ('\u{FFFD}', 1),
        };
        self.at += length;
        Some(character)
    }
}

fn format_argument(value: &Value, verb: char, flags: Flags, out: &mut Vec<u8>) {
    match (value, verb) {
        (Value::Nil, 'T' | 'v') => pad(b"<nil>", flags, out),
        (_, 'T') => pad(value.type_name().as_bytes(), flags, out),
        _ => format_value(value, verb, flags, out, 0),
    }
}

fn format_value(value: &Value, verb: char, flags: Flags, out: &mut Vec<u8>, depth: usize) {
    if depth > MAX_DEPTH || out.len() > super::MAX_BYTES {
        out.extend_from_slice(b"...");
        return;
    }
    match (value, verb) {
        (Value::Bool(flag), 't' | 'v') => pad(flag.to_string().as_bytes(), flags, out),
        (Value::Int(number) | Value::Int64(number), _) => {
            integer(value, i128::from(*number), verb, flags, out);
        }
        (Value::Uint8(number), 'v') if flags.sharp_v => {
            pad(format!("{number:#x}").as_bytes(), flags, out);
        }
        (Value::Uint8(number), _) => integer(value, i128::from(*number), verb, flags, out),
        (Value::Float(number), _) => float(value, *number, verb, flags, out),
        (Value::String(text), _) => string(value, text.as_bytes(), verb, flags, out),
        (Value::Bytes(bytes), 's' | 'q' | 'x' | 'X') => string(value, bytes.as_bytes(), verb, flags, out),
        (Value::Bytes(bytes), _) => {
            let open: &[u8] = if flags.sharp_v { b"[]byte{" } else { b"[" };
            out.extend_from_slice(open);
            for (index, byte) in bytes.as_bytes().iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(if flags.sharp_v { b", " } else { b" " });
                }
                format_value(&Value::Uint8(*byte), verb, flags, out, depth + 1);
            }
            out.push(if flags.sharp_v { b'}' } else { b']' });
        }
        (Value::List(list), 's' | 'q' | 'x' | 'X')
            if std::ptr::eq(list.class(), &raw const crate::value::BYTES) =>
        {
            string(value, b"", verb, flags, out);
        }
        (Value::List(list), _) => {
            if flags.sharp_v {
                out.extend_from_slice(list.class().name.as_bytes());
                if list.is_nil() {
                    out.extend_from_slice(b"(nil)");
                    return;
                }
            }
            out.push(if flags.sharp_v { b'{' } else { b'[' });
            for (index, item) in list.items().iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(if flags.sharp_v { b", " } else { b" " });
                }
                format_element(item, list.class().element, verb, flags, out, depth);
            }
            out.push(if flags.sharp_v { b'}' } else { b']' });
        }
        (Value::Map(map), _) => {
            if flags.sharp_v {
                out.extend_from_slice(map.class().name.as_bytes());
                out.push(b'{');
            } else {
                out.extend_from_slice(b"map[");
            }
            for (index, (key, item)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(if flags.sharp_v { b", " } else { b" " });
                }
                format_value(&Value::String(key.clone()), verb, flags, out, depth + 1);
                out.push(b':');
                format_element(item, map.class().element, verb, flags, out, depth);
            }
            out.push(if flags.sharp_v { b'}' } else { b']' });
        }
        (Value::Object(object), _) if object.fields().is_some() => {
            if object.is_pointer() {
                out.push(b'&');
            }
            if flags.sharp_v {
                out.extend_from_slice(object.type_name().trim_start_matches('*').as_bytes());
            }
            out.push(b'{');
            for (index, (name, field)) in object.fields().into_iter().flatten().enumerate() {
                if index > 0 {
                    out.extend_from_slice(if flags.sharp_v { b", " } else { b" " });
                }
                if flags.plus_v || flags.sharp_v {
                    out.extend_from_slice(format!("{name}:").as_bytes());
                }
                format_value(&field, verb, flags, out, depth + 1);
            }
            out.push(b'}');
        }
        (Value::Object(object), 'v' | 's') => pad(object.print().as_bytes(), flags, out),
        (Value::Complex(..), 'v') => pad(print(value).as_bytes(), flags, out),
        _ => bad_verb(value, verb, flags, out),
    }
}

fn format_element(item: &Value, element: Element, verb: char, flags: Flags, out: &mut Vec<u8>, depth: usize) {
    match (item, verb) {
        (Value::Nil, _) if flags.sharp_v && element == Element::Interface => {
            out.extend_from_slice(b"interface {}(nil)");
        }
        // An interface that holds nothing prints so under every verb.
        (Value::Nil, _) => out.extend_from_slice(b"<nil>"),
        _ => format_value(item, verb, flags, out, depth + 1),
    }
}

/// The text for a verb that does not fit: the value follows as `%v` prints it, flags and width included.
fn bad_verb(value: &Value, verb: char, flags: Flags, out: &mut Vec<u8>) {
    out.extend_from_slice(b"%!");
    let mut buffer = [0; 4];
    out.extend_from_slice(verb.encode_utf8(&mut buffer).as_bytes());
    out.push(b'(');
    if value.is_nil() {
        out.extend_from_slice(b"<nil>");
    } else {
        out.extend_from_slice(value.type_name().as_bytes());
        out.push(b'=');
        format_value(value, 'v', flags, out, 0);
    }
    out.push(b')');
}

fn integer(value: &Value, number: i128, verb: char, flags: Flags, out: &mut Vec<u8>) {
    let (radix, prefix) = match verb {
        'v' | 'd' => (10, ""),
        'b' => (2, if flags.sharp { "0b" } else { "" }),
        'o' => (8, if flags.sharp { "0" } else { "" }),
        'O' => (8, "0o"),
        'x' => (16, if flags.sharp { "0x" } else { "" }),
        'X' => (16, if flags.sharp { "0X" } else { "" }),
        'c' => {
            pad(character(number).to_string().as_bytes(), flags, out);
            return;
        }
        'q' => {
            let text = quote_char(character(number), flags.plus);
            pad(text.as_bytes(), flags, out);
            return;
        }
        'U' => {
            let digits = flags.precision.unwrap_or(4).max(4);
            let mut text = format!("U+{number:0digits$X}");
            if flags.sharp && !character(number).is_control() {
                text.push_str(&format!(" '{}'", character(number)));
            }
            pad(text.as_bytes(), Flags { zero: false, ..flags }, out);
            return;
        }
        _ => {
            bad_verb(value, verb, flags, out);
            return;
        }
    };
    let magnitude = number.unsigned_abs();
    let mut digits = match radix {
        2 => format!("{magnitude:b}"),
        8 => format!("{magnitude:o}"),
        16 if verb == 'X' => format!("{magnitude:X}"),
        16 => format!("{magnitude:x}"),
        _ => magnitude.to_string(),
    };
    if flags.precision == Some(0) && number == 0 {
        pad(b"", Flags { zero: false, ..flags }, out);
        return;
    }
    let sign = sign(number < 0, flags);
    let mut wanted = flags.precision.unwrap_or(0);
    if flags.precision.is_none() && flags.zero && !flags.minus {
        wanted = flags.width.unwrap_or(0).saturating_sub(sign.len());
    }
    if digits.len() < wanted {
        digits = format!("{}{digits}", "0".repeat(wanted - digits.len()));
    }
    let prefix = if prefix == "0" && digits.starts_with('0') {
        ""
    } else {
        prefix
    };
    let text = format!("{sign}{prefix}{digits}");
    pad(text.as_bytes(), Flags { zero: false, ..flags }, out);
}

fn sign(negative: bool, flags: Flags) -> &'static str {
    match (negative, flags.plus || flags.plus_v, flags.space) {
        (true, ..) => "-",
        (_, true, _) if flags.plus => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

fn character(number: i128) -> char {
    u32::try_from(number)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or('\u{FFFD}')
}

fn float(value: &Value, number: f64, verb: char, flags: Flags, out: &mut Vec<u8>) {
    let text = match (verb, flags.precision) {
        ('v' | 'g', None) if flags.sharp => general(number, 6, true),
        ('v', None) => float_text(number),
        ('b', _) => binary(number),
        ('x', None) => hexadecimal(number, flags.sharp),
        ('X', None) => hexadecimal(number, flags.sharp).to_uppercase(),
        ('g', None) => shortest(number, 6),
        ('G', None) => shortest(number, 6).to_uppercase(),
        ('v' | 'g', Some(precision)) => general(number, precision, flags.sharp),
        ('G', Some(precision)) => general(number, precision, flags.sharp).to_uppercase(),
        ('f' | 'F', precision) => fixed(number, precision.unwrap_or(6)),
        ('e', precision) => exponent(number, precision.unwrap_or(6)),
        ('E', precision) => exponent(number, precision.unwrap_or(6)).to_uppercase(),
        _ => {
            bad_verb(value, verb, flags, out);
            return;
        }
    };
    let negative = text.starts_with('-');
    let digits = text.trim_start_matches(['-', '+']);
    let sign = if text.starts_with("+Inf") && flags.plus {
        "+"
    } else {
        sign(negative, flags)
    };
    let sign = if digits == "Inf" && sign.is_empty() {
        "+"
    } else {
        sign
    };
    let finite = number.is_finite();
    if flags.zero && !flags.minus && finite {
        let width = flags.width.unwrap_or(0).saturating_sub(sign.len());
        let zeros = "0".repeat(width.saturating_sub(digits.len()));
        out.extend_from_slice(format!("{sign}{zeros}{digits}").as_bytes());
        return;
    }
    pad(
        format!("{sign}{digits}").as_bytes(),
        Flags { zero: false, ..flags },
        out,
    );
}

/// Mantissa and exponent to the base of two: `5629499534213120p-51`.
fn binary(number: f64) -> String {
    let bits = number.abs().to_bits();
    let (exponent, fraction) = ((bits >> 52).cast_signed(), bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    };
    let sign = if number.is_sign_negative() { "-" } else { "" };
    format!("{sign}{mantissa}p{exponent:+}")
}

/// `0x1.8p+01`: as many digits as it takes.
fn hexadecimal(number: f64, sharp: bool) -> String {
    if !number.is_finite() {
        return float_text(number);
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number == 0.0 {
        return format!("{sign}0x0p+00");
    }
    let bits = number.abs().to_bits();
    let (mut exponent, mut fraction) = ((bits >> 52).cast_signed() - 1023, bits & ((1 << 52) - 1));
    if exponent == -1023 {
        let shift = i64::from(fraction.leading_zeros()) - 11;
        fraction = (fraction << shift) & ((1 << 52) - 1);
        exponent = -1022 - shift;
    }
    let digits = format!("{fraction:013x}");
    let mut digits = digits.trim_end_matches('0').to_owned();
    while sharp && digits.len() < 4 {
        digits.push('0');
    }
    let point = if digits.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}0x1{point}{digits}p{exponent_sign}{:02}",
        exponent.unsigned_abs()
    )
}

fn fixed(number: f64, precision: usize) -> String {
    if number.is_finite() {
        format!("{number:.precision$}")
    } else {
        float_text(number)
    }
}

fn exponent(number: f64, precision: usize) -> String {
    if !number.is_finite() {
        return float_text(number);
    }
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

fn string(value: &Value, bytes: &[u8], verb: char, flags: Flags, out: &mut Vec<u8>) {
    match verb {
        'v' if flags.sharp_v => {
            let text = quote(bytes, false);
            pad(text.as_bytes(), flags, out);
        }
        'v' | 's' => pad(truncate(bytes, flags), flags, out),
        'q' => {
            let bytes = truncate(bytes, flags);
            let plain = flags.sharp && !bytes.contains(&b'`') && !bytes.contains(&b'\n');
            let text = if plain {
                format!("`{}`", String::from_utf8_lossy(bytes))
            } else {
                quote(bytes, flags.plus)
            };
            pad(text.as_bytes(), flags, out);
        }
        'x' | 'X' => {
            let bytes = flags
                .precision
                .and_then(|limit| bytes.get(..limit))
                .unwrap_or(bytes);
            let mut text = String::new();
            for (index, byte) in bytes.iter().enumerate() {
                if flags.space && index > 0 {
                    text.push(' ');
                }
                if flags.sharp && (flags.space || index == 0) {
                    text.push_str(if verb == 'x' { "0x" } else { "0X" });
                }
                text.push_str(&if verb == 'x' {
                    format!("{byte:02x}")
                } else {
                    format!("{byte:02X}")
                });
            }
            pad(text.as_bytes(), flags, out);
        }
        _ => bad_verb(value, verb, flags, out),
    }
}

fn truncate(bytes: &[u8], flags: Flags) -> &[u8] {
    let Some(limit) = flags.precision else {
        return bytes;
    };
    let mut left = limit;
    for (index, byte) in bytes.iter().enumerate() {
        if byte & 0xC0 != 0x80 {
            if left == 0 {
                return bytes.get(..index).unwrap_or(bytes);
            }
            left -= 1;
        }
    }
    bytes
}

/// Pads to the width in characters; zeros fill strings as well.
fn pad(bytes: &[u8], flags: Flags, out: &mut Vec<u8>) {
    let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    let missing = flags.width.unwrap_or(0).saturating_sub(characters);
    let fill = if flags.zero && !flags.minus { b'0' } else { b' ' };
    if !flags.minus {
        out.extend(std::iter::repeat_n(fill, missing));
    }
    out.extend_from_slice(bytes);
    if flags.minus {
        out.extend(std::iter::repeat_n(b' ', missing));
    }
}
