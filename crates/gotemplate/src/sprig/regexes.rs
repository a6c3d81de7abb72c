//! Regular expressions. RE2's leftmost-first matching is that of the `regex` crate.

mod syntax;

pub use syntax::translate;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::bytes::{Captures, NoExpand, Regex, RegexBuilder};

use super::arguments::{Result, bounded, bytes, int, text};
use crate::functions::{Functions, Param};
use crate::{CallError, List, Value, lossy};

/// Compiled patterns: charts match the same few again and again.
type Cache = Rc<RefCell<HashMap<String, Regex>>>;

pub(super) fn register(functions: &mut Functions) {
    use Param::{Int, String};
    let cache: Cache = Rc::default();
    let of = |cache: &Cache| {
        let cache = Rc::clone(cache);
        move |pattern: &str| compile(&cache, pattern)
    };
    let regex = of(&cache);
    functions.add("regexMatch", &[String, String], move |a| {
        Ok(regex(&text(a, 0))
            .is_ok_and(|regex| regex.is_match(bytes(a, 1)))
            .into())
    });
    let regex = of(&cache);
    functions.add("mustRegexMatch", &[String, String], move |a| {
        Ok(regex(&text(a, 0))?.is_match(bytes(a, 1)).into())
    });
    for name in ["regexFind", "mustRegexFind"] {
        let regex = of(&cache);
        functions.add(name, &[String, String], move |a| {
            let found = regex(&text(a, 0))?
                .find(bytes(a, 1))
                .map(|found| found.as_bytes());
            Ok(Value::string(found.unwrap_or_default()))
        });
    }
    for name in ["regexFindAll", "mustRegexFindAll"] {
        let regex = of(&cache);
        functions.add(name, &[String, String, Int], move |a| {
            let limit = usize::try_from(int(a, 2)).unwrap_or(usize::MAX);
            let regex = regex(&text(a, 0))?;
            let found: Vec<&[u8]> = regex
                .find_iter(bytes(a, 1))
                .take(limit)
                .map(|found| found.as_bytes())
                .collect();
            Ok(if found.is_empty() {
                Value::List(List::nil(&crate::value::STRINGS))
            } else {
                Value::strings(found)
            })
        });
    }
    for name in ["regexReplaceAll", "mustRegexReplaceAll"] {
        let regex = of(&cache);
        functions.add(name, &[String, String, String], move |a| {
            replace_all(&regex(&text(a, 0))?, a, false)
        });
    }
    for name in ["regexReplaceAllLiteral", "mustRegexReplaceAllLiteral"] {
        let regex = of(&cache);
        functions.add(name, &[String, String, String], move |a| {
            replace_all(&regex(&text(a, 0))?, a, true)
        });
    }
    for name in ["regexSplit", "mustRegexSplit"] {
        let regex = of(&cache);
        functions.add(name, &[String, String, Int], move |a| {
            Ok(split(&regex(&text(a, 0))?, bytes(a, 1), int(a, 2)))
        });
    }
    functions.add("regexQuoteMeta", &[String], |a| {
        let mut out = std::string::String::new();
        for character in text(a, 0).chars() {
            if "\\.+*?()|[]{}^$".contains(character) {
                out.push('\\');
            }
            out.push(character);
        }
        Ok(out.into())
    });
}

fn compile(cache: &Cache, pattern: &str) -> std::result::Result<Regex, CallError> {
    if let Some(regex) = cache.borrow().get(pattern) {
        return Ok(regex.clone());
    }
    let failed = |reason: &str| {
        CallError::new(format!(
            "regexp: Compile(`{pattern}`): error parsing regexp: {reason}"
        ))
    };
    let translated = syntax::translate(pattern).map_err(|reason| failed(&reason))?;
    let regex = RegexBuilder::new(&translated)
        .size_limit(32 << 20)
        .build()
        .map_err(|error| {
            let reason = error.to_string();
            failed(reason.lines().last().unwrap_or_default().trim())
        })?;
    cache.borrow_mut().insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

fn replace_all(regex: &Regex, arguments: &[Value], literal: bool) -> Result {
    let (whole, replacement) = (bytes(arguments, 1), bytes(arguments, 2));
    bounded(
        (whole.len() + 1)
            .saturating_mul(replacement.len())
            .min(whole.len() + replacement.len() * 1000),
    )?;
    let replaced = if literal || !replacement.contains(&b'$') {
        regex.replace_all(whole, NoExpand(replacement))
    } else {
        let template = lossy(replacement);
        regex.replace_all(whole, |found: &Captures<'_>| expanded(&template, found))
    };
    Ok(Value::string(&*replaced))
}

/// A replacement with its groups put in. A name goes as far as there are letters and digits, `${` without a name and
/// its brace is text, and a number with zeros before it is the name of no group.
fn expanded(template: &str, found: &Captures<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.extend_from_slice(before.as_bytes());
        if let Some(after) = after.strip_prefix('$') {
            out.push(b'$');
            rest = after;
            continue;
        }
        let inner = after.strip_prefix('{').unwrap_or(after);
        let end = inner.find(|character: char| character != '_' && !character.is_alphanumeric());
        let (name, behind) = inner.split_at(end.unwrap_or(inner.len()));
        let behind = if after.starts_with('{') {
            behind.strip_prefix('}')
        } else {
            Some(behind)
        };
        let Some(behind) = behind.filter(|_| !name.is_empty()) else {
            out.push(b'$');
            rest = after;
            continue;
        };
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        let group = match name.parse() {
            Ok(number) if is_number && (name == "0" || !name.starts_with('0')) => found.get(number),
            _ => found.name(name),
        };
        out.extend_from_slice(group.map(|group| group.as_bytes()).unwrap_or_default());
        rest = behind;
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// `Regexp.Split`: an empty match at the end gives no empty part.
fn split(regex: &Regex, whole: &[u8], limit: i64) -> Value {
    if limit == 0 {
        return Value::List(List::nil(&crate::value::STRINGS));
    }
    if !regex.as_str().is_empty() && whole.is_empty() {
        return Value::strings([""]);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut parts: Vec<&[u8]> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for found in regex.find_iter(whole) {
        if parts.len() + 1 >= limit {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(whole.get(start..end).unwrap_or_default());
        }
        start = found.end();
    }
    if end != whole.len() {
        parts.push(whole.get(start..).unwrap_or_default());
    }
    Value::strings(parts)
}
