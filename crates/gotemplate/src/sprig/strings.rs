//! Strings.

use super::arguments::{Result, bounded, bytes, int, text, value};
use super::cast::to_text;
use super::letters::{self, is_lower, is_title, is_upper, to_lower, to_title, to_upper};
use crate::functions::{Functions, Param};
use crate::{CallError, Map, Value};

#[expect(clippy::too_many_lines, reason = "a table of functions")]
pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Int, String};
    functions.add("hello", &[], |_| Ok("Hello!".into()));
    functions.add("trim", &[String], |a| Ok(trim(a, 0, is_space)));
    functions.add("upper", &[String], |a| {
        Ok(letters::each(&text(a, 0), to_upper).into())
    });
    functions.add("lower", &[String], |a| {
        Ok(letters::each(&text(a, 0), to_lower).into())
    });
    functions.add("title", &[String], |a| Ok(title(&text(a, 0)).into()));
    functions.add("untitle", &[String], |a| Ok(untitle(&text(a, 0)).into()));
    functions.add("swapcase", &[String], |a| Ok(swap_case(&text(a, 0)).into()));
    functions.add("repeat", &[Int, String], repeat);
    functions.add("substr", &[Int, Int, String], substr);
    functions.add("trunc", &[Int, String], |a| Ok(trunc(a)));
    functions.add("abbrev", &[Int, String], |a| {
        Ok(Value::string(abbreviate(0, int(a, 0), bytes(a, 1))))
    });
    functions.add("abbrevboth", &[Int, Int, String], |a| {
        Ok(Value::string(abbreviate(int(a, 0), int(a, 1), bytes(a, 2))))
    });
    for name in ["trimAll", "trimall"] {
        functions.add(name, &[String, String], |a| {
            let cut = text(a, 0);
            Ok(trim(a, 1, |character| cut.contains(character)))
        });
    }
    functions.add("trimSuffix", &[String, String], |a| {
        let (cut, whole) = (bytes(a, 0), bytes(a, 1));
        Ok(Value::string(whole.strip_suffix(cut).unwrap_or(whole)))
    });
    functions.add("trimPrefix", &[String, String], |a| {
        let (cut, whole) = (bytes(a, 0), bytes(a, 1));
        Ok(Value::string(whole.strip_prefix(cut).unwrap_or(whole)))
    });
    functions.add("nospace", &[String], |a| {
        let all = bytes(a, 0);
        if !all.iter().any(|byte| is_space(char::from(*byte))) {
            return Ok(value(a, 0).clone());
        }
        // Where something is removed, every byte becomes a letter of its own.
        Ok(all
            .iter()
            .map(|byte| char::from(*byte))
            .filter(|character| !is_space(*character))
            .collect::<std::string::String>()
            .into())
    });
    functions.add("initials", &[String], |a| Ok(initials(bytes(a, 0)).into()));
    functions.add("contains", &[String, String], |a| {
        Ok(contains(bytes(a, 1), bytes(a, 0)).into())
    });
    functions.add("hasPrefix", &[String, String], |a| {
        Ok(bytes(a, 1).starts_with(bytes(a, 0)).into())
    });
    functions.add("hasSuffix", &[String, String], |a| {
        Ok(bytes(a, 1).ends_with(bytes(a, 0)).into())
    });
    functions.add_variadic("quote", &[], Any, |a| {
        let quoted: Vec<_> = given(a)
            .map(|value| crate::format::quote(to_text(value).as_bytes(), false))
            .collect();
        Ok(quoted.join(" ").into())
    });
    functions.add_variadic("squote", &[], Any, |a| {
        let quoted: Vec<_> = given(a)
            .map(|value| [b"'", crate::format::print(value).as_bytes(), b"'"].concat())
            .collect();
        Ok(Value::string(quoted.join(&b' ')))
    });
    functions.add_variadic("cat", &[], Any, |a| {
        let parts: Vec<_> = given(a).map(crate::format::print).collect();
        Ok(Value::string(joined(&parts, b" ")))
    });
    functions.add("indent", &[Int, String], |a| indent(a, false));
    functions.add("nindent", &[Int, String], |a| indent(a, true));
    functions.add("replace", &[String, String, String], replace);
    functions.add("plural", &[String, String, Int], |a| {
        Ok(value(a, usize::from(int(a, 2) != 1)).clone())
    });
    functions.add("wrap", &[Int, String], |a| {
        wrap(bytes(a, 1), int(a, 0), b"", false)
    });
    functions.add("wrapWith", &[Int, String, String], |a| {
        wrap(bytes(a, 2), int(a, 0), bytes(a, 1), true)
    });
    functions.add("toString", &[Any], |a| Ok(Value::String(to_text(value(a, 0)))));
    functions.add("toStrings", &[Any], |a| Ok(Value::strings(texts(value(a, 0))?)));
    functions.add("join", &[String, Any], |a| {
        let separator = bytes(a, 0);
        let parts = texts(value(a, 1))?;
        bounded(parts.iter().map(crate::Text::len).sum::<usize>() + separator.len() * parts.len())?;
        Ok(Value::string(joined(&parts, separator)))
    });
    functions.add("splitList", &[String, String], |a| {
        Ok(Value::strings(split(bytes(a, 1), bytes(a, 0), usize::MAX)))
    });
    functions.add("split", &[String, String], |a| {
        Ok(numbered(split(bytes(a, 1), bytes(a, 0), usize::MAX)))
    });
    functions.add("splitn", &[String, Int, String], |a| {
        let limit = match int(a, 1) {
            0 => return Ok(numbered(Vec::new())),
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        };
        Ok(numbered(split(bytes(a, 2), bytes(a, 0), limit)))
    });
    functions.add("sortAlpha", &[Any], |a| match value(a, 0) {
        Value::List(_) | Value::Bytes(_) => {
            let mut items = texts(value(a, 0))?;
            items.sort();
            Ok(Value::strings(items))
        }
        other => Ok(Value::strings([to_text(other)])),
    });
}

