//! Running a parsed template.

mod call;
mod origin;

use std::fmt;
use std::rc::Rc;

pub(crate) use origin::Origin;

use crate::builtin::zero;
use crate::error::{CallError, ExecError};
use crate::number::Number;
use crate::output::{Mark, Output};
use crate::tree::{Branch, Command, Node, Operand, OperandKind, Pipe, Template};
use crate::value::Element;
use crate::{Engine, Value};

type Result<T> = std::result::Result<T, Box<ExecError>>;

/// A value as the executor sees it.
#[derive(Clone, Default)]
struct Slot {
    value: Value,
    /// Whether its static type is `interface {}`: elements of maps and lists are. Go's messages, and what happens
    /// with nothing, depend on it.
    is_interface: bool,
}

impl Slot {
    fn of(value: Value) -> Self {
        Self {
            value,
            is_interface: false,
        }
    }

    fn element(value: Value, element: Element) -> Self {
        Self {
            value,
            is_interface: element == Element::Interface,
        }
    }

    fn type_name(&self) -> &'static str {
        if self.is_interface {
            "interface {}"
        } else {
            self.value.type_name()
        }
    }
}

/// Dot, and where it comes from.
#[derive(Clone)]
struct Dot {
    slot: Slot,
    origin: Origin,
}

struct Variable {
    name: Rc<str>,
    slot: Slot,
    origin: Origin,
}

/// What is being evaluated, for messages.
#[derive(Clone, Copy)]
enum Site<'t> {
    Nothing,
    Operand(&'t Operand),
    Command(&'t Command),
    Pipe(&'t Pipe),
    Call {
        at: usize,
        name: &'t str,
        pipe: Option<&'t Pipe>,
    },
}

impl Site<'_> {
    fn at(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Operand(operand) => operand.at,
            Self::Command(command) => command.at,
            Self::Pipe(pipe) => pipe.at,
            Self::Call { at, .. } => at,
        }
    }
}

