//! Rendered text, with what wrote it.

use std::rc::Rc;

/// Where a part of a rendered text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Offset in the rendered text from which on this holds.
    pub start: usize,
    /// The template file.
    pub file: Rc<str>,
    /// Byte of the template file.
    pub at: usize,
    /// Whether the text is the template's own, byte by byte, rather than a value.
    pub is_text: bool,
    /// The key below `.Values` that was inserted, when the action inserts just one.
    pub values_key: Option<Rc<str>>,
}

/// A rendered text.
#[derive(Debug, Default)]
pub struct Output {
    /// The text.
    pub text: Vec<u8>,
    /// What wrote it, in the order of the text; empty when nobody asked.
    pub marks: Vec<Mark>,
    keeps_marks: bool,
}

impl Output {
    pub(crate) fn with_marks() -> Self {
        Self {
            keeps_marks: true,
            ..Self::default()
        }
    }

    pub(crate) fn keeps_marks(&self) -> bool {
        self.keeps_marks
    }

    pub(crate) fn push(&mut self, bytes: &[u8], mark: impl FnOnce(usize) -> Mark) {
        if bytes.is_empty() {
            return;
        }
        if self.keeps_marks {
            self.marks.push(mark(self.text.len()));
        }
        self.text.extend_from_slice(bytes);
    }
}
