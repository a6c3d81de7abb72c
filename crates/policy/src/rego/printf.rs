//! `sprintf` with the verbs of Go's fmt package, as OPA documents it.

use std::fmt::Write;

use regorus::Value;

/// Formats `arguments` by `format`. A verb that does not fit its argument prints Go's `%!verb(type=value)`.
pub(super) fn sprintf(format: &str, arguments: &[Value]) -> String {
    let mut output = String::with_capacity(format.len() + 16 * arguments.len());
    let mut chosen = Arguments {
        all: arguments,
        next: 0,
        reordered: false,
    };
    let mut rest = format;
    while let Some(position) = rest.find('%') {
        let (text, verb) = rest.split_at(position);
        output.push_str(text);
        let Some((spec, after)) = Spec::parse(verb.strip_prefix('%').unwrap_or_default(), &mut chosen) else {
            output.push_str("%!(NOVERB)");
            rest = "";
            break;
        };
        rest = after;
        if spec.verb == '%' {
            output.push('%');
        } else if spec.bad_index {
            let _ = write!(output, "%!{}(BADINDEX)", spec.verb);
        } else if let Some(argument) = chosen.take() {
            output.push_str(&spec.format(argument));
        } else {
            let _ = write!(output, "%!{}(MISSING)", spec.verb);
        }
    }
    output.push_str(rest);
    let extra: Vec<String> = chosen
        .unused()
        .iter()
        .map(|argument| format!("{}={}", type_name(argument), plain(argument)))
        .collect();
    if !extra.is_empty() {
        let _ = write!(output, "%!(EXTRA {})", extra.join(", "));
    }
    output
}

/// The arguments, taken in order unless a verb says which.
struct Arguments<'a> {
    all: &'a [Value],
    next: usize,
    /// A verb has said which: nothing is left over then.
    reordered: bool,
}

impl<'a> Arguments<'a> {
    fn take(&mut self) -> Option<&'a Value> {
        let argument = self.all.get(self.next)?;
        self.next += 1;
        Some(argument)
    }

    /// Goes to the argument of `[3]`; the text behind it, or `None` when there is no such argument.
    fn index<'text>(&mut self, text: &'text str) -> Option<&'text str> {
        let (number, rest) = text.split_once(']')?;
        let number: usize = number.parse().ok().filter(|number| *number > 0)?;
        self.reordered = true;
        self.next = number - 1;
        (self.next < self.all.len()).then_some(rest)
    }

    fn unused(&self) -> &'a [Value] {
        if self.reordered {
            return &[];
        }
        self.all.get(self.next..).unwrap_or_default()
    }
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
    bad_index: bool,
    verb: char,
}

/// Widths beyond this are cut: no finding needs them and they would cost memory.
const MAX_WIDTH: usize = 1_000;

