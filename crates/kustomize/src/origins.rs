//! Which line of which file wrote each line of the output.

use std::path::PathBuf;

use kubescape_yaml::{Limits, LineIndex, Node, Profile, Span, Value, load_one};

use crate::files::Files;

/// Where a line of the output comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOrigin {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: usize,
}

/// The origins of the lines of a printed node.
pub(crate) fn lines(node: &Node, text: &str, files: &Files) -> Vec<LineOrigin> {
    let Ok(printed) = load_one(text, Profile::GoYamlV3, &Limits::default()) else {
        return Vec::new();
    };
    let index = LineIndex::new(text);
    let mut found: Vec<Option<u32>> = vec![None; text.lines().count()];
    let mut record = |at: Span, origin: Span| {
        if origin.start == 0 {
            return;
        }
        let line = index.position(at.start as usize).line;
        if let Some(place) = found.get_mut(line.saturating_sub(1))
            && place.is_none()
        {
            *place = Some(origin.start);
        }
    };
    compare(&printed, node, &mut record);
    let first = found.iter().flatten().next().copied();
    let mut last = first;
    found
        .into_iter()
        .map_while(|offset| {
            last = offset.or(last);
            let (path, line) = files.locate(last?)?;
            Some(LineOrigin {
                file: path.to_owned(),
                line,
            })
        })
        .collect()
}

/// Walks the printed node and the built one side by side.
fn compare(printed: &Node, built: &Node, note: &mut dyn FnMut(Span, Span)) {
    match (&printed.value, &built.value) {
        (Value::Mapping(left), Value::Mapping(right)) => {
            for (key, value) in left.iter() {
                let (Some(place), Some(origin)) = (left.entry(key), right.entry(key)) else {
                    continue;
                };
                // A value from a patch under a key from the base: the value is what matters.
                let scalar = origin.value.as_mapping().is_none() && origin.value.as_sequence().is_none();
                let span = if scalar && origin.value.span.start != 0 {
                    origin.value.span
                } else {
                    origin.key.span
                };
                note(place.key.span, span);
                compare(value, &origin.value, note);
            }
        }
        (Value::Sequence(left), Value::Sequence(right)) => {
            for (printed, built) in left.iter().zip(right) {
                // The line of an item is the line of what comes first in it.
                let is_empty = match &built.value {
                    Value::Mapping(map) => map.is_empty(),
                    Value::Sequence(items) => items.is_empty(),
                    _ => false,
                };
                if is_empty {
                    note(printed.span, built.span);
                }
                compare(printed, built, note);
            }
        }
        _ => note(printed.span, built.span),
    }
}
