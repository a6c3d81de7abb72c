//! What a chart was rendered to, and what wrote each line of it.

use std::sync::Arc;

/// A rendered document: objects' places are places in its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The text.
    pub text: Arc<str>,
    /// What wrote its lines.
    pub origins: Origins,
}

/// What wrote the lines of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// A file, relative to the root of the input, that was taken over as it is.
    File(Arc<str>),
    /// The origin of each line.
    Lines(Vec<RenderedLine>),
}

impl Default for Origins {
    fn default() -> Self {
        Self::Lines(Vec::new())
    }
}

/// What wrote a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedLine {
    /// The template file, relative to the root of the input.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: u32,
    /// The key below `.Values` that the line shows, when it shows just one.
    pub values_key: Option<Arc<str>>,
}

impl Rendering {
    /// The origin of a line, from 1. Lines behind the last known one have the origin of that.
    pub fn line(&self, line: usize) -> Option<RenderedLine> {
        match &self.origins {
            Origins::File(file) => Some(RenderedLine {
                file: Arc::clone(file),
                line: u32::try_from(line).unwrap_or(u32::MAX),
                values_key: None,
            }),
            Origins::Lines(lines) => lines.get(line.saturating_sub(1)).or(lines.last()).cloned(),
        }
    }
}
