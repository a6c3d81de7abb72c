//! The tables of a release: which controls a framework has, which rules a control has.

use std::path::{Path, PathBuf};

use crate::LibraryError;

/// Where something is named: a file and the line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.path.display(), self.line)
    }
}

/// A row of a table, its cells in the order of the columns that were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<const COLUMNS: usize> {
    pub(super) cells: [String; COLUMNS],
    pub(super) place: Place,
}

/// Reads a table whose first row names its columns. Columns may stand in any order; the last ones that are asked for
/// may be missing when they are not among the `needed` first.
pub(super) fn read_table<const COLUMNS: usize>(
    path: &Path,
    text: &str,
    columns: [&str; COLUMNS],
    needed: usize,
) -> Result<Vec<Row<COLUMNS>>, LibraryError> {
    let mut records = records(path, text)?.into_iter();
    let Some((_, header)) = records.next() else {
        return Err(shape(path, 1, "the table is empty"));
    };
    let mut places = [None; COLUMNS];
    for (index, (column, place)) in columns.iter().zip(&mut places).enumerate() {
        *place = header
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(column));
        if place.is_none() && index < needed {
            let message = format!(
                "the first line names the columns; there is no column {column} among {:?}",
                header.join(",")
            );
            return Err(shape(path, 1, &message));
        }
    }
    let mut rows = Vec::new();
    for (line, record) in records {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cells = places.map(|place| {
            let cell = place.and_then(|place| record.get(place));
            cell.map(|cell| cell.trim().to_owned()).unwrap_or_default()
        });
        if let Some((column, _)) = columns
            .iter()
            .zip(&cells)
            .take(needed)
            .find(|(_, cell)| cell.is_empty())
        {
            return Err(shape(path, line, &format!("the row has no {column}")));
        }
        let place = Place {
            path: path.to_owned(),
            line,
        };
        rows.push(Row { cells, place });
    }
    Ok(rows)
}

/// Records with the lines that they start on. A cell in double quotes may hold commas, line ends and doubled quotes.
fn records(path: &Path, text: &str) -> Result<Vec<(usize, Vec<String>)>, LibraryError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut started) = (1, 1);
    let mut quoted_since = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        line += usize::from(character == '\n');
        if quoted_since.is_some() {
            match character {
                '"' if characters.next_if_eq(&'"').is_some() => cell.push('"'),
                '"' => quoted_since = None,
                other => cell.push(other),
            }
            continue;
        }
        match character {
            '"' if cell.is_empty() => quoted_since = Some(line),
            ',' => record.push(std::mem::take(&mut cell)),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut cell));
                records.push((started, std::mem::take(&mut record)));
                started = line;
            }
            other => cell.push(other),
        }
    }
    if let Some(line) = quoted_since {
        return Err(shape(path, line, "the quote that opens here is never closed"));
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        records.push((started, record));
    }
    Ok(records)
}

fn shape(path: &Path, line: usize, message: &str) -> LibraryError {
    LibraryError::Line {
        path: path.to_owned(),
        line,
        message: message.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise and say so")]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row<3>>, LibraryError> {
        let columns = ["frameworkName", "ControlID", "ControlName"];
        read_table(Path::new("t.csv"), text, columns, 2)
    }

    #[track_caller]
    fn check(text: &str, expected: &[([&str; 3], usize)]) {
        let rows = read(text).unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.cells.each_ref().map(String::as_str), row.place.line))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[track_caller]
    fn fails(text: &str, expected: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
    }

    #[test]
    fn tables() {
        check(
            "frameworkName,ControlID,ControlName\r\nNSA,C-1,\"a, \"\"b\"\"\nc\"\r\n\r\nNSA,C-2,d",
            &[(["NSA", "C-1", "a, \"b\"\nc"], 2), (["NSA", "C-2", "d"], 5)],
        );
        check("controlid,frameworkname\nC-1,NSA\n", &[(["NSA", "C-1", ""], 2)]);
        check("frameworkName,ControlID,ControlName\n", &[]);
    }

    #[test]
    fn broken_tables() {
        fails("", "t.csv:1: the table is empty");
        fails(
            "a,b\n1,2\n",
            "t.csv:1: the first line names the columns; there is no column frameworkName among \"a,b\"",
        );
        fails(
            "frameworkName,ControlID\nNSA,C-1\nNSA\n",
            "t.csv:3: the row has no ControlID",
        );
        fails(
            "frameworkName,ControlID\nNSA,\"C-1\n",
            "t.csv:2: the quote that opens here is never closed",
        );
    }
}
