//! `patches`, `patchesStrategicMerge` and `patchesJson6902`.

use std::path::{Path, PathBuf};

use kubescape_yaml::{Limits, Mapping, Node, Profile, Span, Value, format_general, load_json, load_one};

use crate::accumulate::{Build, Root, State};
use crate::annotations;
use crate::config::{Patch, Selector};
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::json_patch::{self, Operation};
use crate::merge::{Schema, merge};
use crate::object::{Object, scalar_text};
use crate::objects::{REPEATED, read_below};
use crate::rewritten;
use crate::selector::PatternSelector;
use crate::shared;

/// Applies the entries of `patchesStrategicMerge`: file names, or the patches themselves.
pub(crate) fn strategic(
    build: &mut Build<'_>,
    root: &Root,
    state: &mut State,
    entries: &[String],
) -> Result<()> {
    let mut is_empty = true;
    for (position, entry) in entries.iter().enumerate() {
        let is_text = entry.contains('\n') || entry.contains(": ");
        let (path, text, above) = if is_text && !root.folder.join(entry).is_file() {
            let line = root.config.strategic_lines.get(position).copied();
            (
                root.file.clone(),
                entry.clone(),
                line.unwrap_or(1).saturating_sub(1),
            )
        } else {
            let (path, text) = build.files.read_text(&root.folder, entry)?;
            (path, text, 0)
        };
        for patch in read_below(build.files, &path, above, &text)? {
            is_empty = false;
            patch_one(build, root, state, &patch, Allowed::default())?;
        }
    }
    if is_empty && !entries.is_empty() {
        return Err(KustomizeError::invalid(
            &root.file,
            format!("patchesStrategicMerge: patch appears to be empty; files={entries:?}"),
        ));
    }
    Ok(())
}

/// Applies an entry of `patches`.
pub(crate) fn patch(build: &mut Build<'_>, root: &Root, state: &mut State, patch: &Patch) -> Result<()> {
    let (file, text) = load(build, root, patch)?;
    if text.is_empty() {
        return Ok(());
    }
    match parse(build, &file, above(patch), &text)? {
        Parsed::Strategic(documents) => {
            let option = |name: &str| patch.options.get(name).copied().unwrap_or(false);
            let allowed = Allowed {
                name: option("allowNameChange"),
                kind: option("allowKindChange"),
            };
            let Some(target) = &patch.target else {
                for document in &documents {
                    patch_one(build, root, state, document, allowed)?;
                }
                return Ok(());
            };
            let [document] = documents.as_slice() else {
                return Err(KustomizeError::invalid(
                    &file,
                    "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field",
                ));
            };
            let mut document = document.clone();
            annotations::as_texts(&mut document.node, build.files);
            for index in selected(root, state, target)? {
                apply(build, &file, state, index, &document, allowed)?;
            }
            state.objects.drop_empty();
            state.objects.check_unique(&root.file, REPEATED)
        }
        Parsed::Json(operations) => {
            let Some(target) = &patch.target else {
                return Err(KustomizeError::invalid(
                    &file,
                    "patches: must specify a target for JSON patch",
                ));
            };
            for index in selected(root, state, target)? {
                json(build.files, &file, state, index, &operations)?;
            }
            Ok(())
        }
    }
}

/// Applies an entry of `patchesJson6902`.
pub(crate) fn json6902(build: &mut Build<'_>, root: &Root, state: &mut State, patch: &Patch) -> Result<()> {
    let (file, text) = load(build, root, patch)?;
    let target = patch.target.clone().unwrap_or_default();
    if target.name.is_empty() {
        return Err(KustomizeError::invalid(
            &root.file,
            "patchesJson6902: must specify the target name",
        ));
    }
    let Some(operations) = json_operations(build, &file, above(patch), &text)? else {
        return Err(KustomizeError::invalid(
            &file,
            "patchesJson6902: not a list of JSON patch operations",
        ));
    };
    for index in selected(root, state, &target)? {
        json(build.files, &file, state, index, &operations)?;
    }
    Ok(())
}

