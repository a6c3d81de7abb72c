//! Text for people.
//!
//! Three views of one report: the gist by category, every object with its findings, every control with its objects.
//! All of them start with what was scanned and end with what the reader may do next.

mod attacks;
mod controls;
mod coverage;
mod evidence;
mod header;
mod objects;
mod paint;
mod security;
mod table;

use std::io::Write;
use std::path::PathBuf;

use crate::ScanReport;
use paint::Paint;

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
    /// Show the ways of attack.
    pub attacks: bool,
    /// Show the value that is there now.
    pub evidence: bool,
    /// Show secret values too.
    pub secrets: bool,
    /// The inputs as the user typed them, for the title and for commands in hints.
    pub inputs: Vec<String>,
    /// The folder that places are told from: what a terminal opens is a path from there.
    pub folder: PathBuf,
}

/// Narrower than this nothing can be laid out.
const LEAST_WIDTH: usize = 40;
/// Lines that are longer are hard to read, however wide the terminal is.
const MOST_WIDTH: usize = 160;

/// Writes the report.
pub fn write(scan: &ScanReport<'_>, style: &Style, output: &mut dyn Write) -> std::io::Result<()> {
    let page = Page {
        scan,
        style,
        paint: Paint { color: style.color },
        width: style.width.clamp(LEAST_WIDTH, MOST_WIDTH),
    };
    header::write(&page, output)?;
    match style.view {
        View::Security => security::write(&page, output)?,
        View::Resource => objects::write(&page, output)?,
        View::Control => controls::write(&page, output)?,
    }
    if style.attacks {
        attacks::write(&page, output)?;
    }
    coverage::write(&page, output)
}

/// What every part of the text needs.
struct Page<'a> {
    scan: &'a ScanReport<'a>,
    style: &'a Style,
    paint: Paint,
    width: usize,
}

impl Page<'_> {
    /// Writes a paragraph, wrapped and indented.
    fn paragraph(&self, text: &str, indent: usize, output: &mut dyn Write) -> std::io::Result<()> {
        let spaces = " ".repeat(indent);
        let width = self.width.saturating_sub(indent).max(LEAST_WIDTH / 2);
        for line in textwrap::wrap(text, width) {
            writeln!(output, "{spaces}{line}")?;
        }
        Ok(())
    }
}

/// Text of manifests as a terminal may get it. Terminals obey control characters, and marks of direction make lines
/// read as what they are not; a manifest must do neither.
fn visible(text: &str) -> String {
    let obeyed = |character: char| {
        character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|character| if obeyed(character) { '\u{fffd}' } else { character })
        .collect()
}

/// `1 object`, `2 objects`.
fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
