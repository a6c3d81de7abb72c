//! `replicas`.

use kubescape_yaml::Value;

use crate::accumulate::{Root, State};
use crate::error::{KustomizeError, Result};
use crate::walk::each_field;

pub(super) fn run(root: &Root, state: &mut State) -> Result<()> {
    let specs = state.fields.replicas.clone();
    for replica in &root.config.replicas {
        let mut found = false;
        for object in &mut state.objects.list {
            let named = object.ids().iter().any(|id| id.name == replica.name);
            let gvk = object.gvk();
            if !named || !specs.iter().any(|spec| gvk.fits(spec)) {
                continue;
            }
            found = true;
            for spec in &specs {
                each_field(&mut object.node, &gvk, spec, &Value::Null, &mut |field| {
                    field.value = Value::Int(replica.count);
                    Ok(())
                })
                .map_err(|message| KustomizeError::invalid(&root.file, message))?;
            }
        }
        if !found {
            let kinds: Vec<&str> = specs.iter().map(|spec| spec.kind.as_str()).collect();
            return Err(KustomizeError::invalid(
                &root.file,
                format!(
                    "resource with name {} does not match a config with the following GVK [{}]",
                    replica.name,
                    kinds.join(" ")
                ),
            ));
        }
    }
    Ok(())
}
