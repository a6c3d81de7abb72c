//! Functions of templates and the types of their parameters.

use std::collections::HashMap;
use std::rc::Rc;

use crate::value::{DICT, Element};
use crate::{CallError, Engine, Value};

/// The Go type of a parameter. Templates never convert: an argument of another type is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// `interface {}`.
    Any,
    /// `string`.
    String,
    /// `int`; other widths do not fit.
    Int,
    /// `uint32`.
    Uint32,
    /// `float64`.
    Float,
    /// `bool`.
    Bool,
    /// `map[string]interface {}`.
    Map,
    /// `[]interface {}`.
    List,
    /// Another type, by its name.
    Named(&'static str),
}

impl Param {
    /// As Go prints the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Int => "int",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::Bool => "bool",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Named(name) => name,
        }
    }

    /// Whether `nil` is a value of the type.
    pub(crate) fn can_be_nil(self) -> bool {
        matches!(self, Self::Any | Self::Map | Self::List)
    }

    /// The value as this type; nothing when it is of another one.
    pub(crate) fn accept(self, value: Value) -> Option<Value> {
        let fits = match (self, &value) {
            (Self::Any, _)
            | (Self::String, Value::String(_))
            | (Self::Float, Value::Float(_))
            | (Self::Bool, Value::Bool(_))
            // Other widths are other types; no value of a template is a `uint32`, only literals are.
            | (Self::Int, Value::Int(_)) => true,
            (Self::Map, Value::Map(map)) if map.is_nil() => true,
            (Self::Map, Value::Map(map)) if map.class().element == Element::Interface => {
                return Some(Value::Map(map.as_class(&DICT)));
            }
            (Self::List, Value::List(list)) => list.class().element == Element::Interface,
            (Self::Named(name), _) => value.type_name() == name,
            _ => false,
        };
        fits.then_some(value)
    }
}

type Body = Rc<dyn Fn(&Engine, &[Value]) -> Result<Value, CallError>>;

/// A function: its parameters, and what it does.
#[derive(Clone)]
pub struct Function {
    pub(crate) fixed: &'static [Param],
    pub(crate) rest: Option<Param>,
    pub(crate) body: Body,
}

/// The functions that templates may call, by name.
#[derive(Clone, Default)]
pub struct Functions {
    known: HashMap<&'static str, Function>,
}

impl Functions {
    /// The functions of `text/template` itself.
    pub fn builtin() -> Self {
        let mut functions = Self::default();
        crate::builtin::register(&mut functions);
        functions
    }

    /// Adds or replaces a function with a fixed number of parameters.
    pub fn add(
        &mut self,
        name: &'static str,
        params: &'static [Param],
        body: impl Fn(&[Value]) -> Result<Value, CallError> + 'static,
    ) {
        self.insert(name, params, None, move |_, arguments| body(arguments));
    }

    /// Adds or replaces a function with any number of further parameters of a type.
    pub fn add_variadic(
        &mut self,
        name: &'static str,
        params: &'static [Param],
        rest: Param,
        body: impl Fn(&[Value]) -> Result<Value, CallError> + 'static,
    ) {
        self.insert(name, params, Some(rest), move |_, arguments| body(arguments));
    }

    /// Adds or replaces a function that renders templates.
    pub fn add_rendering(
        &mut self,
        name: &'static str,
        params: &'static [Param],
        body: impl Fn(&Engine, &[Value]) -> Result<Value, CallError> + 'static,
    ) {
        self.insert(name, params, None, body);
    }

    /// Takes functions away.
    pub fn remove(&mut self, names: &[&str]) {
        self.known.retain(|name, _| !names.contains(name));
    }

    fn insert(
        &mut self,
        name: &'static str,
        fixed: &'static [Param],
        rest: Option<Param>,
        body: impl Fn(&Engine, &[Value]) -> Result<Value, CallError> + 'static,
    ) {
        self.known.insert(
            name,
            Function {
                fixed,
                rest,
                body: Rc::new(body),
            },
        );
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Function> {
        self.known.get(name)
    }

    /// Their names, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.known.keys().copied().collect();
        names.sort_unstable();
        names
    }
}