fn selected(root: &Root, state: &mut State, target: &Selector) -> Result<Vec<usize>> {
    let selector = PatternSelector::new(target)
        .map_err(|message| KustomizeError::invalid(&root.file, format!("patches: target: {message}")))?;
    // A name that is no pattern is looked up.
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if !is_name(&target.name) {
        return Ok(state.objects.indexes(|object| selector.matches(object)));
    }
    let mut found = state.objects.named(&target.name);
    found.retain(|place| {
        state
            .objects
            .get(*place)
            .is_some_and(|object| selector.matches(object))
    });
    Ok(found)
}

fn load(build: &mut Build<'_>, root: &Root, patch: &Patch) -> Result<(PathBuf, String)> {
    match (patch.path.is_empty(), patch.patch.trim().is_empty()) {
        (true, true) => Err(KustomizeError::invalid(
            &root.file,
            "patches: must specify one of patch and path",
        )),
        (false, false) => Err(KustomizeError::invalid(
            &root.file,
            format!(
                "patches: patch and path can't be set at the same time (path: {})",
                patch.path
            ),
        )),
        (false, true) => build.files.read_text(&root.folder, &patch.path),
        (true, false) => Ok((root.file.clone(), patch.patch.trim().to_owned())),
    }
}

/// Lines of its file above a patch.
fn above(patch: &Patch) -> usize {
    if patch.path.is_empty() {
        patch.line.saturating_sub(1)
    } else {
        0
    }
}

enum Parsed {
    Strategic(Vec<Object>),
    Json(Vec<Operation>),
}

fn parse(build: &mut Build<'_>, path: &Path, above: usize, text: &str) -> Result<Parsed> {
    let json = json_operations(build, path, above, text)?;
    match (read_below(build.files, path, above, text), json) {
        (Ok(_), Some(_)) => Err(KustomizeError::invalid(
            path,
            "the patch is empty: it illegally qualifies as both an SM and JSON patch",
        )),
        (Ok(documents), None) => Ok(Parsed::Strategic(documents)),
        (Err(_), Some(operations)) => Ok(Parsed::Json(operations)),
        (Err(error), None) => Err(KustomizeError::invalid(
            path,
            format!("unable to parse SM or JSON patch: {}", error.message()),
        )),
    }
}

/// Operations, if the text is a list of them. Text that looks like JSON must be JSON.
fn json_operations(
    build: &mut Build<'_>,
    path: &Path,
    above: usize,
    text: &str,
) -> Result<Option<Vec<Operation>>> {
    let read = if text.starts_with('[') {
        load_json(text, &Limits::default())
    } else {
        load_one(text, Profile::SigsYaml, &Limits::default())
    };
    let Ok(mut node) = read else {
        return Ok(None);
    };
    if node.is_null() {
        return Ok(Some(Vec::new()));
    }
    if node.as_sequence().is_none() {
        return Ok(None);
    }
    build
        .files
        .place_below(path, above, text, std::slice::from_mut(&mut node))?;
    Ok(json_patch::operations(&node))
}

/// Which parts of its identity a patch may change.
#[derive(Clone, Copy, Debug, Default)]
struct Allowed {
    name: bool,
    kind: bool,
}

/// Applies a patch to the one object that it names.
fn patch_one(
    build: &Build<'_>,
    root: &Root,
    state: &mut State,
    patch: &Object,
    allowed: Allowed,
) -> Result<()> {
    let id = patch.id();
    let found = state.objects.matching(&id);
    match found.as_slice() {
        [index] => apply(build, &root.file, state, *index, patch, allowed)?,
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
                format!("strategic merge patch: multiple matches for Id {id}"),
            ));
        }
    }
    state.objects.drop_empty();
    Ok(())
}

