//! `namePrefix` and `nameSuffix`.

use std::path::Path;

use kubescape_yaml::{Node, Value};

use crate::accumulate::State;
use crate::error::{KustomizeError, Result};
use crate::object::{Object, plain, scalar_text};
use crate::tables::{FieldSpec, TABLES};
use crate::walk::each_field;

pub(crate) fn prefix(path: &Path, state: &mut State, prefix: &str, specs: &[FieldSpec]) -> Result<()> {
    change(
        path,
        state,
        prefix,
        specs,
        |object| &mut object.prefixes,
        |name| format!("{prefix}{name}"),
    )
}

pub(crate) fn suffix(path: &Path, state: &mut State, suffix: &str, specs: &[FieldSpec]) -> Result<()> {
    change(
        path,
        state,
        suffix,
        specs,
        |object| &mut object.suffixes,
        |name| format!("{name}{suffix}"),
    )
}

fn change(
    path: &Path,
    state: &mut State,
    affix: &str,
    specs: &[FieldSpec],
    affixes: impl Fn(&mut Object) -> &mut Vec<String>,
    rename: impl Fn(&str) -> String,
) -> Result<()> {
    if affix.is_empty() {
        return Ok(());
    }
    for object in state.objects.all_mut() {
        let gvk = object.original_id().gvk;
        let is_skipped = TABLES.skip.name_prefix_suffix.iter().any(|spec| gvk.fits(spec));
        let mut is_remembered = false;
        for spec in specs.iter().filter(|spec| gvk.fits(spec)) {
            let is_name = spec.path == "metadata/name";
            if is_name && is_skipped {
                continue;
            }
            if is_name {
                affixes(object).push(affix.to_owned());
                object.remember();
                is_remembered = true;
            }
            each_field(
                &mut object.node,
                &gvk,
                spec,
                &Value::String("".into()),
                &mut |field| {
                    set_text(field, &rename(&scalar_text(field)));
                    Ok(())
                },
            )
            .map_err(|message| KustomizeError::invalid(path, format!("{}: {message}", object.id())))?;
        }
        if !is_remembered {
            object.remember();
        }
    }
    Ok(())
}

/// Gives a scalar another text; what was a number may stay one.
fn set_text(field: &mut Node, text: &str) {
    field.value = match field.value {
        Value::Int(_) | Value::UInt(_) | Value::Float(_) | Value::Bool(_) => plain(text),
        _ => Value::String(text.into()),
    };
}
