//! From byte offsets to lines and columns.

use std::cell::OnceCell;

/// A place as editors show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The starts of a text's lines.
#[derive(Clone, Debug)]
pub struct LineIndex<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> LineIndex<'text> {
    /// Reads the whole text once.
    pub fn new(text: &'text str) -> Self {
        let newlines = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(index, _)| index + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(newlines).collect(),
        }
    }

    /// The place of a byte offset; an offset behind the text is its end. A byte order mark has no column.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = match start {
            0 => before.trim_start_matches('\u{feff}'),
            _ => before,
        };
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The text of a line (from 1), without its end.
    pub fn line(&self, line: usize) -> Option<&'text str> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// Byte offset at which a line (from 1) starts.
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }
}

/// A file whose lines are looked for when the first place is asked.
pub(crate) struct File<'text> {
    text: &'text str,
    index: OnceCell<LineIndex<'text>>,
}

impl<'text> File<'text> {
    pub(crate) fn new(text: &'text str) -> Self {
        Self {
            text,
            index: OnceCell::new(),
        }
    }

    pub(crate) fn text(&self) -> &'text str {
        self.text
    }

    pub(crate) fn position(&self, offset: usize) -> Position {
        self.index
            .get_or_init(|| LineIndex::new(self.text))
            .position(offset)
    }
}
