//! Text for people.

use std::io::Write;

use crate::ScanReport;

/// How results are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// By category, the gist only.
    Security,
    /// By object.
    Resource,
    /// By control.
    Control,
}

/// How text is laid out.
#[derive(Clone, Debug)]
pub struct Style {
    /// How results are grouped.
    pub view: View,
    /// Whether colours are used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Show every finding, and what passed.
    pub verbose: bool,
    /// Show the value that is there now.
    pub evidence: bool,
    /// Show secret values too.
    pub secrets: bool,
    /// The input as the user typed it, for commands in hints.
    pub input: String,
}

/// Writes the report.
pub fn write(scan: &ScanReport<'_>, style: &Style, output: &mut dyn Write) -> std::io::Result<()> {
    let _ = style;
    writeln!(output, "compliance {}", scan.report.summary.compliance)
}