/// What Go counts as white space.
fn is_space(character: char) -> bool {
    character.is_whitespace()
}

fn given(arguments: &[Value]) -> impl Iterator<Item = &Value> {
    arguments.iter().filter(|value| !value.is_nil())
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    part.is_empty() || whole.windows(part.len()).any(|window| window == part)
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for character in text.chars() {
        out.push(if is_separator(previous) {
            to_title(character)
        } else {
            character
        });
        previous = character;
    }
    out
}

/// What `strings.Title` takes as the end of a word.
fn is_separator(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    !character.is_alphanumeric() && character.is_whitespace()
}

fn untitle(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for character in text.chars() {
        out.push(if previous.is_whitespace() {
            to_lower(character)
        } else {
            character
        });
        previous = character;
    }
    out
}

fn swap_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_space = true;
    for character in text.chars() {
        if is_upper(character) || is_title(character) {
            out.push(to_lower(character));
            after_space = false;
        } else if is_lower(character) {
            // The first letter of a word takes its title case.
            out.push(if after_space {
                to_title(character)
            } else {
                to_upper(character)
            });
            after_space = false;
        } else {
            after_space = character.is_whitespace();
            out.push(character);
        }
    }
    out
}

fn repeat(arguments: &[Value]) -> Result {
    let count =
        usize::try_from(int(arguments, 0)).map_err(|_| CallError::new("strings: negative Repeat count"))?;
    let unit = bytes(arguments, 1);
    bounded(unit.len().saturating_mul(count))?;
    Ok(Value::string(unit.repeat(count)))
}

/// Cuts by bytes. A negative start keeps the front, a negative or too large end the rest.
fn substr(arguments: &[Value]) -> Result {
    let (start, end, whole) = (int(arguments, 0), int(arguments, 1), bytes(arguments, 2));
    let length = i64::try_from(whole.len()).unwrap_or(i64::MAX);
    let (from, to) = if start < 0 {
        (0, end)
    } else if end < 0 || end > length {
        (start, length)
    } else {
        (start, end)
    };
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    range
        .and_then(|(from, to)| whole.get(from..to))
        .map(Value::string)
        .ok_or_else(|| CallError::new(format!("runtime error: slice bounds out of range [{from}:{to}]")))
}

