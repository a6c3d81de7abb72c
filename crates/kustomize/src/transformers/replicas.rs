//! `replicas`.

use std::path::Path;

use kubescape_yaml::Value;

use crate::accumulate::State;
use crate::config::Replica;
use crate::error::{KustomizeError, Result};
use crate::id::Gvk;
use crate::tables::FieldSpec;
use crate::walk::each_field;

/// Sets the replicas of every object of a name that has such a field.
pub(crate) fn run(path: &Path, state: &mut State, replica: &Replica, specs: &[FieldSpec]) -> Result<()> {
    let mut found = false;
    for index in state.objects.named(&replica.name) {
        let changed = state.objects.change(index, |object| {
            let gvk = object.gvk();
            for spec in specs.iter().filter(|spec| gvk.fits(spec)) {
                found = true;
                each_field(&mut object.node, &gvk, spec, &Value::Null, &mut |field| {
                    // A text stays a text.
                    field.value = match field.value {
                        Value::String(_) => Value::String(replica.count.to_string().into()),
                        _ => Value::Int(replica.count),
                    };
                    Ok(())
                })?;
            }
            Ok(())
        });
        changed
            .unwrap_or(Ok(()))
            .map_err(|message: String| KustomizeError::invalid(path, format!("replicas: {message}")))?;
    }
    if found {
        return Ok(());
    }
    let kinds: Vec<String> = specs
        .iter()
        .map(|spec| {
            Gvk {
                group: spec.group.clone(),
                version: spec.version.clone(),
                kind: spec.kind.clone(),
            }
            .to_string()
        })
        .collect();
    Err(KustomizeError::invalid(
        path,
        format!(
            "replicas: resource with name {} does not match a config with the following GVK [{}]",
            replica.name,
            kinds.join(" ")
        ),
    ))
}
