//! The little language of `--set`: `a.b=1,c[0]=x,d={x,y}`.

use kubescape_gotemplate::{Map, Value};

const MAX_INDEX: usize = 65_536;
const MAX_DEPTH: usize = 30;

/// How values are read.
#[derive(Clone, Copy, Debug)]
pub enum Typing {
    /// `--set`: true, false, null and integers have types.
    Typed,
    /// `--set-string`: everything is a string.
    Strings,
    /// `--set-file`: the value names a file, whose content counts.
    Files(fn(&str) -> Result<String, String>),
    /// `--set-json`: the value is JSON.
    Json,
    /// `--set-literal`: the whole rest is the value.
    Literal,
}

/// Applies an argument of `--set` or one of its kin to values.
pub fn apply(into: &Map, argument: &str, typing: Typing) -> Result<(), String> {
    let mut reader = Reader {
        rest: argument.chars().collect::<Vec<_>>().into_iter().peekable(),
        typing,
    };
    while reader.rest.peek().is_some() {
        reader.key(into, 0)?;
    }
    Ok(())
}

/// Sets a key; nothing has the empty one.
fn insert(into: &Map, key: String, value: Value) {
    if !key.is_empty() {
        into.insert(key, value);
    }
}

/// What was set before is of another kind than the key asks for; a null is as well.
fn conversion(found: &Value, wanted: &str) -> String {
    let found = if found.is_nil() { "nil" } else { found.type_name() };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    typing: Typing,
}

impl Reader {
    /// Text up to one of the stops, which is returned as well. A backslash takes the next character as it is, where
    /// not all is literal.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(character) = self.rest.next() {
            if stops.contains(&character) {
                return (text, Some(character));
            }
            if character == '\\' && !matches!(self.typing, Typing::Literal) {
                text.extend(self.rest.next());
            } else {
                text.push(character);
            }
        }
        (text, None)
    }

    fn key(&mut self, into: &Map, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
            ));
        }
        let stops: &[char] = match self.typing {
            Typing::Literal => &['=', '[', '.'],
            _ => &['=', '[', '.', ','],
        };
        let (key, stop) = self.until(stops);
        match stop {
            None if key.is_empty() => Ok(()),
            None => Err(format!("key {key:?} has no value")),
            Some(',') => Err(format!("key {key:?} has no value (cannot end with ,)")),
            Some('=') => {
                let value = self.value()?;
                insert(into, key, value);
                Ok(())
            }
            Some('[') => {
                let index = self.index()?;
                let list = match into.get(&key) {
                    Some(Value::List(list)) => list.items().to_vec(),
                    None => Vec::new(),
                    Some(other) => return Err(conversion(&other, "[]interface {}")),
                };
                let list = self.item(list, index, depth)?;
                insert(into, key, Value::list(list));
                Ok(())
            }
            Some(_) => {
                let inner = match into.get(&key) {
                    Some(Value::Map(map)) => map,
                    None => Map::dict(),
                    Some(other) => return Err(conversion(&other, "map[string]interface {}")),
                };
                self.key(&inner, depth + 1)?;
                if inner.is_empty() {
                    return Err(format!("key map {key:?} has no value"));
                }
                insert(into, key, Value::Map(inner));
                Ok(())
            }
        }
    }

    fn index(&mut self) -> Result<usize, String> {
        let (digits, stop) = self.until(&[']']);
        if stop.is_none() {
            return Err("error parsing index: EOF".to_owned());
        }
        let index: i64 = digits
            .parse()
            .map_err(|_| format!("error parsing index: strconv.Atoi: parsing {digits:?}: invalid syntax"))?;
        let index = usize::try_from(index).map_err(|_| format!("negative {index} index not allowed"))?;
        if index > MAX_INDEX {
            return Err(format!(
                "index of {index} is greater than maximum supported index of {MAX_INDEX}"
            ));
        }
        Ok(index)
    }

    fn item(&mut self, mut list: Vec<Value>, index: usize, depth: usize) -> Result<Vec<Value>, String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
            ));
        }
        let old = list.get(index).cloned().unwrap_or_default();
        let (text, stop) = self.until(&['[', '.', '=']);
        if !text.is_empty() {
            return Err(format!("unexpected data at end of array index: {text:?}"));
        }
        let value = match stop {
            None => return Ok(list),
            Some('=') => self.value()?,
            Some('[') => {
                let inner = match &old {
                    Value::List(list) => list.items().to_vec(),
                    Value::Nil => Vec::new(),
                    other => return Err(conversion(other, "[]interface {}")),
                };
                let next = self.index()?;
                Value::list(self.item(inner, next, depth + 1)?)
            }
            Some(_) => {
                let inner = match old {
                    Value::Map(map) => map,
                    _ => Map::dict(),
                };
                self.key(&inner, depth + 1)?;
                Value::Map(inner)
            }
        };
        while list.len() <= index {
            list.push(Value::Nil);
        }
        if let Some(place) = list.get_mut(index) {
            *place = value;
        }
        Ok(list)
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.typing {
            Typing::Json => return self.json(),
            Typing::Literal => return Ok(self.rest.by_ref().collect::<String>().into()),
            Typing::Typed | Typing::Strings if self.rest.peek() == Some(&'{') => {
                self.rest.next();
                return self.list();
            }
            Typing::Typed | Typing::Strings | Typing::Files(_) => {}
        }
        let (text, _) = self.until(&[',']);
        self.typed(&text)
    }

    /// The JSON value that comes next, and the comma behind it.
    fn json(&mut self) -> Result<Value, String> {
        let rest: String = self.rest.clone().collect();
        let mut stream = serde_json::Deserializer::from_str(&rest).into_iter::<serde_json::Value>();
        let value = match stream.next() {
            None => Value::Nil,
            Some(value) => kubescape_gotemplate::json::from_json(value.map_err(|error| error.to_string())?),
        };
        let after = rest.get(stream.byte_offset()..).unwrap_or_default().trim_start();
        let after = after.strip_prefix(',').unwrap_or(after);
        self.rest = after.chars().collect::<Vec<_>>().into_iter().peekable();
        Ok(value)
    }

    fn list(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        loop {
            let (text, stop) = self.until(&[',', '}']);
            match stop {
                None => return Err("list must terminate with '}'".to_owned()),
                Some('}') => {
                    items.push(self.typed(&text)?);
                    if self.rest.peek() == Some(&',') {
                        self.rest.next();
                    }
                    return Ok(Value::list(items));
                }
                Some(_) => items.push(self.typed(&text)?),
            }
        }
    }

    fn typed(&self, text: &str) -> Result<Value, String> {
        match self.typing {
            Typing::Strings => return Ok(text.into()),
            Typing::Files(read) => return read(text).map(Value::from),
            Typing::Typed | Typing::Json | Typing::Literal => {}
        }
        Ok(match text.to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Nil,
            "0" => Value::Int64(0),
            _ if text.starts_with('0') => text.into(),
            _ => text.parse().map_or_else(|_| text.into(), Value::Int64),
        })
    }
}
