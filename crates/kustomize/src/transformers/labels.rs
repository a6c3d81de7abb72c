//! `labels` and `commonLabels`.

use kubescape_yaml::{Mapping, Node, Value};

use crate::accumulate::{Root, State};
use crate::config::Texts;
use crate::error::{KustomizeError, Result};
use crate::tables::FieldSpec;
use crate::walk::each_field;

pub(super) fn run(root: &Root, state: &mut State) -> Result<()> {
    for entry in &root.config.labels {
        let mut specs = entry.fields.clone();
        specs.extend(state.fields.labels.clone());
        if entry.include_selectors {
            specs.extend(state.fields.common_labels.clone());
        } else {
            if entry.include_templates {
                specs.extend(state.fields.template_labels.clone());
            }
            specs.push(FieldSpec {
                path: "metadata/labels".to_owned(),
                create: true,
                ..FieldSpec::default()
            });
        }
        set_texts(root, state, &entry.pairs, &specs)?;
    }
    let specs = state.fields.common_labels.clone();
    set_texts(root, state, &root.config.common_labels, &specs)
}

/// Sets keys in every map that the specs lead to.
pub(super) fn set_texts(root: &Root, state: &mut State, texts: &Texts, specs: &[FieldSpec]) -> Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    let empty = Value::Mapping(Mapping::new());
    for object in &mut state.objects.list {
        let gvk = object.gvk();
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
                for (key, value) in texts {
                    map.insert(key.as_str(), Node::string(value.as_str()));
                }
                Ok(())
            })
            .map_err(|message| KustomizeError::invalid(&root.file, format!("{}: {message}", gvk.kind)))?;
        }
    }
    Ok(())
}
