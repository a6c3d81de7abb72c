//! `replacements`.

use std::path::Path;

use kubescape_yaml::{Limits, Node, Profile, Value, load_one};

use crate::accumulate::{Build, Root, State};
use crate::annotations::literal;
use crate::config::{ReplacementEntry, ReplacementSource, ReplacementTarget, Selector, typed};
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::id::{Gvk, Id};
use crate::object::{Object, plain, scalar_text};
use crate::selector::ExactSelector;
use crate::shared;

use super::field_path::{Make, each, find, parse};

/// Copies values from object to object.
pub(crate) fn run(
    build: &mut Build<'_>,
    root: &Root,
    state: &mut State,
    entries: &[ReplacementEntry],
) -> Result<()> {
    for entry in entries {
        if entry.path.is_empty() {
            replace(build.files, &root.file, state, entry)?;
            continue;
        }
        if entry.source.is_some() || !entry.targets.is_empty() {
            return Err(KustomizeError::invalid(
                &root.file,
                "cannot specify both path and inline replacement",
            ));
        }
        let (path, text) = build.files.read_text(&root.folder, &entry.path)?;
        let node = load_one(&text, Profile::SigsYaml, &Limits::default())
            .map_err(|error| KustomizeError::invalid(&path, error.to_string()))?;
        let one = std::slice::from_ref(&node);
        for node in node.as_sequence().unwrap_or(one) {
            replace(build.files, &path, state, &typed(&path, node)?)?;
        }
    }
    Ok(())
}

fn replace(files: &Files, path: &Path, state: &mut State, entry: &ReplacementEntry) -> Result<()> {
    let failed = |message: String| KustomizeError::invalid(path, format!("replacements: {message}"));
    let Some(source) = entry.source.as_ref().filter(|_| !entry.targets.is_empty()) else {
        return Err(failed("must specify a source and at least one target".to_owned()));
    };
    let (origin, mut node) = source_value(files, state, source).map_err(failed)?;
    shared::clear(&mut node);
    let mut value = Replacing {
        text: literal(&node, files),
        node,
    };
    // A field that is its own target is read anew once it has been written, unless a part of it was taken.
    let is_live = source.options.delimiter.is_empty() && value.node.span.start > 0;
    let default = ["metadata.name".to_owned()];
    for target in &entry.targets {
        let Some(select) = &target.select else {
            return Err(failed("target must specify resources to select".to_owned()));
        };
        let selector = ExactSelector::new(select).map_err(failed)?;
        let rejects: Vec<ExactSelector<'_>> = target
            .reject
            .iter()
            .map(ExactSelector::new)
            .collect::<std::result::Result<_, _>>()
            .map_err(failed)?;
        let paths = if target.field_paths.is_empty() {
            default.as_slice()
        } else {
            &target.field_paths
        };
        let places = if select.name.is_empty() {
            state.objects.indexes(|object| selector.matches(object))
        } else {
            let mut named = state.objects.named(&select.name);
            named.retain(|place| {
                state
                    .objects
                    .get(*place)
                    .is_some_and(|object| selector.matches(object))
            });
            named
        };
        for place in places {
            let is_rejected = state
                .objects
                .get(place)
                .is_none_or(|object| rejects.iter().any(|reject| reject.rejects(object)));
            if is_rejected {
                continue;
            }
            let changed = state.objects.change(place, |object| {
                shared::through(object, |object| {
                    fields(object, paths, target, &mut value, is_live && place == origin)
                })
            });
            changed.unwrap_or(Ok(())).map_err(failed)?;
        }
    }
    Ok(())
}

/// Puts a value into fields of an object, which may be the one that it comes from.
fn fields(
    object: &mut Object,
    paths: &[String],
    target: &ReplacementTarget,
    value: &mut Replacing,
    is_own: bool,
) -> std::result::Result<(), String> {
    if paths.iter().any(|path| path.starts_with("metadata.name")) {
        object.remember();
    }
    let (make, verb) = if target.options.create {
        (Make::Missing, "find or create")
    } else {
        (Make::Nothing, "find")
    };
    for field in paths {
        let id = object.id();
        let mut is_refused = false;
        let not_found = format!("unable to {verb} field {field:?} in replacement target {id}");
        let steps = parse(field);
        if steps.is_empty() {
            return Err(not_found);
        }
        let found = each(&mut object.node, &steps, make, false, &mut |node, is_made| {
            put(node, value, target, is_made).inspect_err(|_| is_refused = true)?;
            if is_own && node.span == value.node.span {
                value.text = scalar_text(node);
                value.node = node.clone();
            }
            Ok(())
        });
        match found {
            Ok(0) => return Err(not_found),
            Ok(_) => {}
            Err(message) if is_refused => return Err(format!("{id}: {field}: {message}")),
            Err(message) => return Err(format!("{not_found}: {message}")),
        }
    }
    Ok(())
}

