//! `glob.*`, and what the engine's builtins on texts do wrong.

use anyhow::{Result, anyhow, bail};
use regex::{Regex, RegexBuilder};
use regorus::{Engine, Value};

use super::regexes::Expressions;
use super::{add, argument, string};

/// Compiled size to which a pattern may grow.
const LARGEST: usize = 1 << 20;
/// Characters that mean something in a pattern.
const META: &str = "*?\\[]{}";

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    let expressions = Expressions::default();
    add(engine, "kubescape_glob_match", 3, move |arguments| {
        let (pattern, delimiters) = (string(arguments, 0)?, delimiters(argument(arguments, 1)?)?);
        let key = format!("{} {delimiters}{pattern}", delimiters.len()).into();
        let expression = expressions.get_or(&key, || compiled(pattern, &delimiters))?;
        Ok(Value::from(expression.is_match(string(arguments, 2)?)))
    })?;
    add(engine, "kubescape_glob_quote", 1, |arguments| {
        let mut quoted = String::new();
        for character in string(arguments, 0)?.chars() {
            if META.contains(character) {
                quoted.push('\\');
            }
            quoted.push(character);
        }
        Ok(Value::from(quoted))
    })?;
    add(engine, "kubescape_indexof", 2, |arguments| {
        let (text, wanted) = (string(arguments, 0)?, string(arguments, 1)?);
        if wanted.is_empty() {
            bail!("nothing to look for");
        }
        let place = text.find(&**wanted).and_then(|at| text.get(..at));
        let index = place.map_or(-1, |before| {
            i64::try_from(before.chars().count()).unwrap_or(i64::MAX)
        });
        Ok(Value::from(index))
    })?;
    add(engine, "kubescape_strings_count", 2, |arguments| {
        let (text, wanted) = (string(arguments, 0)?, string(arguments, 1)?);
        Ok(Value::from(match wanted.is_empty() {
            true => text.chars().count() + 1,
            false => text.matches(&**wanted).count(),
        }))
    })?;
    add(engine, "kubescape_urlquery_decode", 1, |arguments| {
        let mut bytes = Vec::new();
        let mut rest = string(arguments, 0)?.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let mut digit = || {
                        let digit = rest.next().map(char::from).and_then(|digit| digit.to_digit(16));
                        digit.ok_or_else(|| anyhow!("no hexadecimal digit"))
                    };
                    u8::try_from(digit()? * 16 + digit()?)?
                }
                other => other,
            });
        }
        Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
    })
}

/// What separates the parts of a text: nothing for `null`, a dot when the list is empty.
fn delimiters(value: &Value) -> Result<String> {
    if *value == Value::Null {
        return Ok(String::new());
    }
    let list = value.as_array()?;
    let mut characters = String::new();
    for delimiter in list {
        characters.push_str(delimiter.as_string()?);
    }
    Ok(if characters.is_empty() {
        ".".to_owned()
    } else {
        characters
    })
}

fn compiled(pattern: &str, delimiters: &str) -> Result<Regex> {
    let within = match delimiters.is_empty() {
        true => "(?s:.)".to_owned(),
        false => format!("[^{}]", escaped(delimiters)),
    };
    let mut expression = String::from("^");
    let mut alternatives = 0usize;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.next_if_eq(&'*').is_some() => expression.push_str("(?s:.*)"),
            '*' => expression.push_str(&format!("{within}*")),
            '?' => expression.push_str(&within),
            '\\' => expression.push_str(&escaped(&characters.next().map(String::from).unwrap_or_default())),
            '[' => {
                let negated = characters.next_if_eq(&'!').is_some();
                let inner: String = characters
                    .by_ref()
                    .take_while(|character| *character != ']')
                    .collect();
                expression.push_str(&class(&inner, negated));
            }
            '{' => {
                alternatives += 1;
                expression.push_str("(?:");
            }
            '}' if alternatives > 0 => {
                alternatives -= 1;
                expression.push(')');
            }
            ',' if alternatives > 0 => expression.push('|'),
            other => expression.push_str(&escaped(&other.to_string())),
        }
    }
    expression.push('$');
    Ok(RegexBuilder::new(&expression).size_limit(LARGEST).build()?)
}

/// `a-z`, or single characters.
fn class(inner: &str, negated: bool) -> String {
    let characters: Vec<char> = inner.chars().collect();
    let members = match characters.as_slice() {
        [first, '-', last] => format!("{}-{}", escaped(&first.to_string()), escaped(&last.to_string())),
        _ => escaped(inner),
    };
    format!("[{}{members}]", if negated { "^" } else { "" })
}

/// The characters as an expression of themselves, also within a class.
fn escaped(text: &str) -> String {
    regex::escape(text)
}
