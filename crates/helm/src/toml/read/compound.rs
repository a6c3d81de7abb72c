//! Arrays and tables within a line.

use super::{Reader, Result, is_control, shown};
use kubescape_gotemplate::{Map, Value};

impl Reader<'_> {
    pub(super) fn array(&mut self, depth: usize) -> Result<Value> {
        self.next();
        let mut items = Vec::new();
        loop {
            self.gap()?;
            if self.take("]") {
                return Ok(Value::list(items));
            }
            if self.peek() == Some(',') {
                return self.fail("unexpected comma");
            }
            items.push(self.value(depth + 1)?);
            self.gap()?;
            match self.peek() {
                Some(',') => {
                    self.next();
                }
                Some(']') => {}
                other => {
                    let found = other.map_or_else(|| "end of file".to_owned(), |found| shown(Some(found)));
                    return self.fail(format!(
                        "expected a comma (',') or array terminator (']'), but got {found}"
                    ));
                }
            }
        }
    }

    /// Blanks, line breaks and comments.
    fn gap(&mut self) -> Result<()> {
        loop {
            self.blanks();
            match self.peek() {
                Some('#') => self.comment()?,
                _ if self.take("\n") || self.take("\r\n") => {}
                _ => return Ok(()),
            }
        }
    }

    pub(super) fn inline_table(&mut self, depth: usize) -> Result<Value> {
        self.next();
        // Keys within count from here on.
        let outer_table = self.table.clone();
        let outer_key = std::mem::take(&mut self.key);
        self.table.extend(outer_key.iter().cloned());
        let made = Map::dict();
        let mut after_comma = false;
        loop {
            self.blanks();
            match self.peek() {
                Some('}') if after_comma => {
                    return self.fail("trailing comma not allowed in inline tables");
                }
                Some('}') => {
                    self.next();
                    break;
                }
                Some(',') => return self.fail("unexpected comma"),
                Some('\n' | '\r') => return self.fail("newlines not allowed within inline tables"),
                Some('#') => return self.fail("expected '.' or '=', but got '#' instead"),
                Some(character) if is_control(character) => return self.control(character),
                _ => {}
            }
            self.key = self.dotted_key()?;
            let value = self.value(depth + 1)?;
            let path = self.table.clone();
            self.set_in(&made, path, value)?;
            self.blanks();
            after_comma = false;
            match self.peek() {
                Some(',') => {
                    self.next();
                    after_comma = true;
                }
                Some('}') => {}
                Some('\n' | '\r') => return self.fail("newlines not allowed within inline tables"),
                other => {
                    let found = other.map_or_else(|| "end of file".to_owned(), |found| shown(Some(found)));
                    return self.fail(format!(
                        "expected a comma or an inline table terminator '}}', but got {found} instead"
                    ));
                }
            }
        }
        self.table = outer_table;
        self.key = outer_key;
        Ok(Value::Map(made))
    }
}