fn apply(
    build: &Build<'_>,
    file: &Path,
    state: &mut State,
    index: usize,
    patch: &Object,
    allowed: Allowed,
) -> Result<()> {
    let applied = state.objects.change(index, |object| {
        shared::through(object, |object| {
            let (gvk, name, namespace) = (
                object.gvk(),
                object.name().into_owned(),
                object.namespace().into_owned(),
            );
            if allowed.name || allowed.kind {
                object.remember();
            }
            let mut changes = patch.node.clone();
            crate::object::set(&mut changes, &["apiVersion"], Node::string(gvk.api_version()));
            let schema = Schema {
                lists: build.schema(),
                files: build.files,
                is_restyled: object.is_rewritten,
            };
            let Some(merged) = merge(&object.node, &changes, &schema)
                .map_err(|misfit| format!("strategic merge patch of {}: {misfit}", object.id()))?
            else {
                object.node = Node::new(Value::Null);
                return Ok(());
            };
            object.node = merged;
            if !allowed.kind {
                crate::object::set(&mut object.node, &["kind"], Node::string(gvk.kind.as_str()));
            }
            if !allowed.name && object.name() != name {
                object.set_name(&name);
            }
            if namespace.is_empty() {
                crate::object::remove(&mut object.node, &["metadata", "namespace"]);
            } else if object.namespace() != namespace {
                object.set_namespace(&namespace);
            }
            Ok(())
        })
    });
    applied
        .unwrap_or(Ok(()))
        .map_err(|message: String| KustomizeError::invalid(file, message))
}

fn json(files: &Files, path: &Path, state: &mut State, index: usize, operations: &[Operation]) -> Result<()> {
    let applied = state.objects.change(index, |object| {
        object.remember();
        shared::forget(object);
        let shown = object.id();
        // Annotations are always there for a patch to add to.
        if crate::object::annotations(&object.node).is_none() {
            let empty = Node::new(Value::Mapping(Mapping::new()));
            crate::object::set(&mut object.node, &["metadata", "annotations"], empty);
        }
        rewritten::rewrite(files, object);
        json_patch::apply(&mut object.node, operations).map_err(|message| format!("{shown}: {message}"))?;
        through_json(&mut object.node);
        if object.kind().is_empty() || object.name().is_empty() {
            return Err(format!(
                "{shown}: the JSON patch leaves the object without kind or name"
            ));
        }
        let annotations = crate::object::annotations_mut(&mut object.node);
        match annotations.map(|annotations| &mut annotations.value) {
            Some(Value::Mapping(map)) if map.is_empty() => {
                crate::object::remove(&mut object.node, &["metadata", "annotations"]);
            }
            Some(Value::Mapping(map)) => {
                for entry in map.entries_mut() {
                    let text = match &entry.value.value {
                        Value::Null => "null".to_owned(),
                        Value::Mapping(_) | Value::Sequence(_) => continue,
                        _ => match entry.value.as_f64() {
                            Some(number) => format_general(number),
                            None => scalar_text(&entry.value),
                        },
                    };
                    entry.value.value = Value::String(text.into());
                }
            }
            _ => {}
        }
        Ok(())
    });
    applied
        .unwrap_or(Ok(()))
        .map_err(|message: String| KustomizeError::invalid(path, message))
}

/// A patched object goes through JSON, whose numbers are floats: integers beyond 53 bits lose precision, in every field
/// of the object, and a value that was left out is a null as others.
#[expect(clippy::cast_precision_loss, reason = "that is what happens")]
fn through_json(node: &mut Node) {
    let nearest = |number: f64| {
        let text = format!("{number}");
        if let Ok(number) = text.parse::<i64>() {
            Value::Int(number)
        } else if let Ok(number) = text.parse::<u64>() {
            Value::UInt(number)
        } else {
            Value::Float(number)
        }
    };
    match &mut node.value {
        Value::Int(number) if number.unsigned_abs() > 1 << 53 => node.value = nearest(*number as f64),
        Value::UInt(number) => node.value = nearest(*number as f64),
        Value::Null => node.span = Span::default(),
        Value::Sequence(items) => items.iter_mut().for_each(through_json),
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                through_json(&mut entry.value);
            }
        }
        _ => {}
    }
}
