//! Builtins of ours: replacements of the engine's ([`super::source::REPLACED`]), those of OPA that it lacks, and the
//! product's own. A file for each family.

mod bounds;
mod certificates;
mod cidr;
mod crypto;
mod documents;
mod globs;
mod http;
mod images;
mod keys;
mod operators;
mod regexes;
mod schemas;
mod templates;
mod times;
mod tokens;
mod types;

use std::sync::Arc;

use anyhow::{Result, anyhow};
use regorus::{Engine, Value};

use super::printf::sprintf;
use crate::Network;

pub(super) use images::SIGNATURES;

/// Adds all builtins of ours to an engine; those that ask for signatures only when somebody answers.
pub(super) fn install(engine: &mut Engine, network: &Network) -> Result<()> {
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
    bounds::install(engine)?;
    certificates::install(engine)?;
    cidr::install(engine)?;
    crypto::install(engine)?;
    documents::install(engine)?;
    globs::install(engine)?;
    http::install(engine, network.requests.as_ref())?;
    operators::install(engine)?;
    regexes::install(engine)?;
    schemas::install(engine)?;
    templates::install(engine)?;
    tokens::install(engine)?;
    times::install(engine)?;
    types::install(engine)?;
    images::install(engine, network.signatures.as_ref())
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

fn argument(arguments: &[Value], index: usize) -> Result<&Value> {
    arguments
        .get(index)
        .ok_or_else(|| anyhow!("argument {index} is missing"))
}

fn string(arguments: &[Value], index: usize) -> Result<&Arc<str>> {
    argument(arguments, index)?.as_string()
}

/// A limit; negative means all.
fn count(arguments: &[Value], index: usize) -> Result<usize> {
    let number = argument(arguments, index)?.as_i64()?;
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}
