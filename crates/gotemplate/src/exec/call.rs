//! Calling functions: counting and typing their arguments.

use super::{Dot, Frame, Result, Site, Slot};
use crate::Value;
use crate::error::CallError;
use crate::functions::{Function, Param};
use crate::tree::{Operand, OperandKind};

/// Longer texts are refused: a few lines of a template can double one again and again.
const MAX_TEXT: usize = 128 << 20;

impl<'t> Frame<'t, '_> {
    pub(super) fn function(
        &mut self,
        dot: &Dot,
        name: &str,
        site: Site<'t>,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Slot> {
        let Some(function) = self.engine.functions().get(name) else {
            let name = crate::format::quote(name.as_bytes(), false);
            return self.error(format!("{name} is not a defined function"));
        };
        let given = arguments.len() + usize::from(last.is_some());
        self.check_count(name, function, arguments.len(), given)?;
        if matches!(name, "and" | "or") {
            return self.short_circuit(dot, name == "or", arguments, last);
        }
        let mut values = Vec::with_capacity(given);
        for (index, argument) in arguments.iter().enumerate() {
            let param = param_at(function, index);
            values.push(copied(self.argument(dot, param, argument)?));
        }
        if let Some(last) = last {
            let param = param_at(function, arguments.len());
            values.push(copied(self.validate(Slot::of(last), param)?));
        }
        match (function.body)(self.engine, &values) {
            Ok(Value::String(text)) if text.len() > MAX_TEXT => {
                self.site = site;
                self.error(format!(
                    "error calling {name}: the text is larger than {} MiB",
                    MAX_TEXT >> 20
                ))
            }
            Ok(value) => {
                if let Err(error) = self.engine.made(&value) {
                    self.site = site;
                    return Err(self.failed(error));
                }
                Ok(Slot {
                    value,
                    is_interface: false,
                })
            }
            Err(error) => {
                self.site = site;
                Err(self.failed(CallError {
                    message: format!("error calling {name}: {}", error.message),
                    ..error
                }))
            }
        }
    }

    fn check_count(&self, name: &str, function: &Function, written: usize, given: usize) -> Result<()> {
        let fixed = function.fixed.len();
        if function.rest.is_some() {
            if given < fixed {
                return self.error(format!(
                    "wrong number of args for {name}: want at least {fixed} got {written}"
                ));
            }
        } else if given != fixed {
            return self.error(format!(
                "wrong number of args for {name}: want {fixed} got {given}"
            ));
        }
        Ok(())
    }

    /// `and` and `or` evaluate no more arguments than they need.
    fn short_circuit(
        &mut self,
        dot: &Dot,
        stop_at: bool,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Slot> {
        let mut value = Value::Nil;
        for argument in arguments {
            value = self.argument(dot, Param::Any, argument)?;
            if value.is_true() == stop_at {
                return Ok(Slot::of(value));
            }
        }
        Ok(Slot::of(last.unwrap_or(value)))
    }

    fn argument(&mut self, dot: &Dot, param: Param, operand: &'t Operand) -> Result<Value> {
        self.site = Site::Operand(operand);
        let slot = match &operand.kind {
            OperandKind::Dot => dot.slot.clone(),
            OperandKind::Nil => {
                if param.can_be_nil() {
                    return Ok(nil_of(param));
                }
                return self.error(format!("cannot assign nil to {}", param.name()));
            }
            OperandKind::Field(fields) => {
                let receiver = dot.slot.clone();
                self.fields(dot, operand, receiver, fields, &[], None)?
            }
            OperandKind::Variable { .. } | OperandKind::Chain { .. } => {
                self.chain(dot, operand, &[], None)?
            }
            OperandKind::Pipe(pipe) => self.pipe(dot, pipe)?,
            OperandKind::Function(name) => self.function(dot, name, Site::Operand(operand), &[], None)?,
            OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String { .. } => {
                return self.literal(param, operand);
            }
        };
        self.validate(slot, param)
    }

    /// A literal takes the type of its parameter, if it can.
    fn literal(&mut self, param: Param, operand: &'t Operand) -> Result<Value> {
        let expected = |what: &str| format!("expected {what}; found {operand}");
        match (param, &operand.kind) {
            (Param::Any | Param::Bool, OperandKind::Bool(flag)) => Ok(Value::Bool(*flag)),
            (Param::Any | Param::String, OperandKind::String { value, .. }) => Ok(value.clone()),
            (Param::Any, OperandKind::Number(number)) => self.constant(number),
            (Param::Int, OperandKind::Number(number)) => match number.int {
                Some(int) => Ok(Value::Int(int)),
                None => self.error(expected("integer")),
            },
            (Param::Uint32, OperandKind::Number(number)) => {
                match number.int.and_then(|int| u32::try_from(int).ok()) {
                    Some(int) => Ok(Value::Int(i64::from(int))),
                    None => self.error(expected("unsigned integer")),
                }
            }
            (Param::Float, OperandKind::Number(number)) => match number.float {
                Some(float) => Ok(Value::Float(float)),
                None => self.error(expected("float")),
            },
            (Param::Bool, _) => self.error(expected("bool")),
            (Param::String, _) => self.error(expected("string")),
            (Param::Int, _) => self.error(expected("integer")),
            (Param::Uint32, _) => self.error(expected("unsigned integer")),
            (Param::Float, _) => self.error(expected("float")),
            _ => self.error(format!("can't handle {operand} for arg of type {}", param.name())),
        }
    }

    fn validate(&self, slot: Slot, param: Param) -> Result<Value> {
        if slot.value.is_nil() {
            if param == Param::Any {
                return Ok(Value::Nil);
            }
            if slot.is_interface {
                return self.error(format!(
                    "wrong type for value; expected {}; got interface {{}}",
                    param.name()
                ));
            }
            if param.can_be_nil() {
                return Ok(nil_of(param));
            }
            return self.error(format!("invalid value; expected {}", param.name()));
        }
        let type_name = slot.value.type_name();
        match param.accept(slot.value) {
            Some(value) => Ok(value),
            None => self.error(format!(
                "wrong type for value; expected {}; got {type_name}",
                param.name()
            )),
        }
    }

    /// The arguments of a method of a map or list.
    pub(super) fn typed_arguments(
        &mut self,
        dot: &Dot,
        name: &str,
        params: &[Param],
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Vec<Value>> {
        let given = arguments.len() + usize::from(last.is_some());
        if given != params.len() {
            return self.error(format!(
                "wrong number of args for {name}: want {} got {given}",
                params.len()
            ));
        }
        let mut values = Vec::with_capacity(given);
        for (param, argument) in params.iter().zip(arguments) {
            values.push(self.argument(dot, *param, argument)?);
        }
        if let (Some(last), Some(param)) = (last, params.last()) {
            values.push(self.validate(Slot::of(last), *param)?);
        }
        Ok(values)
    }

    /// Methods of objects take whatever they are given and check it themselves.
    pub(super) fn method_arguments(
        &mut self,
        dot: &Dot,
        arguments: &'t [Operand],
        last: Option<Value>,
    ) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.argument(dot, Param::Any, argument)?);
        }
        values.extend(last);
        Ok(values)
    }
}

/// A value as a function gets it.
fn copied(value: Value) -> Value {
    match &value {
        Value::Object(object) => object.copied().unwrap_or(value),
        _ => value,
    }
}

fn param_at(function: &Function, index: usize) -> Param {
    function
        .fixed
        .get(index)
        .copied()
        .or(function.rest)
        .unwrap_or(Param::Any)
}

/// The nil of a type: a nil map reads as an empty one.
fn nil_of(param: Param) -> Value {
    match param {
        Param::List => Value::List(crate::List::nil(&crate::value::LIST)),
        Param::Map => Value::Map(crate::Map::new(&crate::value::NIL_DICT)),
        _ => Value::Nil,
    }
}
