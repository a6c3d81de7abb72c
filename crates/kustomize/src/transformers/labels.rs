//! `labels`, `commonLabels` and `commonAnnotations`.

use std::path::Path;

use kubescape_yaml::{Mapping, Node, Value};

use crate::accumulate::State;
use crate::config::{Labels, Texts};
use crate::error::{KustomizeError, Result};
use crate::object::{Object, insert_plain};
use crate::shared;
use crate::tables::{FieldSpec, Fields, add};
use crate::walk::each_field;

/// Where an entry of `labels` puts its labels.
pub(super) fn specs(entry: &Labels, fields: &Fields) -> std::result::Result<Vec<FieldSpec>, String> {
    let mut specs = entry.fields.clone();
    add(&mut specs, &fields.labels)?;
    if entry.include_selectors {
        add(&mut specs, &fields.common_labels)?;
        return Ok(specs);
    }
    if entry.include_templates {
        add(&mut specs, &fields.template_labels)?;
    }
    let own = FieldSpec {
        path: "metadata/labels".to_owned(),
        create: true,
        ..FieldSpec::default()
    };
    add(&mut specs, &[own])?;
    Ok(specs)
}

/// Sets keys in every map that the specs lead to.
pub(crate) fn set_texts(path: &Path, state: &mut State, texts: &Texts, specs: &[FieldSpec]) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    for object in state.objects.all_mut() {
        shared::through(object, |object| set(object, texts, specs))
            .map_err(|message| KustomizeError::invalid(path, format!("{}: {message}", object.id())))?;
    }
    Ok(())
}

fn set(object: &mut Object, texts: &Texts, specs: &[FieldSpec]) -> std::result::Result<(), String> {
    let empty = Value::Mapping(Mapping::new());
    let gvk = object.gvk();
    let values: Vec<(&String, Node)> = texts
        .iter()
        .map(|(key, text)| (key, shared::new(object, text)))
        .collect();
    for spec in specs {
        each_field(&mut object.node, &gvk, spec, &empty, &mut |field| {
            if field.is_null() {
                field.value = Value::Mapping(Mapping::new());
            }
            let Some(map) = field.as_mapping_mut() else {
                return Err(format!(
                    "considering field '{}': expected mapping node",
                    spec.path
                ));
            };
            for (key, value) in &values {
                // A value that is there is changed, not replaced.
                match map.get_mut(key) {
                    Some(old) => old.value = value.value.clone(),
                    None => insert_plain(map, key, value.clone()),
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}
