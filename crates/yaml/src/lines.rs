//! From byte offsets to lines and columns.

use std::sync::OnceLock;

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

/// The lines of a text, looked for when the first place is asked.
#[derive(Clone, Debug)]
pub struct LineIndex<'text> {
    text: &'text str,
    starts: OnceLock<Vec<usize>>,
}

impl<'text> LineIndex<'text> {
    /// Of a text that is not read yet.
    pub fn new(text: &'text str) -> Self {
        Self {
            text,
            starts: OnceLock::new(),
        }
    }

    /// The text.
    pub fn text(&self) -> &'text str {
        self.text
    }

    /// Offsets at which lines start. The whole text is read for them, once.
    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let ends = self.text.match_indices('\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }

    /// The place of a byte offset; an offset behind the text is its end. A byte order mark has no column.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts().partition_point(|start| *start <= offset);
        let start = self
            .starts()
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
        let start = *self.starts().get(line.checked_sub(1)?)?;
        let end = self.starts().get(line).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// Byte offset at which a line (from 1) starts.
    pub fn start(&self, line: usize) -> Option<usize> {
        self.starts().get(line.checked_sub(1)?).copied()
    }
}
