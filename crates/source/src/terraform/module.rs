//! A folder of configuration files: what its names stand for.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use kubescape_yaml::{Limits, Position};

use super::evaluate::{Scope, evaluate};
use super::value::Value;

/// What the evaluation of a folder may cost: bytes that are made, and a few for each step.
const COST: usize = 256 << 20;
/// What a step costs.
pub(super) const STEP: usize = 128;
/// What is said when it costs more.
pub(super) const TOO_LONG: &str = "the configuration takes too long to evaluate";

/// A configuration file.
pub(super) struct File {
    pub path: PathBuf,
    pub text: String,
    /// The structure, or where and why there is none.
    pub body: Result<Body, (Position, String)>,
}

impl File {
    pub(super) fn parse(path: PathBuf, text: String) -> Self {
        let body =
            hcl_edit::parser::parse_body(text.strip_prefix('\u{feff}').unwrap_or(&text)).map_err(|error| {
                let location = error.location();
                let position = Position {
                    line: location.line(),
                    column: location.column(),
                };
                (position, error.message().to_owned())
            });
        Self { path, text, body }
    }

    /// Bytes in front of what was parsed.
    pub(super) fn base(&self) -> usize {
        if self.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        }
    }

    /// The blocks of a kind, such as `resource`.
    pub(super) fn blocks<'a>(&'a self, kind: &'static str) -> impl Iterator<Item = &'a Block> {
        let body = self.body.as_ref().ok();
        body.into_iter()
            .flat_map(Body::blocks)
            .filter(move |block| block.has_ident(kind))
    }
}

/// The names of a folder and what they stand for, found out when they are asked for.
pub(super) struct Module<'a> {
    pub folder: &'a Path,
    pub limits: &'a Limits,
    variables: HashMap<&'a str, Option<&'a Expression>>,
    locals: HashMap<&'a str, &'a Expression>,
    resources: HashMap<(&'a str, &'a str), &'a Block>,
    known: RefCell<HashMap<(Name, String), Value>>,
    /// Calls of the evaluation that are under way.
    pub depth: Cell<usize>,
    cost: Cell<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Variable,
    Local,
}

impl<'a> Module<'a> {
    /// `values` are the files of variables' values, the later ones win.
    pub(super) fn new(folder: &'a Path, files: &'a [File], values: &'a [File], limits: &'a Limits) -> Self {
        let mut variables = HashMap::new();
        let mut locals = HashMap::new();
        let mut resources = HashMap::new();
        for file in files {
            for block in file.blocks("variable") {
                if let [name] = block.labels.as_slice() {
                    let default = block.body.get_attribute("default").map(|default| &default.value);
                    variables.insert(name.as_str(), default);
                }
            }
            for block in file.blocks("locals") {
                locals.extend(
                    block
                        .body
                        .attributes()
                        .map(|local| (local.key.as_str(), &local.value)),
                );
            }
            for block in file.blocks("resource") {
                if let [kind, name] = block.labels.as_slice() {
                    resources.insert((kind.as_str(), name.as_str()), block);
                }
            }
        }
        for body in values.iter().filter_map(|file| file.body.as_ref().ok()) {
            for value in body.attributes() {
                variables.insert(value.key.as_str(), Some(&value.value));
            }
        }
        Self {
            folder,
            limits,
            variables,
            locals,
            resources,
            known: RefCell::default(),
            depth: Cell::new(0),
            cost: Cell::new(0),
        }
    }

    pub(super) fn variable(&self, name: &str) -> Value {
        match self.variables.get(name) {
            Some(Some(default)) => self.named(Name::Variable, name, default),
            Some(None) => Value::unknown(format!("var.{name} has no default")),
            None => Value::unknown(format!("var.{name} is not declared")),
        }
    }

    pub(super) fn local(&self, name: &str) -> Value {
        match self.locals.get(name) {
            Some(value) => self.named(Name::Local, name, value),
            None => Value::unknown(format!("local.{name} is not defined")),
        }
    }

    pub(super) fn resource(&self, kind: &str, name: &str) -> Option<&'a Block> {
        self.resources.get(&(kind, name)).copied()
    }

    fn named(&self, kind: Name, name: &str, expression: &Expression) -> Value {
        let place = (kind, name.to_owned());
        if let Some(known) = self.known.borrow().get(&place) {
            return known.clone();
        }
        // What refers to itself finds this.
        let cycle = Value::unknown(format!("{name} refers to itself"));
        self.known.borrow_mut().insert(place.clone(), cycle);
        let value = evaluate(expression, &Scope::root(self));
        self.known.borrow_mut().insert(place, value.clone());
        value
    }

    /// Counts what the evaluation makes; false when it was too much.
    pub(super) fn spend(&self, cost: usize) -> bool {
        self.cost.set(self.cost.get().saturating_add(cost));
        self.cost.get() <= COST
    }

    /// The text of a file of the folder. Files elsewhere are not read.
    pub(super) fn read(&self, name: &str) -> Result<String, String> {
        let unreadable = || format!("the file {name:?} cannot be read");
        let folder = self.folder.canonicalize().map_err(|_| unreadable())?;
        let path = folder.join(name).canonicalize().map_err(|_| unreadable())?;
        if !path.starts_with(&folder) {
            return Err(format!("the file {name:?} lies outside of the folder"));
        }
        read(&path, self.limits)
    }
}

/// The text of a regular file within the limits.
pub(super) fn read(path: &Path, limits: &Limits) -> Result<String, String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("not a file".to_owned());
    }
    if usize::try_from(metadata.len()).is_ok_and(|size| size > limits.file_bytes) {
        return Err(format!(
            "file too large: {} bytes, the limit is {}; raise KUBESCAPE_MAX_FILE_SIZE to read it",
            metadata.len(),
            limits.file_bytes
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "not a text file (invalid UTF-8)".to_owned())
}

/// What the loop of a resource gives its one object: `count.index`, `each.key` and `each.value` of the first round.
pub(super) fn loop_names(block: &Block, scope: &Scope<'_>) -> Vec<(String, Value)> {
    let map = |entries: [(&str, Value); 2]| {
        Value::map(BTreeMap::from(
            entries.map(|(key, value)| (Arc::from(key), value)),
        ))
    };
    let mut names = Vec::new();
    if block.body.has_attribute("count") {
        let index = BTreeMap::from([(Arc::from("index"), Value::Int(0))]);
        names.push(("count".to_owned(), Value::map(index)));
    }
    if let Some(attribute) = block.body.get_attribute("for_each") {
        let rounds = evaluate(&attribute.value, scope);
        let first = match rounds.entries().map(|entries| entries.into_iter().next()) {
            // Sets have their values for keys.
            Some(Some((Value::Int(_), value))) => map([("key", value.clone()), ("value", value)]),
            Some(Some((key, value))) => map([("key", key), ("value", value)]),
            _ => Value::unknown("each is only known when for_each is"),
        };
        names.push(("each".to_owned(), first));
    }
    names
}
