//! Parsed templates.

use std::fmt;
use std::rc::Rc;

use crate::Value;
use crate::number::Number;

/// A parsed definition: a file, or a `define` in it.
pub(crate) struct Template {
    /// Its name.
    pub name: Rc<str>,
    /// The file that it stands in, and its text.
    pub file: Rc<File>,
    pub body: Box<[Node]>,
}

impl Template {
    /// Whether it has nothing to say: then it never replaces another.
    pub(crate) fn is_empty(&self) -> bool {
        is_empty(&self.body, &self.file)
    }
}

/// A parsed text.
pub(crate) struct File {
    pub name: Rc<str>,
    pub text: Box<str>,
}

impl File {
    /// A part of the text.
    pub(crate) fn part(&self, at: usize, length: usize) -> &str {
        self.text.get(at..at + length).unwrap_or_default()
    }

    /// Line (from 1) and column (from 0) of a byte, as Go's templates count them.
    pub(crate) fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let column = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(at, |newline| at - newline - 1);
        (line, column)
    }
}

pub(crate) enum Node {
    /// A part of the file.
    Text {
        at: usize,
        length: usize,
    },
    Action {
        pipe: Pipe,
    },
    If(Branch),
    With(Branch),
    Range(Branch),
    Template {
        at: usize,
        name: Rc<str>,
        pipe: Option<Pipe>,
    },
    Break,
    Continue,
}

pub(crate) struct Branch {
    pub pipe: Pipe,
    pub body: Box<[Node]>,
    pub otherwise: Box<[Node]>,
}

#[derive(Default)]
pub(crate) struct Pipe {
    pub at: usize,
    pub declared: Box<[Rc<str>]>,
    pub is_assignment: bool,
    pub commands: Box<[Command]>,
}

pub(crate) struct Command {
    pub at: usize,
    pub operands: Box<[Operand]>,
}

pub(crate) struct Operand {
    pub at: usize,
    pub kind: OperandKind,
}

pub(crate) enum OperandKind {
    Dot,
    Nil,
    Bool(bool),
    Number(Box<Number>),
    String {
        source: Box<str>,
        value: Value,
    },
    Field(Box<[Rc<str>]>),
    Variable {
        name: Rc<str>,
        fields: Box<[Rc<str>]>,
    },
    Chain {
        of: Box<Operand>,
        fields: Box<[Rc<str>]>,
    },
    Function(Rc<str>),
    Pipe(Box<Pipe>),
}

/// Whether a definition has nothing to say: it never replaces another.
pub(crate) fn is_empty(body: &[Node], file: &File) -> bool {
    body.iter().all(|node| match node {
        Node::Text { at, length } => file.part(*at, *length).trim().is_empty(),
        _ => false,
    })
}

fn write_fields(fields: &[Rc<str>], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    fields.iter().try_for_each(|field| write!(formatter, ".{field}"))
}

impl fmt::Display for Operand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            OperandKind::Dot => formatter.write_str("."),
            OperandKind::Nil => formatter.write_str("nil"),
            OperandKind::Bool(flag) => write!(formatter, "{flag}"),
            OperandKind::Number(number) => formatter.write_str(&number.source),
            OperandKind::String { source, .. } => formatter.write_str(source),
            OperandKind::Field(fields) => write_fields(fields, formatter),
            OperandKind::Variable { name, fields } => {
                formatter.write_str(name)?;
                write_fields(fields, formatter)
            }
            OperandKind::Chain { of, fields } => {
                write!(formatter, "{of}")?;
                write_fields(fields, formatter)
            }
            OperandKind::Function(name) => formatter.write_str(name),
            OperandKind::Pipe(pipe) => write!(formatter, "({pipe})"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, operand) in self.operands.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{operand}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.declared.is_empty() {
            let sign = if self.is_assignment { "=" } else { ":=" };
            write!(formatter, "{} {sign} ", self.declared.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" | ")?;
            }
            write!(formatter, "{command}")?;
        }
        Ok(())
    }
}