fn trunc(arguments: &[Value]) -> Value {
    let (count, whole) = (int(arguments, 0), bytes(arguments, 1));
    let keep = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if keep >= whole.len() {
        return value(arguments, 1).clone();
    }
    let part = if count < 0 {
        whole.get(whole.len() - keep..)
    } else {
        whole.get(..keep)
    };
    Value::string(part.unwrap_or_default())
}

/// Cuts letters off both ends. Bytes that are no letters count as U+FFFD and stay what they are.
fn trim(arguments: &[Value], index: usize, is_cut: impl Fn(char) -> bool) -> Value {
    let whole = bytes(arguments, index);
    let kept = |part: &str| !part.is_empty() && !part.chars().all(&is_cut);
    let is_cut_byte = || is_cut(char::REPLACEMENT_CHARACTER);
    let (mut from, mut to) = (whole.len(), 0);
    let mut at = 0;
    for chunk in whole.utf8_chunks() {
        let valid = chunk.valid();
        if kept(valid) {
            from = from.min(at + valid.len() - valid.trim_start_matches(&is_cut).len());
            to = at + valid.trim_end_matches(&is_cut).len();
        }
        at += valid.len();
        if !chunk.invalid().is_empty() && !is_cut_byte() {
            from = from.min(at);
            to = at + chunk.invalid().len();
        }
        at += chunk.invalid().len();
    }
    Value::string(whole.get(from..to).unwrap_or_default())
}

/// Cuts with dots on both sides: `left` is the offset that must be seen, `width` the length of the result.
fn abbreviate(left: i64, width: i64, text: &[u8]) -> Vec<u8> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if width < 4 || left > 0 && width < 7 || length <= width {
        return text.to_vec();
    }
    let left = left.min(length);
    let left = if length - left < width - 3 {
        length - (width - 3)
    } else {
        left
    };
    let part = |from: i64, to: i64| {
        let (from, to) = (
            usize::try_from(from).unwrap_or(0),
            usize::try_from(to).unwrap_or(0),
        );
        text.get(from..to.min(text.len())).unwrap_or_default()
    };
    if left <= 4 {
        return [part(0, width - 3), b"..."].concat();
    }
    if left + width - 3 < length {
        return [b"...", &*abbreviate(0, width - 3, part(left, length))].concat();
    }
    [b"...", part(length - (width - 3), length)].concat()
}

/// The first byte of each word: every byte is taken for a letter, so that some within letters are white space.
fn initials(text: &[u8]) -> String {
    let mut after_space = true;
    let mut out = String::new();
    for character in text.iter().map(|byte| char::from(*byte)) {
        let is_space = is_space(character);
        if after_space && !is_space {
            out.push(character);
        }
        after_space = is_space;
    }
    out
}

fn indent(arguments: &[Value], on_new_line: bool) -> Result {
    let spaces =
        usize::try_from(int(arguments, 0)).map_err(|_| CallError::new("strings: negative Repeat count"))?;
    let whole = bytes(arguments, 1);
    let lines = whole.split(|byte| *byte == b'\n').count();
    bounded(spaces.saturating_mul(lines).saturating_add(whole.len()))?;
    let mut out = Vec::with_capacity(whole.len() + spaces * lines + 1);
    if on_new_line {
        out.push(b'\n');
    }
    for (index, line) in whole.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            out.push(b'\n');
        }
        out.extend(std::iter::repeat_n(b' ', spaces));
        out.extend_from_slice(line);
    }
    Ok(Value::string(out))
}

fn replace(arguments: &[Value]) -> Result {
    let (old, new, whole) = (bytes(arguments, 0), bytes(arguments, 1), bytes(arguments, 2));
    let times = if old.is_empty() {
        whole.len() + 1
    } else {
        whole.len() / old.len()
    };
    bounded(whole.len().saturating_add(times.saturating_mul(new.len())))?;
    let mut parts = split(whole, old, usize::MAX);
    if old.is_empty() {
        // The new text stands before the first letter and behind the last as well.
        parts.insert(0, b"");
        parts.push(b"");
    }
    Ok(Value::string(parts.join(new)))
}

