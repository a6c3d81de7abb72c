//! `namespace`.

use std::path::Path;

use kubescape_yaml::{Mapping, Node, Value};

use crate::accumulate::State;
use crate::error::{KustomizeError, Result};
use crate::tables::FieldSpec;
use crate::walk::each_field;

/// Which subjects of role bindings move along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subjects {
    /// Those named `default`.
    #[default]
    DefaultOnly,
    /// All service accounts.
    AllServiceAccounts,
    None,
}

/// Moves objects into a namespace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move<'a> {
    pub namespace: &'a str,
    pub specs: &'a [FieldSpec],
    /// What has a namespace keeps it.
    pub unset_only: bool,
    pub subjects: Subjects,
}

pub(crate) fn run(path: &Path, state: &mut State, wanted: Move<'_>) -> Result<()> {
    if wanted.namespace.is_empty() {
        return Ok(());
    }
    // Lists are met as a whole, not item by item.
    let made = Value::Mapping(Mapping::new());
    for object in state.objects.all_mut() {
        object.remember();
        let gvk = object.gvk();
        let keeps = wanted.unset_only && !object.namespace().is_empty();
        if !gvk.is_cluster_scoped() && !keeps {
            object.set_namespace(wanted.namespace);
        }
        if matches!(gvk.kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
            subjects(&mut object.node, wanted);
        }
        for spec in wanted.specs {
            // The namespace of the object itself is dealt with.
            if spec.path == "metadata/namespace" {
                continue;
            }
            each_field(&mut object.node, &gvk, spec, &made, &mut |field| {
                if field.as_mapping().is_some_and(|map| !map.is_empty()) || field.as_sequence().is_some() {
                    return Err(format!(
                        "namespace field specs must target scalar nodes: {}",
                        spec.path
                    ));
                }
                let is_set = field.as_str().is_some_and(|text| !text.is_empty());
                if !(wanted.unset_only && is_set) {
                    field.value = Value::String(wanted.namespace.into());
                }
                Ok(())
            })
            .map_err(|message| KustomizeError::invalid(path, format!("{}: {message}", object.id())))?;
        }
    }
    state
        .objects
        .check_unique(path, "namespace transformation produces ID conflict")
}

fn subjects(node: &mut Node, wanted: Move<'_>) {
    let subjects = node
        .as_mapping_mut()
        .and_then(|map| map.get_mut("subjects"))
        .map(|subjects| &mut subjects.value);
    let Some(Value::Sequence(subjects)) = subjects else {
        return;
    };
    for subject in subjects {
        let text = |key: &str| subject.get(key).and_then(Node::as_str);
        let moves = match wanted.subjects {
            Subjects::DefaultOnly => text("name") == Some("default"),
            Subjects::AllServiceAccounts => text("kind") == Some("ServiceAccount"),
            Subjects::None => false,
        };
        let keeps = wanted.unset_only && text("namespace").is_some_and(|namespace| !namespace.is_empty());
        if moves
            && !keeps
            && let Some(map) = subject.as_mapping_mut()
        {
            map.insert("namespace", Node::string(wanted.namespace));
        }
    }
}
