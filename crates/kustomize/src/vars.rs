//! `vars`: values of fields, put in place of `$(NAME)`.

use std::collections::HashMap;
use std::path::PathBuf;

use kubescape_yaml::{Mapping, Node, Span, Value};

use crate::accumulate::State;
use crate::config::Var;
use crate::error::{KustomizeError, Result};
use crate::object::scalar_text;
use crate::rewritten::restyle;
use crate::walk::each_field;

/// A variable, and the file that declares it.
#[derive(Clone, Debug)]
pub(crate) struct PendingVar {
    pub var: Var,
    pub file: PathBuf,
}

/// Replaces variables in all fields that may hold them.
pub(crate) fn resolve(state: &mut State) -> Result<()> {
    if state.vars.is_empty() {
        return Ok(());
    }
    let mut values: HashMap<String, Node> = HashMap::new();
    for pending in &state.vars.clone() {
        values.insert(pending.var.name.clone(), value(state, pending)?);
    }
    let specs = state.fields.var_reference.clone();
    let file = state
        .vars
        .first()
        .map(|pending| pending.file.clone())
        .unwrap_or_default();
    for object in state.objects.all_mut() {
        let gvk = object.original_id().gvk;
        let shown = object.id();
        for spec in &specs {
            // Lists are met as a whole: each of their items must be a text.
            let whole = Value::Mapping(Mapping::new());
            each_field(&mut object.node, &gvk, spec, &whole, &mut |field| {
                match &mut field.value {
                    Value::Mapping(map) => {
                        for entry in map.entries_mut() {
                            substitute(&mut entry.value, &values);
                        }
                    }
                    Value::Sequence(items) => {
                        for item in items {
                            if item.as_str().is_none() {
                                return Err(format!(
                                    "considering field '{}' of object {shown}: invalid value type expect a string",
                                    spec.path
                                ));
                            }
                            substitute(item, &values);
                        }
                    }
                    _ => substitute(field, &values),
                }
                Ok(())
            })
            .map_err(|message| KustomizeError::invalid(&file, format!("vars: {message}")))?;
        }
    }
    Ok(())
}

/// Group and version of the object that a variable names.
fn group_and_version(var: &Var) -> (String, String) {
    let reference = &var.objref;
    if reference.api_version.is_empty() {
        return (reference.group.clone(), reference.version.clone());
    }
    let (group, version) = reference
        .api_version
        .split_once('/')
        .unwrap_or(("", &reference.api_version));
    (group.to_owned(), version.to_owned())
}

/// Binds a variable to the one object of its kustomization that it names; what is added later does not count.
pub(crate) fn bind(state: &mut State, pending: &PendingVar) -> Result<()> {
    let reference = &pending.var.objref;
    let (group, version) = group_and_version(&pending.var);
    let found = state.objects.with_id(&reference.name, |id| {
        id.gvk.is_selected(&group, &version, &reference.kind)
            && (reference.namespace.is_empty() || id.effective_namespace() == reference.namespace)
    });
    match found.as_slice() {
        [] => Ok(()),
        [index] => {
            let name = pending.var.name.clone();
            state.objects.change(*index, |object| object.vars.push(name));
            Ok(())
        }
        many => Err(KustomizeError::invalid(
            &pending.file,
            format!(
                "vars: found {} resId matches for var {}",
                many.len(),
                pending.var.name
            ),
        )),
    }
}

fn value(state: &State, pending: &PendingVar) -> Result<Node> {
    let var = &pending.var;
    let path = if var.fieldref.field_path.is_empty() {
        "metadata.name"
    } else {
        &var.fieldref.field_path
    };
    let failed = |message: String| KustomizeError::invalid(&pending.file, format!("vars: {message}"));
    let Some(object) = state
        .objects
        .iter()
        .find(|object| object.vars.contains(&var.name))
    else {
        let (group, version) = group_and_version(var);
        let gvk = crate::id::Gvk {
            group,
            version,
            kind: var.objref.kind.clone(),
        };
        return Err(failed(format!(
            "var '{{{} {gvk} {{{path}}}}}' cannot be mapped to a field in the set of known resources",
            var.name
        )));
    };
    let mut at = Some(&object.node);
    for part in parts(path) {
        at = at.and_then(|node| match &node.value {
            Value::Mapping(map) => map.get(&part),
            Value::Sequence(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        });
    }
    at.cloned().ok_or_else(|| {
        failed(format!(
            "field specified in var '{}' not found in corresponding resource",
            var.name
        ))
    })
}

/// The parts of `a.b[0].c`; `\\.` is a dot within a part.
fn parts(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, parts.last_mut()) {
            ('\\', Some(last)) if characters.peek() == Some(&'.') => {
                characters.next();
                last.push('.');
            }
            ('.' | '[', _) => parts.push(String::new()),
            (']', _) => {}
            (other, Some(last)) => last.push(other),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A text that is nothing but a variable takes the variable's type, unless that is no scalar.
fn substitute(node: &mut Node, values: &HashMap<String, Node>) {
    let Some(text) = node.as_str().map(ToOwned::to_owned) else {
        // What a replacement made is a text here, whatever it looks like.
        if node.span == Span::default() && (node.as_f64().is_some() || node.as_bool().is_some()) {
            node.value = Value::String(scalar_text(node).into());
        }
        return;
    };
    restyle(node);
    let whole = text
        .strip_prefix("$(")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|name| values.get(name));
    if let Some(value) = whole {
        if value.as_mapping().is_some() || value.as_sequence().is_some() {
            return;
        }
        node.value = value.value.clone();
        return;
    }
    node.value = Value::String(expand(&text, values).into());
}

fn expand(text: &str, values: &HashMap<String, Node>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = after.strip_prefix("$$") {
            out.push('$');
            rest = after;
            continue;
        }
        let closed = after.strip_prefix("$(").and_then(|inner| inner.split_once(')'));
        if let Some((name, behind)) = closed {
            match values.get(name) {
                Some(value) => out.push_str(&scalar_text(value)),
                None => out.push_str(&format!("$({name})")),
            }
            rest = behind;
        } else {
            out.push('$');
            rest = after.get(1..).unwrap_or_default();
        }
    }
    out + rest
}
