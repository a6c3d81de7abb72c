//! Functions of texts, and conversions.

use super::Function;
use crate::terraform::value::Value;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "lower" => |arguments| change(arguments, str::to_lowercase),
        "upper" => |arguments| change(arguments, str::to_uppercase),
        "title" => |arguments| change(arguments, title),
        "trimspace" => |arguments| change(arguments, |text| text.trim().to_owned()),
        "chomp" => |arguments| change(arguments, |text| text.trim_end_matches(['\n', '\r']).to_owned()),
        "trim" => |arguments| {
            let cut = arguments.get(1)?.as_text()?;
            change(arguments, |text| {
                text.trim_matches(|one| cut.contains(one)).to_owned()
            })
        },
        "trimprefix" => |arguments| {
            let prefix = arguments.get(1)?.as_text()?;
            change(arguments, |text| {
                text.strip_prefix(&*prefix).unwrap_or(text).to_owned()
            })
        },
        "trimsuffix" => |arguments| {
            let suffix = arguments.get(1)?.as_text()?;
            change(arguments, |text| {
                text.strip_suffix(&*suffix).unwrap_or(text).to_owned()
            })
        },
        "startswith" => |arguments| compare(arguments, |text, part| text.starts_with(part)),
        "endswith" => |arguments| compare(arguments, |text, part| text.ends_with(part)),
        "strcontains" => |arguments| compare(arguments, |text, part| text.contains(part)),
        "replace" => |arguments| {
            let (from, to) = (arguments.get(1)?.as_text()?, arguments.get(2)?.as_text()?);
            let is_pattern = from.len() > 1 && from.starts_with('/') && from.ends_with('/');
            if is_pattern || from.is_empty() && to.len() > 64 {
                return None;
            }
            change(arguments, |text| text.replace(&*from, &to))
        },
        "substr" => substr,
        "indent" => |arguments| {
            let Value::Int(count) = arguments.first()?.as_number()? else {
                return None;
            };
            let blanks = " ".repeat(usize::try_from(count).ok().filter(|count| *count <= 256)?);
            let text = arguments.get(1)?.as_text()?;
            Some(Value::text(text.replace('\n', &format!("\n{blanks}"))))
        },
        "join" => |arguments| {
            let Value::List(list) = arguments.get(1)? else {
                return None;
            };
            let texts: Vec<_> = list.items.iter().map(Value::as_text).collect::<Option<_>>()?;
            let separator = arguments.first()?.as_text()?;
            Some(Value::text(texts.join(&*separator)))
        },
        "split" => |arguments| {
            let (separator, text) = (arguments.first()?.as_text()?, arguments.get(1)?.as_text()?);
            if separator.is_empty() {
                return None;
            }
            Some(Value::list(text.split(&*separator).map(Value::text).collect()))
        },
        "format" => format,
        "tostring" => |arguments| match arguments.first()? {
            Value::Null => Some(Value::Null),
            value => value.as_text().map(Value::Text),
        },
        "tonumber" => |arguments| match arguments.first()? {
            Value::Null => Some(Value::Null),
            value => value.as_number(),
        },
        "tobool" => |arguments| match arguments.first()? {
            Value::Null => Some(Value::Null),
            value => value.as_bool().map(Value::Bool),
        },
        "basename" => |arguments| {
            change(arguments, |text| {
                text.rsplit('/').next().unwrap_or(text).to_owned()
            })
        },
        "dirname" => |arguments| {
            change(arguments, |text| {
                text.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned()
            })
        },
        _ => return None,
    })
}

fn change(arguments: &[Value], function: impl Fn(&str) -> String) -> Option<Value> {
    Some(Value::text(function(&arguments.first()?.as_text()?)))
}

fn compare(arguments: &[Value], function: fn(&str, &str) -> bool) -> Option<Value> {
    let (text, part) = (arguments.first()?.as_text()?, arguments.get(1)?.as_text()?);
    Some(Value::Bool(function(&text, &part)))
}

fn title(text: &str) -> String {
    let mut start = true;
    let letters = text.chars().flat_map(|letter| {
        let first = std::mem::replace(&mut start, !letter.is_alphanumeric());
        if first {
            letter.to_uppercase().collect::<Vec<_>>()
        } else {
            vec![letter]
        }
    });
    letters.collect()
}

fn substr(arguments: &[Value]) -> Option<Value> {
    let text = arguments.first()?.as_text()?;
    let (Value::Int(start), Value::Int(length)) =
        (arguments.get(1)?.as_number()?, arguments.get(2)?.as_number()?)
    else {
        return None;
    };
    let count = i64::try_from(text.chars().count()).ok()?;
    let start = if start < 0 { start + count } else { start };
    let length = if length < 0 { count } else { length };
    let part = text
        .chars()
        .skip(usize::try_from(start).ok()?)
        .take(usize::try_from(length).ok()?);
    Some(Value::text(part.collect::<String>()))
}

/// The verbs that need no width: others make the text unknown rather than wrong.
fn format(arguments: &[Value]) -> Option<Value> {
    let pattern = arguments.first()?.as_text()?;
    let mut next = arguments.iter().skip(1);
    let mut made = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            made.push(letter);
            continue;
        }
        match letters.next()? {
            '%' => made.push('%'),
            's' | 'v' => made.push_str(&next.next()?.as_text()?),
            'd' => match next.next()?.as_number()? {
                Value::Int(number) => made.push_str(&number.to_string()),
                _ => return None,
            },
            'q' => made.push_str(&format!("{:?}", next.next()?.as_text()?)),
            't' => made.push_str(&next.next()?.as_bool()?.to_string()),
            _ => return None,
        }
    }
    next.next().is_none().then(|| Value::text(made))
}
