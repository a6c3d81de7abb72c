//! Schemas that say no more than which types values have.
//!
//! Most charts have such a schema, of up to some thousand lines. The validator compiles it and the definitions of all
//! drafts first, which takes longer than to render the chart.

use serde_json::{Map, Value as Json};

/// Drafts in which what is read here means the same; schemas that name none follow the latest.
const DRAFTS: [&str; 5] = [
    "http://json-schema.org/schema",
    "https://json-schema.org/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
];

/// Keywords that ask for more, in any draft; besides them all that begin with `$`.
const MORE: [&str; 44] = [
    "additionalItems",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "else",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "readOnly",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "disallow",
    "divisibleBy",
    "extends",
];

/// Whether values meet a schema; nothing for a schema that asks for more than types, or that may be none.
pub(super) fn is_met(schema: &Json, values: &Json) -> Option<bool> {
    if let Some(draft) = schema.get("$schema") {
        let draft = draft.as_str()?.trim_end_matches('#');
        DRAFTS.contains(&draft).then_some(())?;
    }
    check(schema, Some(values), true)
}

/// Parts of a schema without a value are read all the same: whether the schema is one does not depend on values.
fn check(schema: &Json, value: Option<&Json>, is_root: bool) -> Option<bool> {
    let keywords = schema.as_object()?;
    let mut is_met = true;
    for (keyword, content) in keywords {
        is_met &= match keyword.as_str() {
            "type" => has_type(content, value)?,
            "enum" => is_among(content, value)?,
            "required" => has_all(content, value)?,
            "minimum" => is_within(content, value, i64::ge)?,
            "maximum" => is_within(content, value, i64::le)?,
            "items" => items(content, value)?,
            "properties" => properties(content.as_object()?, value)?,
            "additionalProperties" => content.as_bool()? || has_no_other(keywords, value)?,
            "title" | "description" => content.is_string().then_some(true)?,
            "default" => true,
            "$schema" if is_root => true,
            other if other.starts_with('$') || MORE.contains(&other) => return None,
            // What has no meaning is left to the forms of those who wrote it.
            _ => true,
        };
    }
    Some(is_met)
}

