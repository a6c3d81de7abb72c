//! `values.schema.json`.

mod plain;

use boon::{CompileError, Compiler, Schemas, SchemeUrlLoader};
use kubescape_gotemplate::{Map, Value, json};
use serde_json::Value as Json;

use crate::chart::Chart;
use crate::error::HelmError;

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
        && let Err(lines) = check_one(schema.as_bytes(), values)
    {
        problems.push_str(&format!("{}:\n{lines}", chart.metadata.name));
    }
    for subchart in &chart.subcharts {
        if let Some(Value::Map(inner)) = values.get(subchart.metadata.name.as_str()) {
            collect(subchart, &inner, problems);
        }
    }
}

fn check_one(schema: &[u8], values: &Map) -> Result<(), String> {
    let values: Json = json::write(&Value::Map(values.clone()), json::Style::Raw)
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))
        .map_err(line)?;
    let schema: Json = serde_json::from_slice(schema).map_err(|error| line(error.to_string()))?;
    if plain::is_met(&schema, &values) == Some(true) {
        return Ok(());
    }
    validate(schema, &values)
}

fn validate(schema: Json, values: &Json) -> Result<(), String> {
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
    schemas.validate(values, index).map_err(|error| {
        let mut lines = String::new();
        leaves(&error, &mut lines);
        lines
    })
}

fn refused(error: &CompileError) -> String {
    match error {
        CompileError::LoadUrlError { url, .. } | CompileError::UnsupportedUrlScheme { url } => {
            format!("{url} is not read: a schema can refer to its own definitions only")
        }
        other => format!("{other:#}"),
    }
}

fn line(message: String) -> String {
    format!("{message}\n")
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
