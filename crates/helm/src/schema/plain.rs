//! Schemas that say no more than which types values have.
//!
//! Most charts have such a schema, of up to some thousand lines. The validator compiles it and the definitions of all
//! drafts first, which takes longer than to render the chart.

use serde_json::Value as Json;

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

/// Types that values may have.
const TYPES: [&str; 7] = [
    "null", "boolean", "string", "array", "object", "number", "integer",
];

/// Whether values meet a schema; nothing for a schema that asks for more than types, or that may be none.
pub(super) fn is_met(schema: &Json, values: &Json) -> Option<bool> {
    if let Some(draft) = schema.get("$schema") {
        let draft = draft.as_str()?.trim_end_matches('#');
        DRAFTS.contains(&draft).then_some(())?;
    }
    is_plain(schema, true).then(|| meets(schema, values))?
}

/// Whether a schema is one, and asks for no more than what [`meets`] knows.
fn is_plain(schema: &Json, is_root: bool) -> bool {
    let Some(keywords) = schema.as_object() else {
        return false;
    };
    keywords
        .iter()
        .all(|(keyword, content)| match (keyword.as_str(), content) {
            ("type", Json::String(name)) => TYPES.contains(&name.as_str()),
            ("type", Json::Array(names)) => {
                let mut each = names.iter();
                let are_types = each.all(|name| name.as_str().is_some_and(|name| TYPES.contains(&name)));
                are_types && !names.is_empty() && are_different(names)
            }
            ("enum", Json::Array(choices)) => {
                // `1` and `1.0` are one: numbers are left to the validator.
                let mut each = choices.iter();
                let are_words =
                    each.all(|choice| matches!(choice, Json::String(_) | Json::Bool(_) | Json::Null));
                are_words && !choices.is_empty() && are_different(choices)
            }
            ("required", Json::Array(names)) => names.iter().all(Json::is_string) && are_different(names),
            ("minimum" | "maximum", Json::Number(bound)) => bound.is_i64(),
            ("items", items) => is_plain(items, false),
            ("properties", Json::Object(schemas)) => schemas.values().all(|schema| is_plain(schema, false)),
            ("additionalProperties", Json::Bool(_)) | ("title" | "description", Json::String(_)) => true,
            (
                "type"
                | "enum"
                | "required"
                | "minimum"
                | "maximum"
                | "properties"
                | "additionalProperties"
                | "title"
                | "description",
                _,
            ) => false,
            ("$schema", _) => is_root,
            (other, _) => !other.starts_with('$') && !MORE.contains(&other),
        })
}

/// Whether no two of a few are equal; the validator has better means for many.
fn are_different(items: &[Json]) -> bool {
    const MANY: usize = 100;
    let mut each = items.iter().enumerate();
    items.len() <= MANY && each.all(|(index, item)| !items.iter().take(index).any(|earlier| earlier == item))
}

/// Whether a value meets a plain schema; nothing where that takes comparing fractions.
fn meets(schema: &Json, value: &Json) -> Option<bool> {
    let keywords = schema.as_object()?;
    for (keyword, content) in keywords {
        let is_met = match (keyword.as_str(), content, value) {
            ("type", Json::String(name), _) => is_of(name, value),
            ("type", Json::Array(names), _) => names
                .iter()
                .filter_map(Json::as_str)
                .any(|name| is_of(name, value)),
            ("enum", Json::Array(choices), _) => choices.contains(value),
            ("required", Json::Array(names), Json::Object(fields)) => {
                let mut names = names.iter().filter_map(Json::as_str);
                names.all(|name| fields.contains_key(name))
            }
            ("minimum", bound, Json::Number(number)) => number.as_i64()? >= bound.as_i64()?,
            ("maximum", bound, Json::Number(number)) => number.as_i64()? <= bound.as_i64()?,
            ("items", schema, Json::Array(items)) => all(items.iter().map(|item| meets(schema, item)))?,
            ("properties", Json::Object(schemas), Json::Object(fields)) => {
                let both = fields
                    .iter()
                    .filter_map(|(name, value)| Some((schemas.get(name)?, value)));
                all(both.map(|(schema, value)| meets(schema, value)))?
            }
            ("additionalProperties", Json::Bool(false), Json::Object(fields)) => {
                let schemas = keywords.get("properties").and_then(Json::as_object);
                fields
                    .keys()
                    .all(|name| schemas.is_some_and(|schemas| schemas.contains_key(name)))
            }
            _ => true,
        };
        if !is_met {
            return Some(false);
        }
    }
    Some(true)
}

/// Whether all is true; nothing when that is not known of one.
fn all(mut each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    each.try_fold(true, |all, one| Some(all && one?))
}

fn is_of(name: &str, value: &Json) -> bool {
    match (name, value) {
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
    }
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
