//! What goes wrong, with where.

/// A template that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template: {file}:{line}: {message}")]
pub struct ParseError {
    /// Name of the template file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// A template that fails when it is rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template: {file}:{line}:{column}: executing {} at <{source_text}>: {message}", crate::format::quote(.template.as_bytes(), false))]
pub struct ExecError {
    /// Name of the template file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 0.
    pub column: usize,
    /// Name of the definition that was executed.
    pub template: String,
    /// The part of the template that failed, as it is written.
    pub source_text: String,
    /// What is wrong; for a failed `include` the whole chain.
    pub message: String,
    /// The message of a `fail` or `required` below: the chart's author speaks to its user.
    pub user_message: Option<String>,
}

/// Why a function gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    /// What is wrong.
    pub message: String,
    /// Set when the message is for the chart's user.
    pub user_message: Option<String>,
}

impl CallError {
    /// An error with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            user_message: None,
        }
    }

    /// A message of the chart's author to its user.
    pub fn for_user(message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            message: message.clone(),
            user_message: Some(message),
        }
    }
}

impl From<Box<ExecError>> for CallError {
    fn from(error: Box<ExecError>) -> Self {
        Self {
            message: error.to_string(),
            user_message: error.user_message,
        }
    }
}
