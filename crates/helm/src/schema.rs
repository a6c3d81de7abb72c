//! `values.schema.json`.

use boon::{CompileError, Compiler, Schemas, SchemeUrlLoader};
use kubescape_gotemplate::{Map, Value, json};
use serde_json::Value as Json;

use crate::chart::Chart;
use crate::error::HelmError;

/// What schemas follow that name no draft.
const LATEST: &str = "https://json-schema.org/draft/2020-12/schema";

/// Checks the final values against the schemas of a chart and its sub-charts. Nothing is fetched, no file is opened.
pub(crate) fn check(chart: &Chart, values: &Map) -> Result<(), HelmError> {
    let mut problems = String::new();
    collect(chart, values, &mut problems);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(HelmError::Schema(problems))
    }
}

fn collect(chart: &Chart, values: &Map, problems: &mut String) {
    if let Some(schema) = &chart.schema
        && let Err(lines) = validate(schema.as_bytes(), values)
    {
        problems.push_str(&format!("{}:\n{lines}", chart.metadata.name));
    }
    for subchart in &chart.subcharts {
        if let Some(Value::Map(inner)) = values.get(subchart.metadata.name.as_str()) {
            collect(subchart, &inner, problems);
        }
    }
}

fn validate(schema: &[u8], values: &Map) -> Result<(), String> {
    let line = |message: String| format!("{message}\n");
    let schema: Json = serde_json::from_slice(schema).map_err(|error| line(error.to_string()))?;
    let instance: Json = json::write(&Value::Map(values.clone()), json::Style::Raw)
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))
        .map_err(line)?;
    if is_met(&schema, &instance).unwrap_or_default() {
        return Ok(());
    }
    let place = "file:///values.schema.json";
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    // By default it opens the files that a schema refers to, wherever they are.
    compiler.use_loader(Box::new(SchemeUrlLoader::new()));
    compiler
        .add_resource(place, schema)
        .map_err(|error| line(error.to_string()))?;
    let index = compiler
        .compile(place, &mut schemas)
        .map_err(|error| line(refused(&error)))?;
    schemas.validate(&instance, index).map_err(|error| {
        let mut lines = String::new();
        leaves(&error, &mut lines);
        lines
    })
}

/// Whether a schema is one by the definition of its draft and the values meet it; nothing where that takes a closer look.
///
/// The validator compiles the definitions of all drafts before it checks a schema, which costs more than all else. What
/// it takes for a schema of the standard itself it does not check, so that this can be done for one draft.
fn is_met(schema: &Json, instance: &Json) -> Option<bool> {
    let place = "https://json-schema.org/chart/values.schema.json";
    let definition = match schema.get("$schema") {
        None => LATEST,
        Some(name) => match name.as_str()?.trim_end_matches('#') {
            "http://json-schema.org/schema" | "https://json-schema.org/schema" => LATEST,
            "http://json-schema.org/draft-07/schema" => "http://json-schema.org/draft-07/schema",
            _ => return None,
        },
    };
    if !stands_alone(schema, 0) {
        return None;
    }
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.enable_format_assertions();
    let index = compiler.compile(definition, &mut schemas).ok()?;
    schemas.validate(schema, index).ok()?;
    let mut compiler = Compiler::new();
    compiler.use_loader(Box::new(SchemeUrlLoader::new()));
    compiler.add_resource(place, schema.clone()).ok()?;
    let index = compiler.compile(place, &mut schemas).ok()?;
    Some(schemas.validate(instance, index).is_ok())
}

/// Whether no part of a schema has another draft or a name of its own.
fn stands_alone(part: &Json, depth: usize) -> bool {
    match part {
        Json::Object(fields) => fields.iter().all(|(name, value)| {
            let is_own = matches!(name.as_str(), "$id" | "id") || (name == "$schema" && depth > 0);
            !(is_own && value.is_string()) && stands_alone(value, depth + 1)
        }),
        Json::Array(items) => items.iter().all(|item| stands_alone(item, depth + 1)),
        _ => true,
    }
}

fn refused(error: &CompileError) -> String {
    match error {
        CompileError::LoadUrlError { url, .. } | CompileError::UnsupportedUrlScheme { url } => {
            format!("{url} is not read: a schema can refer to its own definitions only")
        }
        other => format!("{other:#}"),
    }
}

/// The innermost reasons, one a line.
fn leaves(error: &boon::ValidationError<'_, '_>, lines: &mut String) {
    if error.causes.is_empty() {
        lines.push_str(&format!("- at '{}': {}\n", error.instance_location, error.kind));
    }
    for cause in &error.causes {
        leaves(cause, lines);
    }
}