fn has_type(types: &Json, value: Option<&Json>) -> Option<bool> {
    let one = std::slice::from_ref(types);
    let types = types.as_array().map_or(one, Vec::as_slice);
    let mut is_any = false;
    for (index, name) in types.iter().enumerate() {
        if types.iter().take(index).any(|earlier| earlier == name) {
            return None;
        }
        let name = name.as_str()?;
        let is_one = |value: &Json| match (name, value) {
            ("null", Json::Null)
            | ("boolean", Json::Bool(_))
            | ("string", Json::String(_))
            | ("array", Json::Array(_))
            | ("object", Json::Object(_))
            | ("number", Json::Number(_)) => true,
            ("integer", Json::Number(number)) => {
                !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            _ => false,
        };
        let is_known = matches!(
            name,
            "null" | "boolean" | "string" | "array" | "object" | "number" | "integer"
        );
        is_known.then_some(())?;
        is_any |= value.is_none_or(is_one);
    }
    // No type at all is no schema.
    (!types.is_empty()).then_some(is_any)
}

/// Numbers are left to the validator: `1` and `1.0` are one.
fn is_among(choices: &Json, value: Option<&Json>) -> Option<bool> {
    let choices = choices.as_array().filter(|choices| !choices.is_empty())?;
    let is_word = |choice: &Json| matches!(choice, Json::String(_) | Json::Bool(_) | Json::Null);
    let is_twice = |index: usize, choice: &Json| choices.iter().take(index).any(|earlier| earlier == choice);
    let mut each = choices.iter().enumerate();
    if !each.all(|(index, choice)| is_word(choice) && !is_twice(index, choice)) {
        return None;
    }
    Some(value.is_none_or(|value| choices.contains(value)))
}

fn has_all(names: &Json, value: Option<&Json>) -> Option<bool> {
    let names: Vec<&str> = names
        .as_array()?
        .iter()
        .map(Json::as_str)
        .collect::<Option<_>>()?;
    let mut each = names.iter().enumerate();
    if each.any(|(index, name)| names.iter().take(index).any(|earlier| earlier == name)) {
        return None;
    }
    let fields = value.and_then(Json::as_object);
    Some(fields.is_none_or(|fields| names.iter().all(|name| fields.contains_key(*name))))
}

/// Whether a number is on the right side of a bound; what is no number has none.
fn is_within(bound: &Json, value: Option<&Json>, is_right: fn(&i64, &i64) -> bool) -> Option<bool> {
    let bound = bound.as_i64()?;
    match value {
        Some(Json::Number(number)) => Some(is_right(&number.as_i64()?, &bound)),
        _ => Some(true),
    }
}

fn items(schema: &Json, value: Option<&Json>) -> Option<bool> {
    let mut is_met = check(schema, None, false)?;
    for item in value.and_then(Json::as_array).into_iter().flatten() {
        is_met &= check(schema, Some(item), false)?;
    }
    Some(is_met)
}

fn properties(schemas: &Map<String, Json>, value: Option<&Json>) -> Option<bool> {
    let mut is_met = true;
    for (name, schema) in schemas {
        is_met &= check(schema, value.and_then(|value| value.get(name)), false)?;
    }
    Some(is_met)
}

/// Whether the value has the properties alone that the schema names.
fn has_no_other(keywords: &Map<String, Json>, value: Option<&Json>) -> Option<bool> {
    let known = match keywords.get("properties") {
        Some(known) => Some(known.as_object()?),
        None => None,
    };
    let fields = value.and_then(Json::as_object);
    let is_known = |name: &String| known.is_some_and(|known| known.contains_key(name));
    Some(fields.is_none_or(|fields| fields.keys().all(is_known)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What this says is what the validator says, for each of the values; `is_plain`: whether it says anything.
    #[track_caller]
    fn check(schema: Json, is_plain: bool) {
        let values = [
            json!({}),
            json!({"a": null}),
            json!({"a": true, "b": []}),
            json!({"a": 1}),
            json!({"a": 1.0, "b": "x"}),
            json!({"a": 1.5}),
            json!({"a": -7, "b": 8}),
            json!({"a": "x"}),
            json!({"a": "y", "b": {}}),
            json!({"a": []}),
            json!({"a": [1, "x", {"c": 1}]}),
            json!({"a": ["x", "y"], "b": ["x", 1]}),
            json!({"a": {"c": 1}}),
            json!({"a": {"c": "x", "d": 2}}),
            json!([{"a": 1}]),
            json!("a"),
        ];
        for value in &values {
            let found = is_met(&schema, value);
            assert_eq!(found.is_some(), is_plain, "{schema} {value}");
            let expected = super::super::validate(schema.clone(), value).is_ok();
            assert!(
                found.is_none_or(|found| found == expected),
                "{schema} {value}: {found:?}"
            );
        }
    }

    #[test]
    fn plain_schemas() {
        for kind in [
            "null", "boolean", "string", "array", "object", "number", "integer",
        ] {
            check(
                json!({"properties": {"a": {"type": kind}, "b": {"type": ["string", kind]}}}),
                kind != "string",
            );
        }
        for draft in DRAFTS {
            check(
                json!({"$schema": format!("{draft}#"), "type": "object", "form": 3, "default": []}),
                true,
            );
        }
        check(json!({"title": "t", "description": "d", "properties": {}}), true);
        check(json!({"required": ["a", "b"]}), true);
        check(
            json!({"properties": {"a": {"required": ["c"], "properties": {"c": {"type": "number"}}}}}),
            true,
        );
        check(json!({"properties": {"a": {"enum": ["x", true, null]}}}), true);
        check(json!({"properties": {"a": {"items": {"type": "string"}}}}), true);
        check(
            json!({"properties": {"a": {"items": {"type": "object", "required": ["c"]}}}}),
            true,
        );
        check(
            json!({"properties": {"a": {"type": "object"}}, "additionalProperties": false}),
            true,
        );
        check(json!({"additionalProperties": false}), true);
        check(json!({"additionalProperties": true}), true);
    }

    #[test]
    fn other_schemas() {
        for part in [
            json!({"type": "text"}),
            json!({"type": []}),
            json!({"type": ["string", "string"]}),
            json!({"type": 1}),
            json!({"title": 1}),
            json!({"required": "a"}),
            json!({"required": ["a", "a"]}),
            json!({"enum": []}),
            json!({"enum": [1, "x"]}),
            json!({"items": [{"type": "string"}]}),
            json!({"properties": []}),
            json!({"additionalProperties": {"type": "string"}}),
            json!({"pattern": "x"}),
            json!({"$ref": "#/properties/b"}),
            json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
            json!(true),
        ] {
            check(json!({"properties": {"a": part, "b": {}}}), false);
        }
        check(
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}),
            false,
        );
        check(json!({"$schema": 1}), false);
        check(json!([]), false);
    }

    #[test]
    fn bounds() {
        for (value, expected) in [
            (json!(-1), Some(false)),
            (json!(2), Some(true)),
            (json!(4), Some(false)),
            (json!("x"), Some(true)),
            (json!(2.5), None),
        ] {
            let schema = json!({"minimum": 0, "maximum": 3});
            assert_eq!(is_met(&schema, &value), expected, "{value}");
            let is_valid = super::super::validate(schema.clone(), &value).is_ok();
            assert!(expected.is_none_or(|expected| expected == is_valid), "{value}");
        }
    }
}
