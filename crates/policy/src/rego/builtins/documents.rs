//! Reading and writing documents: YAML as Kubernetes reads it, JSON as Go writes it, base64 as Go reads it.

use anyhow::Result;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use kubescape_yaml::{Limits, Node, Profile, load_json, load_one, to_yaml};
use regorus::{Engine, Value};

use super::super::value::from_node;
use super::{add, argument, string};

/// Go's standard encoding: padded, whatever its last bits are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "kubescape_yaml_unmarshal", 1, |arguments| {
        Ok(from_node(&yaml(string(arguments, 0)?)?))
    })?;
    add(engine, "kubescape_yaml_is_valid", 1, |arguments| {
        Ok(Value::from(
            string(arguments, 0).is_ok_and(|text| yaml(text).is_ok()),
        ))
    })?;
    add(engine, "kubescape_yaml_marshal", 1, |arguments| {
        let json = serde_json::to_string(argument(arguments, 0)?)?;
        Ok(Value::from(to_yaml(&load_json(&json, &Limits::default())?)))
    })?;
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
    add(engine, "kubescape_json_marshal", 1, |arguments| {
        Ok(Value::from(escaped(&serde_json::to_string(argument(
            arguments, 0,
        )?)?)))
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

/// The first document of a text.
fn yaml(text: &str) -> Result<Node> {
    Ok(load_one(text, Profile::SigsYaml, &Limits::default())?)
}

/// Outside of strings JSON has none of these characters, so that all of them can be escaped.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
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
