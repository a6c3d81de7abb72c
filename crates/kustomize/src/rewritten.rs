//! What writing does to an object beyond its meaning: kustomize writes every object as it was styled and reads that
//! again before it puts it out. Two things come back changed: a folded block gets an empty line where a deeper line
//! starts, and a value that is left out between braces becomes an empty text.

use std::sync::Arc;

use kubescape_yaml::{Limits, Node, Profile, Value, is_printable, load_one};

use crate::files::Files;
use crate::object::{self, Object};

/// Changes an object as writing and reading it does. Afterwards its styles are lost: it happens once.
pub(crate) fn rewrite(files: &Files, object: &mut Object) {
    if !object.is_rewritten {
        object.is_rewritten = true;
        walk(files, &mut object.node, false);
    }
}

/// The same at the end of a build, when the annotations have been put together anew.
pub(crate) fn rewrite_last(files: &Files, object: &mut Object) {
    let annotations = object::annotations_mut(&mut object.node).map(std::mem::take);
    rewrite(files, object);
    if let (Some(annotations), Some(place)) = (annotations, object::annotations_mut(&mut object.node)) {
        *place = annotations;
    }
}

/// Marks a text as no longer written in the style that its file has.
pub(crate) fn restyle(node: &mut Node) {
    if node.as_str().is_some() && node.span.end > node.span.start {
        node.span.start += 1;
    }
}

fn walk(files: &Files, node: &mut Node, in_braces: bool) {
    match &mut node.value {
        Value::Mapping(map) => {
            let in_braces = in_braces || files.starts_with(node.span, '{');
            for entry in map.entries_mut() {
                walk(files, &mut entry.value, in_braces);
            }
        }
        Value::Sequence(items) => {
            let in_braces = in_braces || files.starts_with(node.span, '[');
            for item in items {
                walk(files, item, in_braces);
            }
        }
        Value::Null if in_braces && node.span.start == node.span.end && node.span.start > 0 => {
            node.value = Value::String("".into());
        }
        Value::String(value) if !in_braces && value.contains('\n') && files.starts_with(node.span, '>') => {
            if let Some(changed) = folded(value) {
                *value = changed;
            }
        }
        _ => {}
    }
}

/// A folded block, written and read again. `None` when it is not written as one.
fn folded(value: &str) -> Option<Arc<str>> {
    if !value.contains('\n')
        || value.contains(" \n")
        || value.ends_with(' ')
        || !value
            .chars()
            .all(|character| character == '\t' || is_printable(character))
    {
        return None;
    }
    // What decides whether a line end is doubled is the start of the whole text, not that of the next line.
    let doubles = value
        .trim_start_matches('\n')
        .starts_with(|character| !matches!(character, ' ' | '\t'));
    let mut written = String::from(">");
    if value.starts_with([' ', '\n']) {
        written.push('2');
    }
    match value.strip_suffix('\n') {
        None => written.push('-'),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => written.push('+'),
        Some(_) => {}
    }
    written.push('\n');
    let (mut after_break, mut is_deeper) = (true, true);
    for character in value.chars() {
        if character == '\n' {
            if doubles && !after_break && !is_deeper {
                written.push('\n');
            }
            written.push('\n');
            after_break = true;
            continue;
        }
        if after_break {
            written.push_str("  ");
            is_deeper = matches!(character, ' ' | '\t');
        }
        written.push(character);
        after_break = false;
    }
    match load_one(&written, Profile::GoYamlV3, &Limits::default())
        .ok()?
        .value
    {
        Value::String(read) => Some(read),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(value: &str, expected: &str) {
        let found = super::folded(value);
        assert_eq!(found.as_deref().unwrap_or(value), expected, "{value:?}");
    }

    #[test]
    fn folded_blocks() {
        let cases = [
            ("b\n  c\nd", "b\n\n  c\nd"),
            ("b\n\n  c\n    d\n", "b\n\n\n  c\n    d\n"),
            ("b c\nd\n", "b c\nd\n"),
            ("\n  b\nc\nd\n", "\n  b\nc d\n"),
            ("b \n  c", "b \n  c"),
            ("b\n  c\n\n", "b\n\n  c\n\n"),
        ];
        for (value, expected) in cases {
            check(value, expected);
        }
    }
}
