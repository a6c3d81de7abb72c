//! Errors that Go's decoder meets while it still reads the document before them.
//!
//! The decoder keeps two tokens of the scanner in hand, to find the comments that belong to a node. A text that cannot
//! be scanned just behind a document takes that document with it.

use libyaml_safer::{Scanner, TokenData};

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
    // As the parser is given it: with a line end.
    let text = format!("{}\n", text.strip_suffix('\n').unwrap_or(text));
    let mut input = text.as_bytes();
    let mut scanner = Scanner::new();
    scanner.set_input_string(&mut input);
    let mut starts = Vec::new();
    loop {
        // The scanner panics where the parser would.
        let token = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Scanner::scan(&mut scanner)));
        match token {
            Ok(Ok(token)) => match token.data {
                TokenData::StreamEnd => return None,
                // Ends of blocks have no text and belong to what they end.
                TokenData::BlockEnd => {}
                _ => starts.push(usize::try_from(token.start_mark.index).unwrap_or(usize::MAX)),
            },
            Ok(Err(_)) | Err(_) => return Some(starts),
        }
    }
}
