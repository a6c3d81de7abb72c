//! Selectors in Kubernetes' syntax: `a=b,c!=d,e in (f,g),!h`.

use crate::object::Object;

/// Conditions on labels or annotations that must all hold.
#[derive(Debug, Default)]
pub(crate) struct Requirements(Vec<Requirement>);

#[derive(Debug)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Debug)]
enum Operator {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Greater(i64),
    Less(i64),
}

impl Requirements {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            tokens: tokens(text),
            next: 0,
        };
        let mut found = Vec::new();
        if parser.peek().is_none() {
            return Ok(Self(found));
        }
        loop {
            found.push(parser.requirement()?);
            match parser.take() {
                None => return Ok(Self(found)),
                Some(Token::Symbol(",")) if parser.peek().is_some() => {}
                Some(other) => {
                    return Err(format!(
                        "unable to parse requirement: found '{}', expected: ',' or 'end of string'",
                        other.text()
                    ));
                }
            }
        }
    }

    /// Whether all hold for a map of the object's metadata.
    pub(crate) fn hold(&self, object: &Object, field: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let texts = object.texts(field);
        self.0.iter().all(|requirement| {
            let value = texts
                .iter()
                .find(|(key, _)| *key == requirement.key)
                .map(|(_, value)| value);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            match &requirement.operator {
                Operator::Exists => value.is_some(),
                Operator::Absent => value.is_none(),
                Operator::In(values) => value.is_some_and(|value| values.contains(value)),
                Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Operator::Greater(limit) => number().is_some_and(|number| number > *limit),
                Operator::Less(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Symbol(&'static str),
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) => text,
            Self::Symbol(text) => text,
        }
    }
}

const SYMBOLS: [&str; 9] = ["!=", "==", "=", "!", ",", "(", ")", ">", "<"];

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            found.push(Token::Symbol(symbol));
            rest = rest.get(symbol.len()..).unwrap_or_default();
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "=!,()<>".contains(c))
                .unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            found.push(Token::Word(word.to_owned()));
            rest = behind;
        }
        rest = rest.trim_start();
    }
    found
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let is_absent = self.peek() == Some(&Token::Symbol("!"));
        if is_absent {
            self.take();
        }
        let key = match self.take() {
            Some(Token::Word(key)) => key,
            other => return Err(unexpected(other.as_ref(), "identifier")),
        };
        if is_absent {
            return Ok(Requirement {
                key,
                operator: Operator::Absent,
            });
        }
        let operator = match self.peek() {
            None | Some(Token::Symbol(",")) => Operator::Exists,
            Some(Token::Symbol(symbol @ ("=" | "==" | "!=" | ">" | "<"))) => {
                let symbol = *symbol;
                self.take();
                let value = self.value();
                let number = || {
                    value
                        .parse::<i64>()
                        .map_err(|_| format!("unable to parse requirement: {value:?} is no integer"))
                };
                match symbol {
                    "!=" => Operator::NotIn(vec![value]),
                    ">" => Operator::Greater(number()?),
                    "<" => Operator::Less(number()?),
                    _ => Operator::In(vec![value]),
                }
            }
            Some(Token::Word(word)) if word == "in" => {
                self.take();
                Operator::In(self.values()?)
            }
            Some(Token::Word(word)) if word == "notin" => {
                self.take();
                Operator::NotIn(self.values()?)
            }
            other => return Err(unexpected(other, "'=', '!=', '==', 'in', notin'")),
        };
        Ok(Requirement { key, operator })
    }

    /// A value may be empty.
    fn value(&mut self) -> String {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.take();
                word
            }
            _ => String::new(),
        }
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        let open = self.take();
        if open != Some(Token::Symbol("(")) {
            return Err(unexpected(open.as_ref(), "'('"));
        }
        let mut values = vec![self.value()];
        loop {
            match self.take() {
                Some(Token::Symbol(",")) => values.push(self.value()),
                Some(Token::Symbol(")")) => return Ok(values),
                other => return Err(unexpected(other.as_ref(), "',' or ')'")),
            }
        }
    }
}

fn unexpected(token: Option<&Token>, expected: &str) -> String {
    let found = token.map_or("", Token::text);
    format!("unable to parse requirement: found '{found}', expected: {expected}")
}

#[cfg(test)]
mod tests {
    use super::Requirements;
    use crate::object::Object;
    use kubescape_yaml::{Limits, Profile, load_one};

    fn check(selector: &str, expected: Option<bool>) {
        let text = "metadata: {labels: {app: web, n: '5', empty: ''}}";
        let object = Object::new(load_one(text, Profile::GoYamlV3, &Limits::default()).unwrap());
        let found = Requirements::parse(selector)
            .ok()
            .map(|requirements| requirements.hold(&object, "labels"));
        assert_eq!(found, expected, "{selector}");
    }

    #[test]
    fn selectors() {
        for (selector, expected) in [
            ("", Some(true)),
            ("app", Some(true)),
            ("!app", Some(false)),
            ("app=web,n=5", Some(true)),
            (" app == web , n != 4 ", Some(true)),
            ("app in (db, web)", Some(true)),
            ("app notin (web)", Some(false)),
            ("other notin (web)", Some(true)),
            ("empty=", Some(true)),
            ("n>4,n<6", Some(true)),
            ("n>5", Some(false)),
            ("n>x", None),
            ("a b", None),
            ("app in web", None),
            ("app,", None),
            ("=web", None),
        ] {
            check(selector, expected);
        }
    }
}