impl fmt::Display for Site<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Operand(operand) => operand.fmt(formatter),
            Self::Command(command) => command.fmt(formatter),
            Self::Pipe(pipe) => pipe.fmt(formatter),
            Self::Call { name, pipe, .. } => {
                let name = crate::format::quote(name.as_bytes(), false);
                match pipe {
                    Some(pipe) => write!(formatter, "{{{{template {name} {pipe}}}}}"),
                    None => write!(formatter, "{{{{template {name}}}}}"),
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// Runs a template with its argument as dot and `$`.
pub(crate) fn run(
    engine: &Engine,
    template: &Rc<Template>,
    data: Value,
    origin: Origin,
    output: &mut Output,
) -> Result<()> {
    let mut frame = Frame {
        engine,
        template,
        variables: vec![Variable {
            name: "$".into(),
            slot: Slot::of(data.clone()),
            origin: origin.clone(),
        }],
        site: Site::Nothing,
        output,
    };
    let dot = Dot {
        slot: Slot::of(data),
        origin,
    };
    engine.enter().map_err(|error| frame.failed(error))?;
    let result = frame.walk(&dot, &template.body);
    engine.leave();
    result.map(|_| ())
}

/// One template that is being run.
struct Frame<'t, 'o> {
    engine: &'t Engine,
    template: &'t Template,
    variables: Vec<Variable>,
    site: Site<'t>,
    output: &'o mut Output,
}

impl<'t> Frame<'t, '_> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(self.failed(CallError::new(message)))
    }

    fn failed(&self, error: CallError) -> Box<ExecError> {
        let (line, column) = self.template.file.position(self.site.at());
        Box::new(ExecError {
            file: self.template.file.name.to_string(),
            line,
            column,
            template: self.template.name.to_string(),
            source_text: self.site.to_string(),
            message: error.message,
            user_message: error.user_message,
        })
    }

    fn walk(&mut self, dot: &Dot, nodes: &'t [Node]) -> Result<Flow> {
        for node in nodes {
            self.engine.step().map_err(|error| self.failed(error))?;
            let flow = match node {
                Node::Text { at, length } => {
                    let text = self.template.file.part(*at, *length);
                    self.write(text.as_bytes(), *at, true, None)?;
                    Flow::Next
                }
                Node::Action { pipe } => self.action(dot, pipe)?,
                Node::If(branch) => self.branch(dot, branch, false)?,
                Node::With(branch) => self.branch(dot, branch, true)?,
                Node::Range(branch) => self.range(dot, branch)?,
                Node::Template { at, name, pipe } => {
                    self.call_template(dot, *at, name, pipe.as_ref())?;
                    Flow::Next
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn write(&mut self, bytes: &[u8], at: usize, is_text: bool, values_key: Option<Rc<str>>) -> Result<()> {
        self.engine
            .wrote(bytes.len())
            .map_err(|error| self.failed(error))?;
        let file = &self.template.file.name;
        self.output.push(bytes, |start| Mark {
            start,
            file: Rc::clone(file),
            at,
            is_text,
            values_key,
        });
        Ok(())
    }

    fn action(&mut self, dot: &Dot, pipe: &'t Pipe) -> Result<Flow> {
        let slot = self.pipe(dot, pipe)?;
        if !pipe.declared.is_empty() {
            return Ok(Flow::Next);
        }
        self.site = Site::Pipe(pipe);
        let values_key = if self.output.keeps_marks() {
            self.origin_of(dot, pipe).values_key()
        } else {
            None
        };
        match &slot.value {
            Value::Nil => self.write(b"<no value>", pipe.at, false, values_key)?,
            Value::String(text) => self.write(text.as_bytes(), pipe.at, false, values_key)?,
            Value::Object(object) => self.write(object.show().as_bytes(), pipe.at, false, values_key)?,
            other => {
                let text = crate::format::print(other);
                self.write(text.as_bytes(), pipe.at, false, values_key)?;
            }
        }
        Ok(Flow::Next)
    }

    fn branch(&mut self, dot: &Dot, branch: &'t Branch, sets_dot: bool) -> Result<Flow> {
        let mark = self.variables.len();
        let slot = self.pipe(dot, &branch.pipe)?;
        let flow = if slot.value.is_true() {
            if sets_dot {
                let origin = self.origin_of(dot, &branch.pipe);
                self.walk(&Dot { slot, origin }, &branch.body)
            } else {
                self.walk(dot, &branch.body)
            }
        } else {
            self.walk(dot, &branch.otherwise)
        };
        self.variables.truncate(mark);
        flow
    }

    fn range(&mut self, dot: &Dot, branch: &'t Branch) -> Result<Flow> {
        let outer = self.variables.len();
        let over = self.pipe(dot, &branch.pipe)?.value;
        let origin = self.origin_of(dot, &branch.pipe);
        let mark = self.variables.len();
        let mut ran = false;
        match &over {
            Value::List(list) => {
                for (index, item) in list.items().iter().enumerate() {
                    ran = true;
                    let element = Dot {
                        slot: Slot::element(item.clone(), list.class().element),
                        origin: origin.index(index),
                    };
                    let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                    if self.iteration(branch, mark, index, element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Bytes(bytes) => {
                for (index, byte) in bytes.as_bytes().iter().enumerate() {
                    ran = true;
                    let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                    let element = Dot {
                        slot: Slot::of(Value::Uint8(*byte)),
                        origin: Origin::Unknown,
                    };
                    if self.iteration(branch, mark, index, element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                for (key, item) in map.entries() {
                    ran = true;
                    let element = Dot {
                        origin: origin.field(&key.to_str()),
                        slot: Slot::element(item, map.class().element),
                    };
                    if self.iteration(branch, mark, Value::String(key), element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Int(count) | Value::Int64(count) => {
                if branch.pipe.declared.len() > 1 {
                    return self.error(format!(
                        "can't use {count} to iterate over more than one variable"
                    ));
                }
                for number in 0..*count {
                    ran = true;
                    self.engine.step().map_err(|error| self.failed(error))?;
                    let element = Dot {
                        slot: Slot::of(match over {
                            Value::Int64(_) => Value::Int64(number),
                            _ => Value::Int(number),
                        }),
                        origin: Origin::Unknown,
                    };
                    if self.iteration(branch, mark, Value::Nil, element)? == Flow::Break {
                        break;
                    }
                }
            }
            Value::Nil => {}
            other => {
                return self.error(format!(
                    "range can't iterate over {}",
                    crate::format::print(other)
                ));
            }
        }
        let flow = if ran {
            Flow::Next
        } else {
            self.walk(dot, &branch.otherwise)?
        };
        self.variables.truncate(outer);
        Ok(flow)
    }

    fn iteration(&mut self, branch: &'t Branch, mark: usize, index: Value, element: Dot) -> Result<Flow> {
        let declared = &branch.pipe.declared;
        if let Some(first) = declared.first() {
            let (name, value) = match declared.get(1) {
                None => (first, element.clone()),
                Some(second) => {
                    self.bind(branch, second, 1, &element)?;
                    let index = Dot {
                        slot: Slot::of(index),
                        origin: Origin::Unknown,
                    };
                    (first, index)
                }
            };
            let from_top = declared.len();
            self.bind(branch, name, from_top, &value)?;
        }
        let flow = self.walk(&element, &branch.body)?;
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// Gives a range's variable the value of this turn: the declared one stands `from_top` from the end.
    fn bind(&mut self, branch: &Branch, name: &Rc<str>, from_top: usize, value: &Dot) -> Result<()> {
        if branch.pipe.is_assignment {
            return self.assign(name, value.slot.clone(), value.origin.clone());
        }
        let index = self.variables.len().saturating_sub(from_top);
        if let Some(variable) = self.variables.get_mut(index) {
            variable.slot = value.slot.clone();
            variable.origin = value.origin.clone();
        }
        Ok(())
    }

    fn assign(&mut self, name: &Rc<str>, slot: Slot, origin: Origin) -> Result<()> {
        match self
            .variables
            .iter_mut()
            .rev()
            .find(|variable| variable.name == *name)
        {
            Some(variable) => {
                variable.slot = slot;
                variable.origin = origin;
                Ok(())
            }
            None => self.error(format!("undefined variable: {name}")),
        }
    }

    fn call_template(&mut self, dot: &Dot, at: usize, name: &'t str, pipe: Option<&'t Pipe>) -> Result<()> {
        self.site = Site::Call { at, name, pipe };
        let Some(template) = self.engine.template(name) else {
            let name = crate::format::quote(name.as_bytes(), false);
            return self.error(format!("template {name} not defined"));
        };
        let (data, origin) = match pipe {
            Some(pipe) => (self.pipe(dot, pipe)?.value, self.origin_of(dot, pipe)),
            None => (Value::Nil, Origin::Unknown),
        };
        self.site = Site::Call { at, name, pipe };
        run(self.engine, &template, data, origin, self.output)
    }

    /// The value of a pipeline. Its type is always the value's own.
    fn pipe(&mut self, dot: &Dot, pipe: &'t Pipe) -> Result<Slot> {
        self.site = Site::Pipe(pipe);
        let mut last: Option<Value> = None;
        for command in &pipe.commands {
            last = Some(self.command(dot, command, last)?.value);
        }
        let slot = Slot::of(last.unwrap_or_default());
        for name in &pipe.declared {
            let origin = self.origin_of(dot, pipe);
            if pipe.is_assignment {
                self.assign(name, slot.clone(), origin)?;
            } else {
                self.variables.push(Variable {
                    name: Rc::clone(name),
                    slot: slot.clone(),
                    origin,
                });
            }
        }
        Ok(slot)
    }

    fn command(&mut self, dot: &Dot, command: &'t Command, last: Option<Value>) -> Result<Slot> {
        self.engine.step().map_err(|error| self.failed(error))?;
        let Some((first, arguments)) = command.operands.split_first() else {
            return Ok(Slot::default());
        };
        match &first.kind {
            OperandKind::Field(fields) => {
                self.site = Site::Operand(first);
                let receiver = dot.slot.clone();
                return self.fields(dot, first, receiver, fields, arguments, last);
            }
            OperandKind::Chain { .. } | OperandKind::Variable { .. } => {
                return self.chain(dot, first, arguments, last);
            }
            OperandKind::Function(name) => {
                self.site = Site::Operand(first);
                return self.function(dot, name, Site::Command(command), arguments, last);
            }
            _ => {}
        }
        if !matches!(first.kind, OperandKind::Pipe(_)) {
            self.site = Site::Operand(first);
        }
        if !arguments.is_empty() || last.is_some() {
            let shown = match &first.kind {
                OperandKind::Pipe(pipe) => pipe.to_string(),
                _ => first.to_string(),
            };
            return self.error(format!("can't give argument to non-function {shown}"));
        }
        match &first.kind {
            OperandKind::Pipe(pipe) => self.pipe(dot, pipe),
            OperandKind::Dot => Ok(dot.slot.clone()),
            OperandKind::Nil => self.error("nil is not a command"),
            OperandKind::Bool(flag) => Ok(Slot::of(Value::Bool(*flag))),
            OperandKind::String { value, .. } => Ok(Slot::of(value.clone())),
            OperandKind::Number(number) => self.constant(number).map(Slot::of),
            _ => self.error(format!("can't evaluate command {first}")),
        }
    }

    /// A number where any type will do.
    fn constant(&self, number: &Number) -> Result<Value> {
        if let Some((real, imaginary)) = number.complex {
            return Ok(Value::Complex(real, imaginary));
        }
        match (number.is_float_by_default(), number.float, number.int) {
            (true, Some(float), _) => Ok(Value::Float(float)),
            (_, _, Some(int)) => Ok(Value::Int(int)),
            _ => self.error(format!("{} overflows int", number.source)),
        }
    }

    /// A variable or parenthesised expression with its fields.
    fn chain(
        &mut self,
        dot: &Dot,
        operand: &'t Operand,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Slot> {
        self.site = Site::Operand(operand);
        let (receiver, fields) = match &operand.kind {
            OperandKind::Variable { name, fields } => {
                let Some(variable) = self
                    .variables
                    .iter()
                    .rev()
                    .find(|variable| variable.name == *name)
                else {
                    return self.error(format!("undefined variable: {name}"));
                };
                let slot = variable.slot.clone();
                if fields.is_empty() {
                    if !arguments.is_empty() || last.is_some() {
                        return self.error(format!("can't give argument to non-function {operand}"));
                    }
                    return Ok(slot);
                }
                (slot, fields)
            }
            OperandKind::Chain { of, fields } => {
                if matches!(of.kind, OperandKind::Nil) {
                    return self.error(format!("indirection through explicit nil in {operand}"));
                }
                let receiver = match &of.kind {
                    OperandKind::Pipe(pipe) => self.pipe(dot, pipe)?,
                    OperandKind::Function(name) => {
                        self.site = Site::Operand(of);
                        self.function(dot, name, Site::Operand(of), &[], None)?
                    }
                    _ => self.chain(dot, of, &[], None)?,
                };
                (receiver, fields)
            }
            _ => return self.error(format!("can't evaluate command {operand}")),
        };
        self.fields(dot, operand, receiver, fields, arguments, last)
    }

    fn fields(
        &mut self,
        dot: &Dot,
        operand: &'t Operand,
        mut receiver: Slot,
        fields: &'t [Rc<str>],
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Slot> {
        let Some((final_field, before)) = fields.split_last() else {
            return Ok(receiver);
        };
        for field in before {
            receiver = self.field(dot, operand, field, &receiver, &[], None)?;
        }
        self.field(dot, operand, final_field, &receiver, arguments, last)
    }

    fn field(
        &mut self,
        dot: &Dot,
        operand: &'t Operand,
        name: &str,
        receiver: &Slot,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Slot> {
        let has_arguments = !arguments.is_empty() || last.is_some();
        match &receiver.value {
            Value::Nil if receiver.is_interface => {
                self.error(format!("nil pointer evaluating {}.{name}", receiver.type_name()))
            }
            Value::Nil => Ok(Slot::default()),
            Value::Map(map) => {
                if let Some((params, method)) = map.class().method(name) {
                    let values = self.typed_arguments(dot, name, params, arguments, last)?;
                    return self.method_result(operand, name, method(&receiver.value, &values));
                }
                if has_arguments {
                    return self.error(format!("{name} is not a method but has arguments"));
                }
                let element = map.class().element;
                let value = map.get(name).unwrap_or_else(|| zero(element));
                Ok(Slot::element(value, element))
            }
            Value::List(items) => match items.class().method(name) {
                Some((params, method)) => {
                    let values = self.typed_arguments(dot, name, params, arguments, last)?;
                    self.method_result(operand, name, method(&receiver.value, &values))
                }
                None => self.no_field(name, receiver),
            },
            Value::Object(object) => {
                if let Some(value) = object.field(name) {
                    if has_arguments {
                        return self.error(format!("{name} has arguments but cannot be invoked as function"));
                    }
                    return Ok(Slot::of(value));
                }
                let values = match object.params(name) {
                    Some(params) => self.typed_arguments(dot, name, params, arguments, last)?,
                    None => self.method_arguments(dot, arguments, last)?,
                };
                if let Some(result) = object.call(name, &values) {
                    self.method_result(operand, name, result)
                } else {
                    // Behind parentheses the place is still that of what was evaluated last.
                    if !matches!(operand.kind, OperandKind::Chain { .. }) {
                        self.site = Site::Operand(operand);
                    }
                    self.no_field(name, receiver)
                }
            }
            _ => self.no_field(name, receiver),
        }
    }

    fn no_field<T>(&self, name: &str, receiver: &Slot) -> Result<T> {
        self.error(format!(
            "can't evaluate field {name} in type {}",
            receiver.type_name()
        ))
    }

    fn method_result(
        &mut self,
        operand: &'t Operand,
        name: &str,
        result: std::result::Result<Value, CallError>,
    ) -> Result<Slot> {
        match result {
            Ok(value) => Ok(Slot::of(value)),
            Err(error) => {
                self.site = Site::Operand(operand);
                Err(self.failed(CallError {
                    message: format!("error calling {name}: {}", error.message),
                    ..error
                }))
            }
        }
    }
}
