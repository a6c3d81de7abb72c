//! Builtins of ours: replacements of the engine's ([`super::source::REPLACED`]) and the product's own.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use kubescape_yaml::{Limits, Profile, load_one};
use regex::{Regex, RegexBuilder};
use regorus::{Engine, Value};

use super::printf::sprintf;
use super::value::from_node;

/// Go's standard encoding: padded, whatever its last bits are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Compiled size to which an expression may grow. OPA's engine has no limit; this one only stops abuse.
const REGEX_BYTES: usize = 16 << 20;
/// Compiled expressions that are kept.
const REGEX_CACHE: usize = 512;
/// Numbers that a range may have.
const LONGEST_RANGE: u64 = 1 << 20;

/// Compiled expressions, shared by all rules of a scan.
#[derive(Clone, Default)]
struct Expressions(Arc<RwLock<HashMap<Arc<str>, Regex>>>);

impl Expressions {
    fn get(&self, pattern: &Arc<str>) -> Result<Regex> {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
            return Ok(found.clone());
        }
        let compiled = RegexBuilder::new(pattern).size_limit(REGEX_BYTES).build()?;
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= REGEX_CACHE {
            cache.clear();
        }
        cache.insert(Arc::clone(pattern), compiled.clone());
        Ok(compiled)
    }
}

