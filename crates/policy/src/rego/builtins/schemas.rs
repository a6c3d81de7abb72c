//! `json.match_schema` and `json.verify_schema`. Nothing that a schema refers to is fetched or opened.

use anyhow::{Result, anyhow, bail};
use boon::{Compiler, Draft, ErrorKind, SchemeUrlLoader, ValidationError};
use regorus::{Engine, Value};
use serde_json::{Value as Json, json};

use super::{add, argument};

const PLACE: &str = "memory:///schema.json";

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "json.verify_schema", 1, |arguments| {
        let problem = document(argument(arguments, 0)?)
            .and_then(|schema| compiled(schema).map(|_| ()))
            .err();
        let message = problem
            .as_ref()
            .map_or(Json::Null, |problem| json!(format!("jsonschema: {problem:#}")));
        Ok(Value::from(json!([problem.is_none(), message])))
    })?;
    add(engine, "json.match_schema", 2, |arguments| {
        let instance = document(argument(arguments, 0)?)?;
        let (schemas, index) = compiled(document(argument(arguments, 1)?)?)?;
        let mut complaints = Vec::new();
        if let Err(error) = schemas.validate(&instance, index) {
            explain(&error, &mut complaints);
        }
        // Faults of what holds others come before faults of what it holds.
        complaints.sort_by_key(|complaint| complaint.depth);
        let valid = complaints.is_empty();
        let complaints: Vec<Json> = complaints.into_iter().map(Complaint::json).collect();
        Ok(Value::from(json!([valid, complaints])))
    })
}

/// An object, or the document in a text.
fn document(value: &Value) -> Result<Json> {
    match value {
        Value::String(text) => serde_json::from_str(text).map_err(|_| anyhow!("invalid JSON string")),
        Value::Object(_) => Ok(serde_json::to_value(value)?),
        _ => bail!("neither a text nor an object"),
    }
}

fn compiled(schema: Json) -> Result<(boon::Schemas, boon::SchemaIndex)> {
    let mut schemas = boon::Schemas::new();
    let mut compiler = Compiler::new();
    compiler.use_loader(Box::new(SchemeUrlLoader::new()));
    compiler.set_default_draft(Draft::V7);
    let failed = |error: boon::CompileError| anyhow!("{error:#}");
    compiler.add_resource(PLACE, schema).map_err(failed)?;
    let index = compiler.compile(PLACE, &mut schemas).map_err(failed)?;
    Ok((schemas, index))
}

/// What is wrong with a place in a document.
struct Complaint {
    depth: usize,
    field: String,
    kind: &'static str,
    description: String,
}

impl Complaint {
    fn json(self) -> Json {
        json!({
            "error": format!("{}: {}", self.field, self.description),
            "type": self.kind,
            "field": self.field,
            "desc": self.description,
        })
    }
}

/// The reasons of an error, in the words of the policies' own tests.
fn explain(error: &ValidationError<'_, '_>, complaints: &mut Vec<Complaint>) {
    let pointer = error.instance_location.to_string();
    let parts: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let field = match parts.is_empty() {
        true => "(Root)".to_owned(),
        false => parts.join("."),
    };
    for (kind, description) in words(&error.kind, parts.last().map_or("(Root)", String::as_str)) {
        complaints.push(Complaint {
            depth: parts.len(),
            field: field.clone(),
            kind,
            description,
        });
    }
    // Of alternatives one is enough to explain what would have been right.
    let shown = match error.kind {
        ErrorKind::AnyOf | ErrorKind::OneOf(_) => 1,
        _ => error.causes.len(),
    };
    for cause in error.causes.iter().take(shown) {
        explain(cause, complaints);
    }
}

fn words(kind: &ErrorKind<'_, '_>, name: &str) -> Vec<(&'static str, String)> {
    let one = |kind: &'static str, text: String| vec![(kind, text)];
    match kind {
        ErrorKind::Group
        | ErrorKind::Schema { .. }
        | ErrorKind::Reference { .. }
        | ErrorKind::ContentSchema
        | ErrorKind::AllOf => Vec::new(),
        ErrorKind::FalseSchema => one("false", "False always fails validation".to_owned()),
        ErrorKind::Type { got, want } => {
            let want: Vec<String> = want.iter().map(|want| want.to_string()).collect();
            let text = format!("Invalid type. Expected: {}, given: {got}", want.join("/"));
            one("invalid_type", text)
        }
        ErrorKind::Enum { want } => {
            let want: Vec<String> = want.iter().map(Json::to_string).collect();
            let text = format!("{name} must be one of the following: {}", want.join(", "));
            one("enum", text)
        }
        ErrorKind::Const { want } => one("const", format!("{name} does not match: {want}")),
        ErrorKind::Format { want, .. } => one("format", format!("Does not match format '{want}'")),
        ErrorKind::Required { want } => want
            .iter()
            .map(|name| ("required", format!("{name} is required")))
            .collect(),
        ErrorKind::AdditionalProperties { got } => {
            let text = |name| format!("Additional property {name} is not allowed");
            let names = got.iter();
            names
                .map(|name| ("additional_property_not_allowed", text(name)))
                .collect()
        }
        ErrorKind::Dependency { missing, .. } | ErrorKind::DependentRequired { missing, .. } => missing
            .iter()
            .map(|name| ("missing_dependency", format!("Has a dependency on {name}")))
            .collect(),
        ErrorKind::MinProperties { want, .. } => one(
            "array_min_properties",
            format!("Must have at least {want} properties"),
        ),
        ErrorKind::MaxProperties { want, .. } => one(
            "array_max_properties",
            format!("Must have at most {want} properties"),
        ),
        ErrorKind::MinItems { want, .. } => one(
            "array_min_items",
            format!("Array must have at least {want} items"),
        ),
        ErrorKind::MaxItems { want, .. } => {
            one("array_max_items", format!("Array must have at most {want} items"))
        }
        ErrorKind::UniqueItems { got: [a, b] } => {
            one("unique", format!("array items[{a},{b}] must be unique"))
        }
        ErrorKind::AdditionalItems { .. } => one(
            "array_no_additional_items",
            "No additional items allowed on array".to_owned(),
        ),
        ErrorKind::Contains => one("contains", "At least one of the items must match".to_owned()),
        ErrorKind::MinLength { want, .. } => one(
            "string_gte",
            format!("String length must be greater than or equal to {want}"),
        ),
        ErrorKind::MaxLength { want, .. } => one(
            "string_lte",
            format!("String length must be less than or equal to {want}"),
        ),
        ErrorKind::Minimum { want, .. } => {
            one("number_gte", format!("Must be greater than or equal to {want}"))
        }
        ErrorKind::Maximum { want, .. } => one("number_lte", format!("Must be less than or equal to {want}")),
        ErrorKind::ExclusiveMinimum { want, .. } => one("number_gt", format!("Must be greater than {want}")),
        ErrorKind::ExclusiveMaximum { want, .. } => one("number_lt", format!("Must be less than {want}")),
        ErrorKind::MultipleOf { want, .. } => one("multiple_of", format!("Must be a multiple of {want}")),
        ErrorKind::Not => one("number_not", "Must not validate the schema (not)".to_owned()),
        ErrorKind::AnyOf => one(
            "number_any_of",
            "Must validate at least one schema (anyOf)".to_owned(),
        ),
        ErrorKind::OneOf(_) => one(
            "number_one_of",
            "Must validate one and only one schema (oneOf)".to_owned(),
        ),
        other => one("other", other.to_string()),
    }
}
