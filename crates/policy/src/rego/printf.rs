//! `sprintf` with the verbs of Go's fmt package, as OPA documents it.

use std::fmt::Write;

use regorus::Value;

/// Formats `arguments` by `format`. A verb that does not fit its argument prints Go's `%!verb(type=value)`.
pub(super) fn sprintf(format: &str, arguments: &[Value]) -> String {
    let mut output = String::with_capacity(format.len() + 16 * arguments.len());
    let mut remaining = arguments.iter();
    let mut rest = format;
    while let Some(position) = rest.find('%') {
        let (text, verb) = rest.split_at(position);
        output.push_str(text);
        let Some((spec, after)) = Spec::parse(verb.strip_prefix('%').unwrap_or_default()) else {
            output.push_str("%!(NOVERB)");
            rest = "";
            break;
        };
        rest = after;
        if spec.verb == '%' {
            output.push('%');
        } else if let Some(argument) = remaining.next() {
            output.push_str(&spec.format(argument));
        } else {
            let _ = write!(output, "%!{}(MISSING)", spec.verb);
        }
    }
    output.push_str(rest);
    let extra: Vec<String> = remaining
        .map(|argument| format!("{}={}", type_name(argument), plain(argument)))
        .collect();
    if !extra.is_empty() {
        let _ = write!(output, "%!(EXTRA {})", extra.join(", "));
    }
    output
}

#[derive(Default)]
struct Spec {
    minus: bool,
    plus: bool,
    zero: bool,
    sharp: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
    verb: char,
}

/// Widths beyond this are cut: no finding needs them and they would cost memory.
const MAX_WIDTH: usize = 1_000;

impl Spec {
    /// The spec behind a `%` and the text behind it.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let mut spec = Self::default();
        let mut characters = text.char_indices().peekable();
        while let Some((_, flag)) = characters.next_if(|(_, c)| "-+0# ".contains(*c)) {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '0' => spec.zero = true,
                '#' => spec.sharp = true,
                _ => spec.space = true,
            }
        }
        while let Some((_, digit)) = characters.next_if(|(_, c)| c.is_ascii_digit()) {
            spec.width = (spec.width * 10 + digit.to_digit(10).map_or(0, |d| d as usize)).min(MAX_WIDTH);
        }
        if characters.next_if(|(_, c)| *c == '.').is_some() {
            let mut precision = 0;
            while let Some((_, digit)) = characters.next_if(|(_, c)| c.is_ascii_digit()) {
                precision = (precision * 10 + digit.to_digit(10).map_or(0, |d| d as usize)).min(MAX_WIDTH);
            }
            spec.precision = Some(precision);
        }
        let (index, verb) = characters.next()?;
        spec.verb = verb;
        Some((spec, text.get(index + verb.len_utf8()..).unwrap_or_default()))
    }

    fn format(&self, argument: &Value) -> String {
        let body = match (self.verb, argument) {
            ('v', _) => plain(argument),
            ('s', Value::String(text)) => self.cut(text),
            ('s', Value::Number(_)) => bad(self.verb, argument),
            ('s', _) => self.cut(&plain(argument)),
            ('q', Value::String(text)) => format!("{text:?}"),
            ('T', _) => type_name(argument).to_owned(),
            ('d' | 'o' | 'x' | 'X' | 'b' | 'c', Value::Number(number)) => match number.as_i64() {
                Some(number) => self.integer(number),
                None => bad(self.verb, argument),
            },
            ('x', Value::String(text)) => text.bytes().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            }),
            ('f' | 'F', Value::Number(number)) => {
                format!(
                    "{:.*}",
                    self.precision.unwrap_or(6),
                    number.as_f64().unwrap_or_default()
                )
            }
            ('g', Value::Number(_)) => plain(argument),
            ('e', Value::Number(number)) => {
                exponent(number.as_f64().unwrap_or_default(), self.precision.unwrap_or(6))
            }
            ('t', Value::Bool(flag)) => flag.to_string(),
            _ => bad(self.verb, argument),
        };
        self.pad(body)
    }

    fn cut(&self, text: &str) -> String {
        self.precision.map_or_else(
            || text.to_owned(),
            |precision| text.chars().take(precision).collect(),
        )
    }

    fn integer(&self, number: i64) -> String {
        let magnitude = number.unsigned_abs();
        let digits = match self.verb {
            'o' if self.sharp => format!("0{magnitude:o}"),
            'o' => format!("{magnitude:o}"),
            'x' if self.sharp => format!("{magnitude:#x}"),
            'x' => format!("{magnitude:x}"),
            'X' => format!("{magnitude:X}"),
            'b' => format!("{magnitude:b}"),
            'c' => {
                return u32::try_from(number)
                    .ok()
                    .and_then(char::from_u32)
                    .unwrap_or('\u{fffd}')
                    .to_string();
            }
            _ => magnitude.to_string(),
        };
        let sign = match (number < 0, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let zeros = if self.zero && !self.minus {
            self.width.saturating_sub(sign.len() + digits.len())
        } else {
            0
        };
        format!("{sign}{}{digits}", "0".repeat(zeros))
    }

    fn pad(&self, body: String) -> String {
        let missing = self.width.saturating_sub(body.chars().count());
        match (missing, self.minus) {
            (0, _) => body,
            (_, true) => body + &" ".repeat(missing),
            (_, false) => " ".repeat(missing) + &body,
        }
    }
}

fn bad(verb: char, argument: &Value) -> String {
    format!("%!{verb}({}={})", type_name(argument), plain(argument))
}

/// `%v`: strings as they are, everything else in Rego's notation.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => notation(other),
    }
}

fn notation(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", list(items.iter().map(notation).collect())),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", list(items.iter().map(notation).collect())),
        Value::Object(map) => format!(
            "{{{}}}",
            list(
                map.iter_sorted()
                    .map(|(key, value)| format!("{}: {}", notation(key), notation(value)))
                    .collect()
            )
        ),
        other => other.to_json_str().unwrap_or_default(),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Number(number) if number.is_integer() => "int",
        Value::Number(_) => "float64",
        _ => "string",
    }
}

/// Go's `%e`: at least two digits of exponent.
fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, power)) => {
            let (sign, digits) = power
                .strip_prefix('-')
                .map_or(("+", power), |digits| ("-", digits));
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &str, arguments: &str, expected: &str) {
        let arguments = Value::from_json_str(arguments).unwrap();
        assert_eq!(
            sprintf(
                format,
                arguments
                    .as_array()
                    .unwrap()
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            expected
        );
    }

    #[test]
    fn verbs() {
        check("%s/%d", r#"["a", 3]"#, "a/3");
        check("%o", "[384]", "600");
        check("%#o %x %X %b %c", "[8, 255, 255, 5, 65]", "010 ff FF 101 A");
        check(
            "%v %v %v",
            r#"["a", [1, "b"], {"k": null}]"#,
            r#"a [1, "b"] {"k": null}"#,
        );
        check("%5d|%-5d|%05d|%+d", "[42, 42, 42, 42]", "   42|42   |00042|+42");
        check("%.2f %t 100%%", "[3.14159, true]", "3.14 true 100%");
        check("%q %.2s %5s", r#"["a\"b", "abc", "é"]"#, r#""a\"b" ab     é"#);
    }

    #[test]
    fn mistakes_print_as_in_go() {
        check("%d", r#"["x"]"#, "%!d(string=x)");
        check("%s", "[5]", "%!s(int=5)");
        check("%d %d", "[1]", "1 %!d(MISSING)");
        check("%d", "[1, 2]", "1%!(EXTRA int=2)");
        check("50%", "[]", "50%!(NOVERB)");
    }
}