/// Adds all builtins of ours to an engine.
pub(super) fn install(engine: &mut Engine) -> Result<()> {
    let expressions = Expressions::default();
    add(engine, "kubescape_sprintf", 2, |arguments| {
        let list = arguments
            .get(1)
            .and_then(|list| list.as_array().ok())
            .ok_or_else(|| anyhow!("not a list"))?;
        Ok(Value::from(sprintf(
            string(arguments, 0)?,
            &list.iter().cloned().collect::<Vec<_>>(),
        )))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_match", 2, move |arguments| {
        Ok(Value::from(
            regexes
                .get(string(arguments, 0)?)?
                .is_match(string(arguments, 1)?),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_is_valid", 1, move |arguments| {
        Ok(Value::from(
            string(arguments, 0).is_ok_and(|pattern| regexes.get(pattern).is_ok()),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_split", 2, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        Ok(Value::from(
            regex
                .split(string(arguments, 1)?)
                .map(Value::from)
                .collect::<Vec<_>>(),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_find_n", 3, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        let found = regex.find_iter(string(arguments, 1)?).take(count(arguments, 2)?);
        Ok(Value::from(
            found.map(|found| Value::from(found.as_str())).collect::<Vec<_>>(),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_find_submatch", 3, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        let found = regex
            .captures_iter(string(arguments, 1)?)
            .take(count(arguments, 2)?)
            .map(|groups| {
                Value::from(
                    groups
                        .iter()
                        .map(|group| Value::from(group.map_or("", |group| group.as_str())))
                        .collect::<Vec<_>>(),
                )
            });
        Ok(Value::from(found.collect::<Vec<_>>()))
    })?;
    add(engine, "kubescape_regex_replace", 3, move |arguments| {
        let regex = expressions.get(string(arguments, 1)?)?;
        Ok(Value::from(
            regex
                .replace_all(string(arguments, 0)?, &**string(arguments, 2)?)
                .into_owned(),
        ))
    })?;
    engine.add_extension(
        "kubescape_numbers_range".to_owned(),
        2,
        Box::new(|values| range(&values)),
    )?;
    add(engine, "kubescape_base64_decode", 1, |arguments| {
        Ok(Value::from(
            String::from_utf8_lossy(&base64_decode(string(arguments, 0)?)?).into_owned(),
        ))
    })?;
    add(engine, "kubescape_base64_is_valid", 1, |arguments| {
        Ok(Value::from(
            string(arguments, 0).is_ok_and(|text| base64_decode(text).is_ok()),
        ))
    })?;
    add(engine, "kubescape_yaml_unmarshal", 1, |arguments| {
        let document = load_one(string(arguments, 0)?, Profile::SigsYaml, &Limits::default())?;
        Ok(from_node(&document))
    })?;
    add(engine, "kubescape_yaml_is_valid", 1, |arguments| {
        Ok(Value::from(string(arguments, 0).is_ok_and(|text| {
            load_one(text, Profile::SigsYaml, &Limits::default()).is_ok()
        })))
    })?;
    add(engine, "kubescape_collection", 1, |arguments| {
        match arguments.first() {
            Some(collection @ (Value::Array(_) | Value::Set(_) | Value::Object(_))) => Ok(collection.clone()),
            _ => Err(anyhow!("no collection")),
        }
    })?;
    add(engine, "image.parse_normalized_name", 1, |arguments| {
        Ok(Value::from(crate::image_name::normalize(string(arguments, 0)?)?))
    })
}

fn add(
    engine: &mut Engine,
    name: &str,
    arguments: u8,
    function: impl Fn(&[Value]) -> Result<Value> + Clone + Send + Sync + 'static,
) -> Result<()> {
    // A mistake in the arguments makes the expression undefined, as OPA's builtins do outside strict mode.
    let lenient = move |values: Vec<Value>| Ok(function(&values).unwrap_or(Value::Undefined));
    engine.add_extension(name.to_owned(), arguments, Box::new(lenient))
}

/// The whole numbers from one to another, both included. More than anybody needs is an error, not just undefined: the
/// rule would judge without them.
fn range(arguments: &[Value]) -> Result<Value> {
    let bound = |index: usize| arguments.get(index).and_then(|value| value.as_i64().ok());
    let (Some(first), Some(last)) = (bound(0), bound(1)) else {
        return Ok(Value::Undefined);
    };
    if first.abs_diff(last) >= LONGEST_RANGE {
        return Err(anyhow!(
            "numbers.range({first}, {last}) has more than {LONGEST_RANGE} numbers"
        ));
    }
    Ok(if first <= last {
        (first..=last).map(Value::from).collect::<Vec<_>>().into()
    } else {
        (last..=first).rev().map(Value::from).collect::<Vec<_>>().into()
    })
}

/// Line breaks count for nothing, as in files that tools have wrapped.
fn base64_decode(text: &str) -> Result<Vec<u8>> {
    let unbroken: String = text
        .chars()
        .filter(|character| !matches!(character, '\r' | '\n'))
        .collect();
    Ok(BASE64.decode(unbroken)?)
}

fn string(arguments: &[Value], index: usize) -> Result<&Arc<str>> {
    arguments
        .get(index)
        .ok_or_else(|| anyhow!("argument {index} is missing"))?
        .as_string()
}

/// A limit; negative means all.
fn count(arguments: &[Value], index: usize) -> Result<usize> {
    let number = arguments
        .get(index)
        .ok_or_else(|| anyhow!("argument {index} is missing"))?
        .as_i64()?;
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise and say so")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: &str) {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(false);
        install(&mut engine).unwrap();
        engine
            .add_policy("policy".to_owned(), format!("package p\nx := {expression}\n"))
            .unwrap();
        let value = engine.eval_rule("data.p.x".to_owned()).unwrap();
        assert_eq!(value.to_string(), expected);
    }

    #[test]
    fn base64_is_that_of_go() {
        check(r#"kubescape_base64_decode("aGVsbG8=")"#, r#""hello""#);
        check(r#"kubescape_base64_decode("aGVs\r\nbG8=\n")"#, r#""hello""#);
        check(r#"kubescape_base64_decode("aGVsbG9=")"#, r#""hello""#);
        check(r#"kubescape_base64_decode("aGVsbG8")"#, r#""<undefined>""#);
        check(r#"kubescape_base64_is_valid("aGVs\nbG8=")"#, "true");
        check(r#"kubescape_base64_is_valid("aGVs bG8=")"#, "false");
        check("kubescape_base64_is_valid(1)", "false");
    }

    #[test]
    fn yaml_is_that_of_go() {
        check(
            r#"kubescape_yaml_unmarshal("on: no\nmode: 0600\n---\nsecond: 1\n")"#,
            r#"{"mode":384,"true":false}"#,
        );
        check(
            r#"kubescape_yaml_unmarshal("a: 1\t# tab\r\na: 2\r\n")"#,
            r#"{"a":2}"#,
        );
        check(r#"kubescape_yaml_unmarshal("")"#, "null");
        check(r#"kubescape_yaml_unmarshal("a: [")"#, r#""<undefined>""#);
        check(r#"kubescape_yaml_is_valid("a: [")"#, "false");
        check(r#"kubescape_yaml_is_valid("a: 1")"#, "true");
    }
}