impl Spec {
    /// The spec behind a `%` and the text behind it.
    fn parse<'text>(text: &'text str, arguments: &mut Arguments<'_>) -> Option<(Self, &'text str)> {
        let mut spec = Self::default();
        let flags = text.find(|c| !"-+0# ".contains(c)).unwrap_or(text.len());
        let (flags, mut rest) = text.split_at(flags);
        for flag in flags.chars() {
            match flag {
                '-' => spec.minus = true,
                '+' => spec.plus = true,
                '0' => spec.zero = true,
                '#' => spec.sharp = true,
                _ => spec.space = true,
            }
        }
        rest = spec.choose(rest, arguments);
        if let Some(width) = Self::number(&mut rest, arguments) {
            spec.minus |= width < 0;
            spec.width = bounded(width);
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = spec.choose(after, arguments);
            spec.precision = Some(Self::number(&mut rest, arguments).map_or(0, bounded));
        }
        rest = spec.choose(rest, arguments);
        let verb = rest.chars().next()?;
        spec.verb = verb;
        Some((spec, rest.get(verb.len_utf8()..).unwrap_or_default()))
    }

    /// Follows `[3]`, if the text starts with it.
    fn choose<'text>(&mut self, text: &'text str, arguments: &mut Arguments<'_>) -> &'text str {
        let Some(inside) = text.strip_prefix('[') else {
            return text;
        };
        arguments.index(inside).unwrap_or_else(|| {
            self.bad_index = true;
            inside.split_once(']').map_or("", |(_, rest)| rest)
        })
    }

    /// The digits that the text starts with, or the argument that `*` stands for.
    fn number(text: &mut &str, arguments: &mut Arguments<'_>) -> Option<i64> {
        if let Some(rest) = text.strip_prefix('*') {
            *text = rest;
            return arguments.take().and_then(|argument| argument.as_i64().ok());
        }
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        *text = rest;
        digits.parse().ok()
    }

    fn format(&self, argument: &Value) -> String {
        let body = match (self.verb, argument) {
            ('v', Value::String(text)) if self.sharp => format!("{text:?}"),
            ('v' | 'g', Value::Number(number)) if !number.is_integer() => {
                shortest(number.as_f64().unwrap_or_default())
            }
            ('G', Value::Number(number)) if !number.is_integer() => {
                shortest(number.as_f64().unwrap_or_default()).to_uppercase()
            }
            ('v', _) => plain(argument),
            ('s', Value::String(text)) => self.cut(text),
            ('s', Value::Number(_)) => bad(self.verb, argument),
            ('s', _) => self.cut(&plain(argument)),
            ('q', Value::Number(number)) => match character(number.as_i64().unwrap_or(-1)) {
                Some('\'') => "'\\''".to_owned(),
                Some(character) => format!("'{character}'"),
                None => bad(self.verb, argument),
            },
            ('q', _) => format!("{:?}", plain(argument)),
            ('T', _) => type_name(argument).to_owned(),
            ('d' | 'o' | 'O' | 'x' | 'X' | 'b' | 'c' | 'U', Value::Number(number)) => match number.as_i64() {
                Some(number) => self.integer(number),
                None if self.verb == 'd' && number.is_integer() => plain(argument),
                None => bad(self.verb, argument),
            },
            ('x' | 'X', _) => {
                let hex = plain(argument).bytes().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                if self.verb == 'X' { hex.to_uppercase() } else { hex }
            }
            ('f' | 'F' | 'g' | 'e', Value::Number(number)) if number.is_integer() => bad(self.verb, argument),
            ('f' | 'F', Value::Number(number)) => {
                format!(
                    "{:.*}",
                    self.precision.unwrap_or(6),
                    number.as_f64().unwrap_or_default()
                )
            }
            ('e', Value::Number(number)) => {
                exponent(number.as_f64().unwrap_or_default(), self.precision.unwrap_or(6))
            }
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
            'O' => format!("0o{magnitude:o}"),
            'U' => format!("U+{magnitude:04X}"),
            'c' => return character(number).unwrap_or('\u{fffd}').to_string(),
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

fn bounded(number: i64) -> usize {
    usize::try_from(number.unsigned_abs())
        .unwrap_or(MAX_WIDTH)
        .min(MAX_WIDTH)
}

fn character(number: i64) -> Option<char> {
    u32::try_from(number).ok().and_then(char::from_u32)
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

/// Go's `%g`: as few digits as name the number, with an exponent when it is far from one.
fn shortest(number: f64) -> String {
    let text = format!("{number:e}");
    match text
        .split_once('e')
        .and_then(|(_, power)| power.parse::<i32>().ok())
    {
        Some(power) if !(-4..6).contains(&power) => {
            let digits = text.split_once('e').map_or(0, |(mantissa, _)| {
                mantissa.chars().filter(char::is_ascii_digit).count()
            });
            exponent(number, digits.saturating_sub(1))
        }
        _ => number.to_string(),
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
        check("%.2f 100%%", "[3.14159]", "3.14 100%");
        check(
            "%O %U %d",
            "[384, 65, 12345678901234567890]",
            "0o600 U+0041 12345678901234567890",
        );
        check("%#v %q %q", r#"["a", 65, ["b"]]"#, r#""a" 'A' "[\"b\"]""#);
        check("%v %v %g", "[1000000.5, 0.00001, 2.5]", "1.0000005e+06 1e-05 2.5");
        check("%[2]v %[1]v", r#"["a", "b"]"#, "b a");
        check("%*d|%-*d|%.*f", "[5, 42, 4, 42, 1, 2.55]", "   42|42  |2.5");
        check("%q %.2s %5s", r#"["a\"b", "abc", "é"]"#, r#""a\"b" ab     é"#);
    }

    #[test]
    fn mistakes_print_as_in_go() {
        check("%d", r#"["x"]"#, "%!d(string=x)");
        check("%s", "[5]", "%!s(int=5)");
        check("%d %d", "[1]", "1 %!d(MISSING)");
        check("%d", "[1, 2]", "1%!(EXTRA int=2)");
        check("50%", "[]", "50%!(NOVERB)");
        check("%[3]d", "[1]", "%!d(BADINDEX)");
        // Flags reach the formatter as text, whole numbers as integers.
        check("%t", "[true]", "%!t(string=true)");
        check("%f", "[3]", "%!f(int=3)");
    }
}
