//! Strings.

use super::arguments::{Result, bounded, bytes, int, text, value};
use super::cast::to_text;
use crate::functions::{Functions, Param};
use crate::{CallError, Map, Value};

#[expect(clippy::too_many_lines, reason = "a table of functions")]
pub(super) fn register(functions: &mut Functions) {
    use Param::{Any, Int, String};
    functions.add("hello", &[], |_| Ok("Hello!".into()));
    functions.add("trim", &[String], |a| {
        Ok(text(a, 0).trim_matches(is_space).into())
    });
    functions.add("upper", &[String], |a| Ok(upper(&text(a, 0)).into()));
    functions.add("lower", &[String], |a| Ok(lower(&text(a, 0)).into()));
    functions.add("title", &[String], |a| Ok(title(&text(a, 0)).into()));
    functions.add("untitle", &[String], |a| Ok(untitle(&text(a, 0)).into()));
    functions.add("swapcase", &[String], |a| Ok(swap_case(&text(a, 0)).into()));
    functions.add("repeat", &[Int, String], repeat);
    functions.add("substr", &[Int, Int, String], substr);
    functions.add("trunc", &[Int, String], |a| Ok(trunc(a)));
    functions.add("abbrev", &[Int, String], |a| {
        Ok(abbreviate(0, int(a, 0), &text(a, 1)).into())
    });
    functions.add("abbrevboth", &[Int, Int, String], |a| {
        Ok(abbreviate(int(a, 0), int(a, 1), &text(a, 2)).into())
    });
    for name in ["trimAll", "trimall"] {
        functions.add(name, &[String, String], |a| {
            let cut = text(a, 0);
            Ok(text(a, 1)
                .trim_matches(|character| cut.contains(character))
                .into())
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
    functions.add("initials", &[String], |a| Ok(initials(&text(a, 0)).into()));
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
            .map(|value| format!("'{}'", crate::format::print(value)))
            .collect();
        Ok(quoted.join(" ").into())
    });
    functions.add_variadic("cat", &[], Any, |a| {
        let parts: Vec<_> = given(a)
            .map(|value| crate::format::print(value).to_string())
            .collect();
        Ok(parts.join(" ").into())
    });
    functions.add("indent", &[Int, String], |a| indent(a, false));
    functions.add("nindent", &[Int, String], |a| indent(a, true));
    functions.add("replace", &[String, String, String], replace);
    functions.add("plural", &[String, String, Int], |a| {
        Ok(value(a, usize::from(int(a, 2) != 1)).clone())
    });
    functions.add("wrap", &[Int, String], |a| {
        wrap(&text(a, 1), int(a, 0), "", false)
    });
    functions.add("wrapWith", &[Int, String, String], |a| {
        wrap(&text(a, 2), int(a, 0), &text(a, 1), true)
    });
    functions.add("toString", &[Any], |a| Ok(Value::String(to_text(value(a, 0)))));
    functions.add("toStrings", &[Any], |a| Ok(Value::strings(texts(value(a, 0))?)));
    functions.add("join", &[String, Any], |a| {
        let separator = text(a, 0);
        let parts: Vec<_> = texts(value(a, 1))?.iter().map(ToString::to_string).collect();
        bounded(parts.iter().map(std::string::String::len).sum::<usize>() + separator.len() * parts.len())?;
        Ok(parts.join(&separator).into())
    });
    functions.add("splitList", &[String, String], |a| {
        Ok(Value::strings(split(&text(a, 1), &text(a, 0), usize::MAX)))
    });
    functions.add("split", &[String, String], |a| {
        Ok(numbered(split(&text(a, 1), &text(a, 0), usize::MAX)))
    });
    functions.add("splitn", &[String, Int, String], |a| {
        let limit = match int(a, 1) {
            0 => return Ok(numbered(Vec::new())),
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        };
        Ok(numbered(split(&text(a, 2), &text(a, 0), limit)))
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

/// Lower case letter by letter: Go knows no final sigma, and a letter stays one letter.
fn lower(text: &str) -> String {
    text.chars()
        .map(|character| character.to_lowercase().next().unwrap_or(character))
        .collect()
}

/// Upper case letter by letter; what would become several letters stays.
fn upper(text: &str) -> String {
    text.chars()
        .map(|character| {
            let mut letters = character.to_uppercase();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => letter,
                _ => character,
            }
        })
        .collect()
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for character in text.chars() {
        if is_separator(previous) {
            out.extend(character.to_uppercase());
        } else {
            out.push(character);
        }
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
        if previous.is_whitespace() {
            out.extend(character.to_lowercase());
        } else {
            out.push(character);
        }
        previous = character;
    }
    out
}

fn swap_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_space = true;
    for character in text.chars() {
        if character.is_uppercase() {
            out.extend(character.to_lowercase());
            after_space = false;
        } else if character.is_lowercase() {
            if after_space {
                // The first letter of a word takes its title case.
                out.extend(character.to_uppercase());
                after_space = false;
            } else {
                out.extend(character.to_uppercase());
            }
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

/// Cuts with dots on both sides: `left` is the offset that must be seen, `width` the length of the result.
fn abbreviate(left: i64, width: i64, text: &str) -> String {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if width < 4 || left > 0 && width < 7 || length <= width {
        return text.to_owned();
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
        String::from_utf8_lossy(text.as_bytes().get(from..to.min(text.len())).unwrap_or_default())
            .into_owned()
    };
    if left <= 4 {
        return format!("{}...", part(0, width - 3));
    }
    if left + width - 3 < length {
        return format!("...{}", abbreviate(0, width - 3, &part(left, length)));
    }
    format!("...{}", part(length - (width - 3), length))
}

fn initials(text: &str) -> String {
    let mut out = String::new();
    let mut after_space = true;
    for (at, character) in text.char_indices() {
        if character.is_whitespace() {
            after_space = true;
        } else if after_space {
            // The first byte, not the first letter.
            out.extend(text.as_bytes().get(at).map(|byte| char::from(*byte)));
            after_space = false;
        }
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
    let (old, new, whole) = (text(arguments, 0), text(arguments, 1), text(arguments, 2));
    let times = if old.is_empty() {
        whole.len() + 1
    } else {
        whole.len() / old.len()
    };
    bounded(whole.len().saturating_add(times.saturating_mul(new.len())))?;
    Ok(whole.replace(&*old, &new).into())
}

/// Breaks lines at spaces so that they have at most `width` characters; longer words are cut if asked to.
fn wrap(text: &str, width: i64, separator: &str, cut: bool) -> Result {
    let separator = if separator.is_empty() { "\n" } else { separator };
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let input: Vec<char> = text.chars().collect();
    let collect = |from: usize, to: usize| input.get(from..to).unwrap_or_default().iter().collect::<String>();
    let mut out = String::with_capacity(text.len() + 32);
    let mut offset = 0;
    while input.len() - offset > width {
        bounded(out.len())?;
        if input.get(offset) == Some(&' ') {
            offset += 1;
            continue;
        }
        let end = offset + width + 1;
        let space = input
            .get(offset..end)
            .and_then(|part| part.iter().rposition(|character| *character == ' '))
            .map(|at| at + offset);
        if let Some(space) = space {
            out.push_str(&collect(offset, space));
            out.push_str(separator);
            offset = space + 1;
        } else if cut {
            out.push_str(&collect(offset, offset + width));
            out.push_str(separator);
            offset += width;
        } else {
            let space = input
                .get(end..)
                .and_then(|rest| rest.iter().position(|character| *character == ' '))
                .map(|at| at + end);
            if let Some(space) = space {
                out.push_str(&collect(offset, space));
                out.push_str(separator);
                offset = space + 1;
            } else {
                out.push_str(&collect(offset, input.len()));
                offset = input.len();
            }
        }
    }
    out.push_str(&collect(offset, input.len()));
    Ok(out.into())
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
fn split(text: &str, separator: &str, limit: usize) -> Vec<String> {
    if separator.is_empty() {
        let mut parts: Vec<String> = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if parts.len() + 1 == limit {
                parts.push(rest.to_owned());
                return parts;
            }
            let (head, tail) = rest.split_at(first.len_utf8());
            parts.push(head.to_owned());
            rest = tail;
        }
        return parts;
    }
    text.splitn(limit, separator).map(str::to_owned).collect()
}

fn numbered(parts: Vec<String>) -> Value {
    let map = Map::new(&crate::value::STRING_MAP);
    for (index, part) in parts.into_iter().enumerate() {
        map.insert(format!("_{index}"), part.into());
    }
    Value::Map(map)
}
