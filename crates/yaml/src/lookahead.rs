//! Errors that Go's decoder meets while it still reads the document before them.
//!
//! The decoder keeps two tokens of the scanner in hand, to find the comments that belong to a node. A text that cannot
//! be scanned just behind a document takes that document with it.

use crate::syntax::{Scanner, Token, TokenKind};

/// Tokens that are read ahead of the one that is looked at.
const AHEAD: usize = 2;

/// Takes back the documents that the decoder would not have finished. `ends` are the offsets where they end.
pub(crate) fn withhold<T>(text: &str, ends: &mut Vec<usize>, documents: &mut Vec<T>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(starts) = starts_until_error(text) else {
        return;
    };
    while let Some(end) = ends.last() {
        let read = starts.iter().filter(|start| *start < end).count();
        if starts.len() - read > AHEAD {
            return;
        }
        ends.pop();
        documents.pop();
    }
}

/// Where each token starts, up to the one that cannot be scanned; `None` when all can.
fn starts_until_error(text: &str) -> Option<Vec<usize>> {
    let mut scanner = Scanner::new(text);
    let mut starts = Vec::new();
    while let Ok(token) = scanner.peek() {
        if matches!(token.kind, TokenKind::StreamEnd) {
            return None;
        }
        starts.extend(start_of(token));
        scanner.skip();
    }
    starts.extend(scanner.queued().filter_map(start_of));
    Some(starts)
}

/// Ends of blocks have no text and belong to what they end.
fn start_of(token: &Token<'_>) -> Option<usize> {
    (!matches!(token.kind, TokenKind::BlockEnd)).then_some(token.start.offset)
}
