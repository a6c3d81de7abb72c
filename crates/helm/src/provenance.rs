//! Which line of a chart wrote which line of a document.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use kubescape_gotemplate::{Mark, Text, lossy};

/// Where a line of a rendered document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOrigin {
    /// The template file, as `CHART/templates/x.yaml`.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: usize,
    /// The key below `.Values` that the line shows, when it shows just one.
    pub values_key: Option<Arc<str>>,
}

/// A file's rendered text after Helm's clean-up, with its marks moved along.
pub(crate) struct Cleaned {
    pub text: String,
    pub marks: Vec<Mark>,
}

/// Removes `<no value>` from a rendered text.
pub(crate) fn clean(text: Vec<u8>, mut marks: Vec<Mark>) -> Cleaned {
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        // Replacing bytes moves later marks by a little; only their lines matter, and those stay.
        Err(error) => lossy(error.as_bytes()).into_owned(),
    };
    let marker = "<no value>";
    if !text.contains(marker) {
        return Cleaned { text, marks };
    }
    let found: Vec<usize> = text.match_indices(marker).map(|(at, _)| at).collect();
    let mut removed = found.iter().peekable();
    let mut shift = 0;
    for mark in &mut marks {
        while removed.peek().is_some_and(|at| **at < mark.start) {
            removed.next();
            shift += marker.len();
        }
        mark.start = mark.start.saturating_sub(shift);
    }
    Cleaned {
        text: text.replace(marker, ""),
        marks,
    }
}

/// The origins of each line of a part of a file's text.
pub(crate) fn line_origins(
    cleaned: &Cleaned,
    range: std::ops::Range<usize>,
    templates: &HashMap<Arc<str>, LineStarts>,
) -> Vec<LineOrigin> {
    let mut origins = Vec::new();
    let document = cleaned.text.get(range.clone()).unwrap_or_default();
    let mut start = range.start;
    for line in document.split_inclusive('\n') {
        let end = start + line.len();
        let visible = start + (line.len() - line.trim_start().len());
        let first = cleaned
            .marks
            .partition_point(|mark| mark.start <= visible)
            .saturating_sub(1);
        let mut last = cleaned.marks.partition_point(|mark| mark.start < end);
        // What starts with the line's end shows nothing on this line: a block of `nindent` after its key.
        let is_next_block = |at: usize| {
            let starts_here = cleaned
                .marks
                .get(at)
                .is_some_and(|mark| !mark.is_text && mark.start + 1 == end && line.ends_with('\n'));
            starts_here
                && cleaned
                    .marks
                    .get(at + 1)
                    .map_or(cleaned.text.len(), |next| next.start)
                    >= end
        };
        while last > first + 1 && is_next_block(last - 1) {
            last -= 1;
        }
        let marks = cleaned.marks.get(first..last).unwrap_or_default();
        let Some(mark) = marks.first() else {
            start = end;
            continue;
        };
        let known = templates.get_key_value(&*mark.file);
        let line = known.map_or(1, |(_, starts)| {
            let within = if mark.is_text {
                visible.saturating_sub(mark.start)
            } else {
                0
            };
            starts.line(mark.at + within)
        });
        let mut keys = marks.iter().filter_map(|mark| mark.values_key.as_deref());
        let key = keys.next().filter(|first| keys.all(|other| other == *first));
        origins.push(LineOrigin {
            file: known.map_or_else(|| Arc::from(&*mark.file), |(file, _)| Arc::clone(file)),
            line,
            values_key: key.map(Arc::from),
        });
        start = end;
    }
    origins
}

/// Offsets at which the lines of a template start. Most templates of a chart write nothing: theirs are never looked for.
pub(crate) struct LineStarts {
    text: Text,
    starts: OnceCell<Vec<usize>>,
}

impl LineStarts {
    pub(crate) fn of(text: Text) -> Self {
        Self {
            text,
            starts: OnceCell::new(),
        }
    }

    /// The line of a byte, from 1.
    fn line(&self, at: usize) -> usize {
        let starts = self.starts.get_or_init(|| {
            // Marks count bytes of what was parsed, in which bytes that are no text have stand-ins.
            let text = self.text.to_str();
            text.match_indices('\n').map(|(at, _)| at + 1).collect()
        });
        1 + starts.partition_point(|start| *start <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_behind_bytes_that_are_no_text() {
        let starts = LineStarts::of(Text::from(&b"{{/* caf\xe9 \xe9t\xe9 */}}\na: 1\n"[..]));
        // Each of the three bytes is parsed as a character of three.
        let parsed = "{{/* caf\u{fffd} \u{fffd}t\u{fffd} */}}\n";
        assert_eq!(starts.line(parsed.len() - 2), 1);
        assert_eq!(starts.line(parsed.len()), 2);
    }
}
