//! A set of templates that share their definitions, and rendering.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::{CallError, ExecError, ParseError};
use crate::exec::{self, Origin};
use crate::functions::Functions;
use crate::output::Output;
use crate::parse::{Names, parse};
use crate::tree::Template;
use crate::{Text, Value};

/// Bounds on what rendering may cost: templates are programs of strangers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that all texts together may have while one file is rendered.
    pub output_bytes: usize,
    /// Bytes that the results of all functions together may have. They are counted when they are made, kept or not.
    pub made_bytes: usize,
    /// Templates within templates.
    pub depth: usize,
    /// Time for everything that an [`Engine`] renders. The largest charts take a second or two.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            output_bytes: 256 << 20,
            made_bytes: 1 << 30,
            depth: 3000,
            time: Duration::from_secs(20),
        }
    }
}

type Templates = HashMap<Rc<str>, Rc<Template>>;

/// A set of templates. All definitions share one name space.
pub struct Engine {
    functions: Functions,
    templates: RefCell<Rc<Templates>>,
    names: RefCell<Names>,
    limits: Limits,
    deadline: Instant,
    steps: Cell<u32>,
    written: Cell<usize>,
    made: Cell<usize>,
    depth: Cell<usize>,
}

impl Engine {
    /// An empty set. The time limit starts now.
    pub fn new(functions: Functions, limits: Limits) -> Self {
        Self {
            functions,
            templates: RefCell::default(),
            names: RefCell::default(),
            limits,
            deadline: Instant::now() + limits.time,
            steps: Cell::new(0),
            written: Cell::new(0),
            made: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// Adds a text under its name, and the definitions in it. Later definitions replace earlier ones, except that an
    /// empty one replaces none.
    pub fn parse(&self, name: &str, text: &str) -> Result<(), ParseError> {
        let is_function = |name: &str| self.functions.get(name).is_some();
        let definitions = parse(name, text, &is_function, &mut self.names.borrow_mut())?;
        let mut templates = self.templates.borrow_mut();
        let templates = Rc::make_mut(&mut templates);
        for definition in definitions {
            let replaces = templates
                .get(&definition.name)
                .is_none_or(|old| old.is_empty() || !definition.is_empty());
            if replaces {
                templates.insert(Rc::clone(&definition.name), Rc::new(definition));
            }
        }
        Ok(())
    }

    /// Whether there is a template of that name.
    pub fn has(&self, name: &str) -> bool {
        self.templates.borrow().contains_key(name)
    }

    /// Runs with the definitions as they are now; what is parsed meanwhile is forgotten afterwards.
    pub fn scoped<T>(&self, run: impl FnOnce(&Self) -> T) -> T {
        let saved = Rc::clone(&self.templates.borrow());
        let result = run(self);
        *self.templates.borrow_mut() = saved;
        result
    }

    /// Renders a template, and remembers what wrote which part of the text.
    pub fn render(&self, name: &str, data: &Value) -> Result<Output, Box<ExecError>> {
        self.written.set(0);
        let mut output = Output::with_marks();
        self.execute(name, data, Origin::Root, &mut output)?;
        Ok(output)
    }

    /// Renders a template within another.
    pub fn render_nested(&self, name: &str, data: &Value) -> Result<Text, Box<ExecError>> {
        let mut output = Output::default();
        self.execute(name, data, Origin::Unknown, &mut output)?;
        Ok(output.text.into())
    }

    fn execute(
        &self,
        name: &str,
        data: &Value,
        origin: Origin,
        output: &mut Output,
    ) -> Result<(), Box<ExecError>> {
        let Some(template) = self.template(name) else {
            return Err(Box::new(ExecError {
                file: name.to_owned(),
                line: 0,
                column: 0,
                template: name.to_owned(),
                source_text: String::new(),
                message: format!(
                    "no template {} associated with template \"gotpl\"",
                    crate::format::quote(name.as_bytes(), false)
                ),
                user_message: None,
            }));
        };
        exec::run(self, &template, data.clone(), origin, output)
    }

    pub(crate) fn template(&self, name: &str) -> Option<Rc<Template>> {
        self.templates.borrow().get(name).cloned()
    }

    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Counts a step; the error says which bound was reached.
    pub(crate) fn step(&self) -> Result<(), CallError> {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        if steps.is_multiple_of(256) && Instant::now() > self.deadline {
            return Err(CallError::new(format!(
                "rendering takes longer than {} seconds",
                self.limits.time.as_secs()
            )));
        }
        Ok(())
    }

    /// Counts written bytes.
    pub(crate) fn wrote(&self, bytes: usize) -> Result<(), CallError> {
        let written = self.written.get().saturating_add(bytes);
        self.written.set(written);
        if written > self.limits.output_bytes {
            return Err(CallError::new(format!(
                "the output is larger than {} MiB",
                self.limits.output_bytes >> 20
            )));
        }
        Ok(())
    }

    /// Counts what a function made.
    pub(crate) fn made(&self, value: &Value) -> Result<(), CallError> {
        let bytes = match value {
            Value::String(text) | Value::Bytes(text) => text.len(),
            Value::List(list) => size_of_val(list.items()),
            _ => size_of::<Value>(),
        };
        let made = self.made.get().saturating_add(bytes);
        self.made.set(made);
        if made > self.limits.made_bytes {
            return Err(CallError::new(format!(
                "the functions make more than {} MiB",
                self.limits.made_bytes >> 20
            )));
        }
        Ok(())
    }

    pub(crate) fn enter(&self) -> Result<(), CallError> {
        let depth = self.depth.get() + 1;
        if depth > self.limits.depth {
            return Err(CallError::new(format!(
                "exceeded maximum template depth ({})",
                self.limits.depth
            )));
        }
        self.depth.set(depth);
        Ok(())
    }

    pub(crate) fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }
}
