//! Lines that are put together (YAML 1.1, section 4.2.4).

/// The line ends between two lines of a scalar.
#[derive(Default)]
pub(super) struct Fold<'text> {
    first: Option<&'text str>,
    more: String,
}

impl<'text> Fold<'text> {
    /// Behind a line end that was escaped: it counts as none, those behind it stay.
    pub(super) fn escaped() -> Self {
        Self {
            first: Some(""),
            more: String::new(),
        }
    }

    pub(super) fn push(&mut self, line_end: &'text str) {
        if self.first.is_some() {
            self.more.push_str(line_end);
        } else {
            self.first = Some(line_end);
        }
    }

    /// Adds what the line ends mean, and the next line: one alone is a space, of several the first does not count.
    pub(super) fn join(&self, text: &mut String, line: &str) {
        match (self.first, self.more.as_str()) {
            (Some("\n"), "") => text.push(' '),
            (Some("\n"), more) => text.push_str(more),
            (first, more) => text.extend([first.unwrap_or_default(), more]),
        }
        text.push_str(line);
    }
}
