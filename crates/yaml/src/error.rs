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
    /// What Go's reader says of it, where it says something else.
    pub go: Option<Box<str>>,
}

impl YamlError {
    pub(crate) fn new(position: Position, message: impl Into<String>) -> Self {
        Self {
            position,
            message: message.into(),
            go: None,
        }
    }

    /// With what Go's reader says.
    pub(crate) fn with_go(self, go: impl Into<String>) -> Self {
        Self {
            go: Some(go.into().into()),
            ..self
        }
    }

    /// What Go's reader says, behind its `yaml: `.
    pub fn go_text(&self) -> &str {
        self.go.as_deref().unwrap_or(&self.message)
    }
}
