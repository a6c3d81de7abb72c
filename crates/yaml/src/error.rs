//! What is wrong with a text.

use crate::Position;

/// A text that is no valid document. The message starts with line and column of the text that was passed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
pub struct YamlError {
    /// Where.
    pub position: Position,
    /// What is wrong, and what to do where that is not plain.
    pub message: String,
}

impl YamlError {
    pub(crate) fn new(position: Position, message: impl Into<String>) -> Self {
        Self {
            position,
            message: message.into(),
        }
    }
}
