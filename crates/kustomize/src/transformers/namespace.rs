//! `namespace`.

use kubescape_yaml::{Node, Value};

use crate::accumulate::{Root, State};
use crate::error::{KustomizeError, Result};
use crate::walk::each_field;

pub(super) fn run(root: &Root, state: &mut State) -> Result<()> {
    let namespace = &root.config.namespace;
    if namespace.is_empty() {
        return Ok(());
    }
    let specs = state.fields.namespace.clone();
    for object in &mut state.objects.list {
        object.remember();
        let gvk = object.gvk();
        if !gvk.is_cluster_scoped() {
            object.set_namespace(namespace);
        }
        if matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
            subjects(&mut object.node, namespace);
        }
        for spec in &specs {
            // The table's namespace of namespaces is their name.
            if spec.path == "metadata/namespace" {
                continue;
            }
            each_field(&mut object.node, &gvk, spec, &Value::Null, &mut |field| {
                field.value = Value::String(namespace.as_str().into());
                Ok(())
            })
            .map_err(|message| KustomizeError::invalid(&root.file, message))?;
        }
    }
    state.objects.check_unique(&root.file, "namespace transformation")
}

/// Subjects named `default` move along.
fn subjects(node: &mut Node, namespace: &str) {
    let subjects = node
        .as_mapping_mut()
        .and_then(|map| map.get_mut("subjects"))
        .map(|subjects| &mut subjects.value);
    let Some(Value::Sequence(subjects)) = subjects else {
        return;
    };
    for subject in subjects {
        if subject.get("name").and_then(Node::as_str) == Some("default")
            && let Some(map) = subject.as_mapping_mut()
        {
            map.insert("namespace", Node::string(namespace));
        }
    }
}
