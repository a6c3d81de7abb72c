//! Block scalars (YAML 1.1, section 9.2).

use std::borrow::Cow;

use super::scanner::Scanner;
use super::token::TokenKind;
use super::{Mark, SyntaxError};

/// What becomes of the line ends behind the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    /// `|`, or `>` whose lines are put together.
    pub(super) fn block_scalar(&mut self, is_literal: bool) -> Result<(), SyntaxError> {
        self.remove_key()?;
        self.key_allowed = true;
        let start = self.cursor.mark();
        let (chomping, increment) = self.block_header(start)?;
        let parent = self.indents.last().copied();
        let mut indent = increment.map(|increment| parent.unwrap_or_default() + increment);
        let mut end = self.cursor.offset();
        let mut text = String::new();
        let mut line_end = "";
        let mut starts_blank = false;
        let mut breaks = String::new();
        let mut indent_here = self.block_breaks(&mut indent, &mut breaks, start, &mut end)?;
        while self.cursor.column() == indent_here && !self.cursor.is_at_end() {
            let is_folded = !is_literal && line_end == "\n" && !starts_blank && !self.cursor.is_at_blank();
            if !is_folded {
                text.push_str(line_end);
            } else if breaks.is_empty() {
                text.push(' ');
            }
            text.push_str(&breaks);
            breaks.clear();
            starts_blank = self.cursor.is_at_blank();
            text.push_str(self.cursor.take_line());
            line_end = self.cursor.take_break();
            indent_here = self.block_breaks(&mut indent, &mut breaks, start, &mut end)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(line_end);
        }
        if chomping == Chomping::Keep {
            text.push_str(&breaks);
        }
        let value = Cow::Owned(text);
        self.push_until(
            TokenKind::Scalar {
                value,
                is_plain: false,
            },
            start,
            end,
        );
        Ok(())
    }

    /// The signs behind `|` or `>`, in either order, and the rest of their line.
    fn block_header(&mut self, start: Mark) -> Result<(Chomping, Option<usize>), SyntaxError> {
        self.cursor.advance(1);
        let (mut chomping, mut increment) = (None, None);
        for _ in 0..2 {
            match self.cursor.byte() {
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'0' if increment.is_none() => {
                    return Err(self.error("found an indentation indicator equal to 0", Some(start)));
                }
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.cursor.advance(1);
        }
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.is_at_line_end() {
            return Err(self.error("did not find expected comment or line break", Some(start)));
        }
        self.cursor.take_break();
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    /// Passes empty lines, and the indentation of the next one; gives how deep the text is indented. The first line
    /// of the text tells it, unless the header did.
    fn block_breaks(
        &mut self,
        indent: &mut Option<usize>,
        breaks: &mut String,
        start: Mark,
        end: &mut usize,
    ) -> Result<usize, SyntaxError> {
        let mut deepest = 0;
        *end = self.cursor.offset();
        loop {
            let may_be_indented = |column: usize| indent.is_none_or(|indent| column < indent);
            while self.cursor.byte() == b' ' && may_be_indented(self.cursor.column()) {
                self.cursor.advance(1);
            }
            let column = self.cursor.column();
            deepest = deepest.max(column);
            if self.cursor.byte() == b'\t' && may_be_indented(column) {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.error(problem, Some(start)));
            }
            let line_end = self.cursor.take_break();
            if line_end.is_empty() {
                break;
            }
            breaks.push_str(line_end);
            *end = self.cursor.offset();
        }
        let least = self.indents.last().map_or(0, |indent| indent + 1).max(1);
        Ok(*indent.get_or_insert(deepest.max(least)))
    }
}