fn joined(parts: &[crate::Text], separator: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(crate::Text::as_bytes).collect();
    parts.join(separator)
}

/// Breaks lines at spaces so that they have at most `width` bytes; longer words are cut if asked to.
fn wrap(input: &[u8], width: i64, separator: &[u8], cut: bool) -> Result {
    let separator = if separator.is_empty() { b"\n" } else { separator };
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let part = |from: usize, to: usize| input.get(from..to).unwrap_or_default();
    let mut out = Vec::with_capacity(input.len() + 32);
    let mut offset = 0;
    while input.len() - offset > width {
        bounded(out.len())?;
        if input.get(offset) == Some(&b' ') {
            offset += 1;
            continue;
        }
        let end = offset + width + 1;
        let space = input
            .get(offset..end)
            .and_then(|part| part.iter().rposition(|byte| *byte == b' '))
            .map(|at| at + offset);
        if let Some(space) = space {
            out.extend_from_slice(part(offset, space));
            out.extend_from_slice(separator);
            offset = space + 1;
        } else if cut {
            out.extend_from_slice(part(offset, offset + width));
            out.extend_from_slice(separator);
            offset += width;
        } else {
            let space = input
                .get(end..)
                .and_then(|rest| rest.iter().position(|byte| *byte == b' '))
                .map(|at| at + end);
            if let Some(space) = space {
                out.extend_from_slice(part(offset, space));
                out.extend_from_slice(separator);
                offset = space + 1;
            } else {
                out.extend_from_slice(part(offset, input.len()));
                offset = input.len();
            }
        }
    }
    out.extend_from_slice(part(offset, input.len()));
    Ok(Value::string(out))
}

/// The elements of a list as strings, without nils; anything else is a list of itself, nil an empty one.
pub(super) fn texts(value: &Value) -> std::result::Result<Vec<crate::Text>, CallError> {
    Ok(match value {
        Value::Nil => Vec::new(),
        Value::List(list) => {
            let mut texts = Vec::new();
            let mut total = 0;
            for item in list.items().iter().filter(|item| !item.is_nil()) {
                let text = to_text(item);
                total += text.len();
                // Before the next one: each may be as large as texts may be.
                bounded(total)?;
                texts.push(text);
            }
            texts
        }
        Value::Bytes(bytes) => bytes
            .as_bytes()
            .iter()
            .map(|byte| byte.to_string().into())
            .collect(),
        other => vec![to_text(other)],
    })
}

/// `strings.SplitN`: an empty separator splits into characters.
fn split<'a>(text: &'a [u8], separator: &[u8], limit: usize) -> Vec<&'a [u8]> {
    if !separator.is_empty()
        && let (Ok(text), Ok(separator)) = (std::str::from_utf8(text), std::str::from_utf8(separator))
    {
        return text.splitn(limit, separator).map(str::as_bytes).collect();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() + 1 < limit {
        let part = if separator.is_empty() {
            first_length(rest)
        } else {
            let mut windows = rest.windows(separator.len());
            windows
                .position(|window| window == separator)
                .unwrap_or(rest.len())
        };
        if part == rest.len() {
            break;
        }
        let (head, tail) = rest.split_at(part);
        parts.push(head);
        rest = tail.get(separator.len()..).unwrap_or_default();
    }
    if !separator.is_empty() || !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The length of a text's first letter; a byte that is none counts as one.
fn first_length(text: &[u8]) -> usize {
    let window = text.get(..4).unwrap_or(text);
    let valid = window.utf8_chunks().next().map(|chunk| chunk.valid());
    let first = valid.and_then(|valid| valid.chars().next());
    first.map_or(text.len().min(1), char::len_utf8)
}

fn numbered(parts: Vec<&[u8]>) -> Value {
    let map = Map::new(&crate::value::STRING_MAP);
    for (index, part) in parts.into_iter().enumerate() {
        map.insert(format!("_{index}"), Value::string(part));
    }
    Value::Map(map)
}
