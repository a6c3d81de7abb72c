//! `patches`, `patchesStrategicMerge` and `patchesJson6902`.

use std::path::PathBuf;

use kubescape_yaml::{Limits, Node, Profile, Value, load_one};

use crate::accumulate::{Build, Root, State};
use crate::config::Patch;
use crate::error::{KustomizeError, Result};
use crate::json_patch::{self, Operation};
use crate::merge::merge;
use crate::object::Object;
use crate::objects::read;
use crate::selector::PatternSelector;

pub(super) fn strategic(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for entry in &root.config.patches_strategic_merge {
        // An entry of several lines, or one that is no file, is the patch itself.
        let is_file = !entry.contains('\n') && root.folder.join(entry).is_file();
        let (path, text) = if is_file {
            build.files.read_text(&root.folder, entry)?
        } else {
            (root.file.clone(), entry.clone())
        };
        for patch in read(build.files, &path, &text)? {
            patch_one(root, state, &patch, false, false)?;
        }
    }
    Ok(())
}

pub(super) fn patches(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for patch in &root.config.patches {
        let (path, text) = load(build, root, patch)?;
        if text.trim().is_empty() {
            continue;
        }
        match parse(build, &path, &text)? {
            Parsed::Strategic(documents) => {
                let option = |name: &str| patch.options.get(name).copied().unwrap_or(false);
                let (allow_name, allow_kind) = (option("allowNameChange"), option("allowKindChange"));
                let Some(target) = &patch.target else {
                    for document in &documents {
                        patch_one(root, state, document, allow_name, allow_kind)?;
                    }
                    continue;
                };
                let [document] = documents.as_slice() else {
                    return Err(KustomizeError::invalid(
                        &path,
                        "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field",
                    ));
                };
                let selector = PatternSelector::new(target)
                    .map_err(|message| KustomizeError::invalid(&root.file, message))?;
                for index in state.objects.indexes(|object| selector.matches(object)) {
                    apply(root, state, index, document, allow_name, allow_kind)?;
                }
                drop_empty(state);
            }
            Parsed::Json(operations) => {
                let Some(target) = &patch.target else {
                    return Err(KustomizeError::invalid(
                        &path,
                        "must specify a target for JSON patch",
                    ));
                };
                let selector = PatternSelector::new(target)
                    .map_err(|message| KustomizeError::invalid(&root.file, message))?;
                for index in state.objects.indexes(|object| selector.matches(object)) {
                    json(&path, state, index, &operations)?;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn json6902(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for patch in &root.config.patches_json6902 {
        let (path, text) = load(build, root, patch)?;
        let name = patch
            .target
            .as_ref()
            .map(|target| target.name.as_str())
            .unwrap_or_default();
        if name.is_empty() {
            return Err(KustomizeError::invalid(
                &root.file,
                "must specify the target name",
            ));
        }
        let Parsed::Json(operations) = parse(build, &path, &text)? else {
            return Err(KustomizeError::invalid(&path, "unable to parse JSON patch"));
        };
        let target = patch.target.clone().unwrap_or_default();
        let found = state.objects.indexes(|object| {
            object.ids().iter().any(|id| {
                id.name == target.name
                    && id.gvk.is_selected(&target.group, &target.version, &target.kind)
                    && (target.namespace.is_empty() || id.effective_namespace() == target.namespace)
            })
        });
        let [index] = found.as_slice() else {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("unable to find patch target {:?} in `resources`", target.name),
            ));
        };
        json(&path, state, *index, &operations)?;
    }
    Ok(())
}

fn load(build: &mut Build<'_>, root: &Root, patch: &Patch) -> Result<(PathBuf, String)> {
    match (patch.path.is_empty(), patch.patch.trim().is_empty()) {
        (true, true) => Err(KustomizeError::invalid(
            &root.file,
            "must specify one of patch and path",
        )),
        (false, false) => Err(KustomizeError::invalid(
            &root.file,
            "patch and path can't be set at the same time",
        )),
        (false, true) => build.files.read_text(&root.folder, &patch.path),
        (true, false) => Ok((root.file.clone(), patch.patch.clone())),
    }
}

enum Parsed {
    Strategic(Vec<Object>),
    Json(Vec<Operation>),
}

fn parse(build: &mut Build<'_>, path: &std::path::Path, text: &str) -> Result<Parsed> {
    let profile = Profile::SigsYaml;
    if let Ok(mut node) = load_one(text, profile, &Limits::default())
        && node.as_sequence().is_some()
    {
        build.files.place(path, text, std::slice::from_mut(&mut node))?;
        return match json_patch::operations(&node) {
            Some(operations) => Ok(Parsed::Json(operations)),
            None => Err(KustomizeError::invalid(
                path,
                "unable to parse SM or JSON patch: no list of operations",
            )),
        };
    }
    read(build.files, path, text).map(Parsed::Strategic)
}

/// Applies a patch to the one object that it names.
fn patch_one(
    root: &Root,
    state: &mut State,
    patch: &Object,
    allow_name: bool,
    allow_kind: bool,
) -> Result<()> {
    let id = patch.id();
    let found = state.objects.matching(&id);
    match found.as_slice() {
        [index] => apply(root, state, *index, patch, allow_name, allow_kind)?,
        [] => {
            return Err(KustomizeError::invalid(
                &root.file,
                format!(
                    "no resource matches strategic merge patch {:?}: no matches for Id {id}",
                    id.to_string()
                ),
            ));
        }
        _ => {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("multiple matches for Id {id}"),
            ));
        }
    }
    drop_empty(state);
    Ok(())
}

fn apply(
    root: &Root,
    state: &mut State,
    index: usize,
    patch: &Object,
    allow_name: bool,
    allow_kind: bool,
) -> Result<()> {
    let Some(object) = state.objects.list.get_mut(index) else {
        return Ok(());
    };
    let (gvk, name, namespace) = (object.gvk(), object.name(), object.namespace());
    if allow_name || allow_kind {
        object.remember();
    }
    let mut patch = patch.node.clone();
    crate::object::set(&mut patch, &["apiVersion"], Node::string(gvk.api_version()));
    let merged =
        merge(&object.node, &patch).map_err(|message| KustomizeError::invalid(&root.file, message))?;
    let Some(merged) = merged else {
        object.node = Node::new(Value::Null);
        return Ok(());
    };
    object.node = merged;
    if !allow_kind {
        crate::object::set(&mut object.node, &["kind"], Node::string(gvk.kind.as_str()));
    }
    if !allow_name {
        object.set_name(&name);
    }
    if namespace.is_empty() {
        if let Some(metadata) = object
            .node
            .as_mapping_mut()
            .and_then(|map| map.get_mut("metadata"))
            && let Some(map) = metadata.as_mapping_mut()
        {
            map.remove("namespace");
        }
    } else {
        object.set_namespace(&namespace);
    }
    Ok(())
}

/// Objects that a patch deleted.
fn drop_empty(state: &mut State) {
    state.objects.list.retain(|object| !object.node.is_null());
}

fn json(path: &std::path::Path, state: &mut State, index: usize, operations: &[Operation]) -> Result<()> {
    let Some(object) = state.objects.list.get_mut(index) else {
        return Ok(());
    };
    object.remember();
    json_patch::apply(&mut object.node, operations)
        .map_err(|message| KustomizeError::invalid(path, message))?;
    through_floats(&mut object.node);
    Ok(())
}

/// Integers beyond 53 bits lose precision on this way in kustomize, in every field of the object.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "that is what happens"
)]
fn through_floats(node: &mut Node) {
    match &mut node.value {
        Value::Int(number) if number.unsigned_abs() > 1 << 53 => *number = *number as f64 as i64,
        Value::Sequence(items) => items.iter_mut().for_each(through_floats),
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                through_floats(&mut entry.value);
            }
        }
        _ => {}
    }
}
