//! Tables of controls.

use std::io::Write;

use comfy_table::{
    Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table,
    TableStyle, presets,
};
use kubescape_model::Severity;

use super::Page;

/// Thin lines around the table and below its headings, none between rows.
const LINES: TableStyle = presets::UTF8_FULL_CONDENSED
    .with_rounded_corners()
    .header_lines(ContentLineStyle::new('│', '│', '│'))
    .header_separator(LineStyle::new('├', '─', '┼', '┤'))
    .content_lines(ContentLineStyle::new('│', '│', '│'));

/// Heading of the column whose texts are wrapped.
pub(super) const WRAPPED: &str = "Control";

/// A table in the width of the page.
pub(super) struct Rows {
    table: Table,
    color: bool,
}

impl Rows {
    pub(super) fn new(page: &Page<'_>, headings: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(LINES);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(page.width).unwrap_or(u16::MAX));
        // The page decides about colours, not the table's guess of where it will be shown.
        table.force_no_tty();
        if page.paint.color {
            table.enforce_styling();
        }
        table.set_header(headings.iter().map(Cell::new).collect::<Vec<_>>());
        // Only what is long may be broken into lines.
        for (column, heading) in table.column_iter_mut().zip(headings) {
            if *heading != WRAPPED {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        Self {
            table,
            color: page.paint.color,
        }
    }

    pub(super) fn push(&mut self, cells: Vec<Cell>) {
        self.table.add_row(cells);
    }

    pub(super) fn severity(&self, severity: Severity) -> Cell {
        let cell = Cell::new(severity.as_str());
        let color = match severity {
            Severity::Critical => Color::Magenta,
            Severity::High => Color::Red,
            Severity::Medium => Color::Yellow,
            Severity::Low => Color::Cyan,
            Severity::Unknown => Color::DarkGrey,
        };
        if self.color { cell.fg(color) } else { cell }
    }

    pub(super) fn write(&self, output: &mut dyn Write) -> std::io::Result<()> {
        for line in self.table.lines() {
            writeln!(output, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

pub(super) fn text(content: impl ToString) -> Cell {
    Cell::new(content)
}

pub(super) fn number(content: impl ToString) -> Cell {
    Cell::new(content).set_alignment(CellAlignment::Right)
}
