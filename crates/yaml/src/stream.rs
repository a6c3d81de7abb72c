//! Texts to documents.

use std::rc::Rc;

use crate::compose::Composer;
use crate::lookahead;
use crate::{LineIndex, Node, Profile, Span, YamlError};

/// Bounds on what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest text, in bytes.
    pub file_bytes: usize,
    /// Deepest nesting of lists and maps.
    pub depth: usize,
    /// Most nodes that aliases may add to a document.
    pub alias_nodes: usize,
}

impl Default for Limits {
    /// 32 MiB, 1,000 levels, 250,000 nodes.
    fn default() -> Self {
        Self {
            file_bytes: 32 << 20,
            depth: 1_000,
            alias_nodes: 250_000,
        }
    }
}

/// A document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its value.
    pub root: Node,
    /// Its place in the stream, from 1.
    pub index: usize,
}

/// A part of a manifest file between separator lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// Its place in the file, from 1; parts without content count.
    pub index: usize,
    /// The document's bytes.
    pub span: Span,
    /// Its value, or why there is none. Positions are those of the whole file.
    pub root: Result<Node, YamlError>,
}

/// Reads a stream as Go's decoder does: documents up to the first error, which ends it.
pub fn load(text: &str, profile: Profile, limits: &Limits) -> Vec<Result<Document, YamlError>> {
    let mut documents = Vec::new();
    let mut ends = Vec::new();
    let mut composer = match Composer::new(text, profile, limits) {
        Ok(composer) => composer,
        Err(error) => return vec![Err(error)],
    };
    loop {
        match composer.document() {
            Ok(None) => return documents,
            Ok(Some(root)) => {
                ends.push(composer.end());
                documents.push(Ok(Document {
                    root,
                    index: documents.len() + 1,
                }));
            }
            Err(error) => {
                if profile == Profile::GoYamlV3 {
                    lookahead::withhold(text, &mut ends, &mut documents);
                }
                documents.push(Err(error));
                return documents;
            }
        }
    }
}

/// Reads the first document, as Go's `Unmarshal` does. A text without any is `null`.
pub fn load_one(text: &str, profile: Profile, limits: &Limits) -> Result<Node, YamlError> {
    Ok(Composer::new(text, profile, limits)?
        .document()?
        .unwrap_or_default())
}

/// Reads a file of manifests. The file is split at its separator lines first (`---`, then blanks or a comment), so
/// that a bad document does not spoil the others. Parts that hold only comments are left out.
pub fn load_manifests(text: &str, profile: Profile, limits: &Limits) -> Vec<Manifest> {
    if let Err(error) = check_size(text, limits) {
        return vec![Manifest {
            index: 1,
            span: Span::default(),
            root: Err(error),
        }];
    }
    let file = Rc::new(LineIndex::new(text));
    split(text)
        .into_iter()
        .enumerate()
        .filter(|(_, (_, part))| has_content(part))
        .map(|(index, (start, part))| {
            let end = start + part.len();
            let mut composer = Composer::of_part(&file, start..end, profile, limits);
            Manifest {
                index: index + 1,
                span: span(start, end),
                root: composer.document().map(Option::unwrap_or_default),
            }
        })
        .collect()
}

/// The text of a document, from the first line of its root to the end of it, as its author wrote it. Nothing when the
/// span is that of no document but of a part of one, or the document starts beside its separator.
pub fn document_text(text: &str, root: Span) -> Option<&str> {
    let before = text.get(..root.range().start)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let (above, indentation) = before.split_at_checked(line)?;
    let indentation = indentation.strip_prefix('\u{feff}').unwrap_or(indentation);
    let is_comment = |line: &&str| {
        let line = line.trim_start_matches('\u{feff}').trim();
        line.is_empty() || line.starts_with('#')
    };
    let starts_document = above
        .lines()
        .rev()
        .find(|line| !is_comment(line))
        .is_none_or(is_separator);
    if !starts_document || indentation.contains(|character| character != ' ') {
        return None;
    }
    text.get(root.range().start - indentation.len()..root.range().end)
}