fn source_value(
    files: &Files,
    state: &mut State,
    source: &ReplacementSource,
) -> std::result::Result<(usize, Node), String> {
    let selector = Selector {
        group: source.group.clone(),
        version: source.version.clone(),
        kind: source.kind.clone(),
        name: source.name.clone(),
        namespace: source.namespace.clone(),
        ..Selector::default()
    };
    let shown = Id {
        gvk: Gvk {
            group: source.group.clone(),
            version: source.version.clone(),
            kind: source.kind.clone(),
        },
        name: source.name.clone(),
        namespace: source.namespace.clone(),
    };
    let exact = ExactSelector::new(&selector)?;
    let mut found = if source.name.is_empty() {
        state.objects.indexes(|object| exact.matches_id(object))
    } else {
        state.objects.named(&source.name)
    };
    found.retain(|place| {
        state
            .objects
            .get(*place)
            .is_some_and(|object| exact.matches_id(object))
    });
    let place = match found.as_slice() {
        [place] => *place,
        [] => return Err(format!("nothing selected by {shown}")),
        _ => return Err(format!("multiple matches for selector {shown}")),
    };
    let Some(object) = state.objects.get(place) else {
        return Err(format!("nothing selected by {shown}"));
    };
    let path = if source.field_path.is_empty() {
        "metadata.name"
    } else {
        &source.field_path
    };
    let value = find(&object.node, &parse(path))
        .map_err(|message| format!("error looking up replacement source: {message}"))?
        .filter(|node| !node.is_null())
        .cloned()
        .ok_or_else(|| format!("fieldPath `{path}` is missing for replacement source {shown}"))?;
    if source.options.delimiter.is_empty() {
        return Ok((place, value));
    }
    if value.as_mapping().is_some() || value.as_sequence().is_some() {
        return Err("delimiter option can only be used with scalar nodes".to_owned());
    }
    let text = literal(&value, files);
    let parts: Vec<&str> = text.split(&source.options.delimiter).collect();
    usize::try_from(source.options.index)
        .ok()
        .and_then(|index| parts.get(index))
        .map(|part| (place, Node::string(*part)))
        .ok_or_else(|| {
            format!(
                "options.index {} is out of bounds for value {text}",
                source.options.index
            )
        })
}

/// A value on its way into fields.
struct Replacing {
    node: Node,
    /// As it is written; maps and lists have none.
    text: String,
}

/// A scalar takes the text and keeps its type, one that was made has the type that the text looks like; everything else
/// becomes the value.
fn put(
    node: &mut Node,
    value: &Replacing,
    target: &ReplacementTarget,
    is_made: bool,
) -> std::result::Result<(), String> {
    let options = &target.options;
    let is_scalar = |node: &Node| node.as_mapping().is_none() && node.as_sequence().is_none();
    let text = if !options.delimiter.is_empty() {
        if !is_scalar(node) {
            return Err("delimiter option can only be used with scalar nodes".to_owned());
        }
        let old = scalar_text(node);
        let mut parts: Vec<String> = old.split(&options.delimiter).map(str::to_owned).collect();
        let text = value.text.clone();
        match usize::try_from(options.index) {
            Err(_) => parts.insert(0, text),
            Ok(index) => match parts.get_mut(index) {
                Some(part) => *part = text,
                None => parts.push(text),
            },
        }
        parts.join(&options.delimiter)
    } else if !is_scalar(node) || is_made && !is_scalar(&value.node) {
        *node = value.node.clone();
        return Ok(());
    } else {
        value.text.clone()
    };
    if is_made {
        node.value = match load_one(&text, Profile::GoYamlV3, &Limits::default()) {
            Ok(Node {
                value: time @ Value::Time(_),
                ..
            }) => time,
            _ => plain(&text),
        };
        return Ok(());
    }
    set_text(node, &text)
}

/// Gives a scalar another text, which must be of the type that it had.
fn set_text(node: &mut Node, text: &str) -> std::result::Result<(), String> {
    let value = plain(text);
    let fits = match (&node.value, &value) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) => false,
        (Value::Int(_) | Value::UInt(_), Value::Int(_) | Value::UInt(_))
        | (Value::Float(_), Value::Float(_) | Value::Int(_) | Value::UInt(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        (Value::Int(_) | Value::UInt(_) | Value::Float(_) | Value::Bool(_), _) => false,
        _ => {
            node.value = Value::String(text.into());
            return Ok(());
        }
    };
    if !fits {
        let kind = if node.is_null() {
            "null".to_owned()
        } else {
            scalar_text(node)
        };
        return Err(format!("{text:?} is not of the type of {kind}"));
    }
    node.value = value;
    Ok(())
}
