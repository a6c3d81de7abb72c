//! Which key of the values an expression takes.

use std::rc::Rc;

use super::{Dot, Frame};
use crate::tree::{Command, Operand, OperandKind, Pipe};

/// Where a value comes from, as far as the template's text tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The data that the template was rendered with.
    Root,
    /// A key below `.Values`; empty for the values as a whole.
    Values(Rc<str>),
    /// Anything else.
    #[default]
    Unknown,
}

impl Origin {
    pub(super) fn field(&self, name: &str) -> Self {
        match self {
            Self::Root if name == "Values" => Self::Values("".into()),
            Self::Values(path) if path.is_empty() => Self::Values(name.into()),
            Self::Values(path) => Self::Values(format!("{path}.{name}").into()),
            _ => Self::Unknown,
        }
    }

    pub(super) fn index(&self, index: usize) -> Self {
        match self {
            Self::Values(path) => Self::Values(format!("{path}[{index}]").into()),
            _ => Self::Unknown,
        }
    }

    pub(super) fn values_key(&self) -> Option<Rc<str>> {
        match self {
            Self::Values(path) if !path.is_empty() => Some(Rc::clone(path)),
            _ => None,
        }
    }

    fn fields(&self, names: &[Rc<str>]) -> Self {
        names.iter().fold(self.clone(), |origin, name| origin.field(name))
    }
}

impl Frame<'_, '_> {
    /// The one key that a pipeline takes, possibly through functions. Several keys are no origin.
    pub(super) fn origin_of(&self, dot: &Dot, pipe: &Pipe) -> Origin {
        let mut commands = pipe.commands.iter();
        let Some(first) = commands.next() else {
            return Origin::Unknown;
        };
        let origin = self.origin_of_command(dot, first);
        let others = commands.any(|command| self.origin_of_command(dot, command) != Origin::Unknown);
        if others { Origin::Unknown } else { origin }
    }

    fn origin_of_command(&self, dot: &Dot, command: &Command) -> Origin {
        let Some((first, arguments)) = command.operands.split_first() else {
            return Origin::Unknown;
        };
        if !matches!(first.kind, OperandKind::Function(_)) {
            return self.origin_of_operand(dot, first);
        }
        let mut found = Origin::Unknown;
        for argument in arguments {
            match self.origin_of_operand(dot, argument) {
                Origin::Unknown => {}
                // A helper that takes everything may take any key.
                Origin::Root => return Origin::Unknown,
                origin @ Origin::Values(_) => {
                    if found != Origin::Unknown {
                        return Origin::Unknown;
                    }
                    found = origin;
                }
            }
        }
        found
    }

    fn origin_of_operand(&self, dot: &Dot, operand: &Operand) -> Origin {
        match &operand.kind {
            OperandKind::Dot => dot.origin.clone(),
            OperandKind::Field(fields) => dot.origin.fields(fields),
            OperandKind::Variable { name, fields } => self
                .variables
                .iter()
                .rev()
                .find(|variable| variable.name == *name)
                .map_or(Origin::Unknown, |variable| variable.origin.fields(fields)),
            OperandKind::Chain { of, fields } => self.origin_of_operand(dot, of).fields(fields),
            OperandKind::Pipe(pipe) => self.origin_of(dot, pipe),
            _ => Origin::Unknown,
        }
    }
}