pub(crate) fn check_size(text: &str, limits: &Limits) -> Result<(), YamlError> {
    if text.len() <= limits.file_bytes && u32::try_from(text.len()).is_ok() {
        return Ok(());
    }
    let message = format!(
        "the text has {} bytes, the limit is {}",
        text.len(),
        limits.file_bytes
    );
    Err(YamlError::new(crate::Position::default(), message))
}

/// A span from offsets that [`check_size`] has let pass.
pub(crate) fn span(start: usize, end: usize) -> Span {
    let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}

/// The parts of a file between separator lines, with their offsets. A leading separator starts the first part.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut part_start, mut offset) = (0, 0);
    for line in text.split_inclusive('\n') {
        if is_separator(line) {
            if offset > 0 || part_start > 0 {
                parts.push((part_start, text.get(part_start..offset).unwrap_or_default()));
            }
            part_start = offset + line.len();
        }
        offset += line.len();
    }
    parts.push((part_start, text.get(part_start..).unwrap_or_default()));
    // What a byte order mark or directives leave before the first separator belongs to the first part.
    parts
}

fn is_separator(line: &str) -> bool {
    line.strip_prefix('\u{feff}')
        .unwrap_or(line)
        .strip_prefix("---")
        .is_some_and(|rest| {
            let rest = rest.trim_end_matches(['\n', '\r']);
            let blank = rest.trim_start_matches([' ', '\t']);
            blank.is_empty() || (blank.starts_with('#') && blank.len() < rest.len())
        })
}

fn has_content(part: &str) -> bool {
    part.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        !line.is_empty() && !line.starts_with('#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of each document, which holds what the document holds.
    #[track_caller]
    fn check(text: &str, expected: &[Option<&str>]) {
        let documents = load_manifests(text, Profile::GoYamlV3, &Limits::default());
        assert_eq!(documents.len(), expected.len(), "{text:?}");
        for (document, expected) in documents.into_iter().zip(expected) {
            let root = document.root.unwrap();
            let own = document_text(text, root.span);
            assert_eq!(own, *expected, "{text:?}");
            if let Some(own) = own {
                let again = load_one(own, Profile::GoYamlV3, &Limits::default()).unwrap();
                assert_eq!(crate::to_yaml(&again), crate::to_yaml(&root), "{text:?}");
            }
        }
    }

    #[test]
    fn texts_of_documents() {
        check("a: 1\n", &[Some("a: 1")]);
        check(
            "\u{feff}a: 1\nb: [x,\n y]  # end\n# more\n",
            &[Some("a: 1\nb: [x,\n y]")],
        );
        check(
            "# first\n\n  a: 1\n  b: 2\n--- # next\n# it\nc: |\n  x\n\nd: |+\n  y\n\n",
            &[Some("  a: 1\n  b: 2"), Some("c: |\n  x\n\nd: |+\n  y\n\n")],
        );
        check("---\na: &x {b: 1}\nc: *x\n...\n", &[Some("a: &x {b: 1}\nc: *x")]);
        check(
            "a:\r\n- 1\r\n---\r\nb: 'x\r\n  y'\r\n",
            &[Some("a:\r\n- 1"), Some("b: 'x\r\n  y'")],
        );
        check("--- {a: 1}\n", &[None]);
        check("{\"a\": 1}", &[Some("{\"a\": 1}")]);
        check("a:\n", &[Some("a:")]);
    }

    #[test]
    fn parts_of_documents_are_none() {
        for text in ["items:\n  a: 1\n", "-\n  a: 1\n", "- a: 1\n", "[\n  {a: 1}\n]\n"] {
            let root = load_one(text, Profile::GoYamlV3, &Limits::default()).unwrap();
            let inner = match &root.value {
                crate::Value::Sequence(items) => items.first(),
                _ => root.get("items"),
            };
            assert_eq!(document_text(text, inner.unwrap().span), None, "{text:?}");
        }
    }
}
