//! Parsed policies, ready to run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use kubescape_library::{Inputs, Library};
use kubescape_model::{Parameter, Parameters};
use regorus::utils::limits::{ExecutionTimerConfig, PolicyLengthConfig};
use regorus::{Engine, Value};

use super::builtins;
use super::response::Response;
use super::source::{calls, deepest, finding_rules, is_version_1, prepare};
use super::value::EngineValue;
use crate::Network;

/// The package in which every rule stands.
const PACKAGE: &str = "armo_builtins";
/// Steps of the engine between two looks at the clock.
const STEPS_PER_CLOCK: NonZeroU32 = match NonZeroU32::new(4096) {
    Some(steps) => steps,
    None => NonZeroU32::MIN,
};

/// Columns that a line of a policy may have.
const LONGEST_LINE: NonZeroU32 = match NonZeroU32::new(1 << 16) {
    Some(columns) => columns,
    None => NonZeroU32::MIN,
};

/// Brackets that may be open at once in a policy.
const DEEPEST: usize = 100;

/// A rule that could not be evaluated.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuleError {
    /// The module is not in the library.
    #[error("the library has no module {0}")]
    Missing(String),
    /// The policy does not parse; the message names file, line and column.
    #[error("{0}")]
    Parse(String),
    /// The policy asks registries for signatures, which nobody allowed.
    #[error(
        "image signatures are kept in registries, and the scan makes no network calls; allow them with --allow-network"
    )]
    NeedsNetwork,
    /// The policy failed while it ran.
    #[error("{0}")]
    Evaluate(String),
    /// The engine itself failed.
    #[error("the policy engine failed on this rule")]
    Panicked,
    /// The policy ran for too long.
    #[error("stopped after {} s, its time limit", .0.as_secs_f32())]
    Timeout(Duration),
    /// The policy answered something that is no finding.
    #[error("the rule answered {0}, which is no list of findings")]
    NotAFinding(String),
    /// A binding, the roles that it can mean, and how many of them were looked at.
    #[error(
        "{0} can mean {1} roles of one name, of which the {2} nearest were looked at; scan fewer folders at once"
    )]
    ManyRoles(String, usize, usize),
}

/// Bounds of one evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest time; `None`: no limit.
    pub time: Option<Duration>,
}

impl Default for Limits {
    /// A minute: far more than any rule needs, and an end for one that would never come to it.
    fn default() -> Self {
        Self {
            time: Some(Duration::from_mins(1)),
        }
    }
}

/// What a rule is evaluated on.
#[derive(Clone, Copy, Debug)]
pub struct RuleInput<'scan> {
    /// `input`.
    pub objects: &'scan [EngineValue],
    /// `data.postureControlInputs`.
    pub inputs: &'scan Inputs,
    /// `data.dataControlInputs.cloudProvider`.
    pub cloud_provider: Option<&'scan str>,
    /// `data.parameters`.
    pub parameters: &'scan Parameters,
    /// Bounds.
    pub limits: Limits,
}

/// The modules of a library, each parsed when it is first needed.
#[derive(Debug)]
pub struct Programs<'library> {
    modules: &'library BTreeMap<String, String>,
    libraries: HashMap<String, &'library str>,
    parsed: HashMap<&'library str, OnceLock<Result<Program, RuleError>>>,
    /// What rules printed, when that is kept.
    prints: Option<Mutex<Vec<String>>>,
    network: Network,
    /// An engine with the builtins, which every program starts from.
    base: OnceLock<Result<Engine, RuleError>>,
}

/// A module with the libraries that it imports.
#[derive(Debug)]
struct Program {
    engine: Engine,
    /// The rules that make findings; empty: every rule of the package counts.
    rules: Vec<String>,
    /// Whether it asks about signatures of images.
    signatures: bool,
}

impl<'library> Programs<'library> {
    /// The modules of `library`, none parsed yet.
    pub fn new(library: &'library Library) -> Self {
        let modules = &library.modules;
        Self {
            modules,
            libraries: modules
                .keys()
                .filter(|key| key.starts_with("lib/"))
                .filter_map(|key| Some((package_of(modules.get(key)?)?, key.as_str())))
                .collect(),
            parsed: modules
                .keys()
                .map(|key| (key.as_str(), OnceLock::new()))
                .collect(),
            prints: None,
            network: Network::default(),
            base: OnceLock::new(),
        }
    }

    /// Lets policies ask the network.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Keeps what rules print.
    #[must_use]
    pub fn keeping_prints(self) -> Self {
        Self {
            prints: Some(Mutex::default()),
            ..self
        }
    }

    /// What rules printed so far, each line behind its place in the policy.
    pub fn take_prints(&self) -> Vec<String> {
        let prints = self.prints.as_ref().map(Mutex::lock);
        prints.map_or_else(Vec::new, |prints| {
            std::mem::take(&mut *prints.unwrap_or_else(PoisonError::into_inner))
        })
    }

    /// Evaluates a module. Findings come in the engine's order, duplicates removed.
    pub fn evaluate(&self, module: &str, input: RuleInput<'_>) -> Result<Vec<Response>, RuleError> {
        // One rule that trips the engine up must not take the others with it.
        catch_unwind(AssertUnwindSafe(|| self.run(module, input))).unwrap_or(Err(RuleError::Panicked))
    }

    fn run(&self, module: &str, input: RuleInput<'_>) -> Result<Vec<Response>, RuleError> {
        let program = self.program(module)?;
        if let (true, Some(signatures)) = (program.signatures, &self.network.signatures) {
            signatures.announce(&images(input.objects));
        }
        let mut engine = program.engine.clone();
        engine.set_gather_prints(self.prints.is_some());
        engine
            .add_data(data_document(input))
            .map_err(|error| RuleError::Evaluate(error.to_string()))?;
        if let Some(limit) = input.limits.time {
            engine.set_execution_timer_config(ExecutionTimerConfig {
                limit,
                check_interval: STEPS_PER_CLOCK,
            });
        }
        engine.set_input(Value::from(
            input
                .objects
                .iter()
                .map(|object| object.0.clone())
                .collect::<Vec<_>>(),
        ));
        let answer = findings(&mut engine, &program.rules, input.limits);
        if let Some(prints) = &self.prints {
            let lines = engine.take_prints().unwrap_or_default();
            prints
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend(lines);
        }
        answer
    }

    /// Parses a module without running it.
    pub fn check(&self, module: &str) -> Result<(), RuleError> {
        self.program(module).map(|_| ())
    }

    fn program(&self, module: &str) -> Result<&Program, RuleError> {
        let cell = self
            .parsed
            .get(module)
            .ok_or_else(|| RuleError::Missing(module.to_owned()))?;
        cell.get_or_init(|| self.parse(module))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn parse(&self, module: &str) -> Result<Program, RuleError> {
        let text = self
            .modules
            .get(module)
            .ok_or_else(|| RuleError::Missing(module.to_owned()))?;
        let signatures = calls(text, builtins::SIGNATURES);
        if signatures && self.network.signatures.is_none() {
            return Err(RuleError::NeedsNetwork);
        }
        let mut engine = self.base()?;
        for key in self.imports(text) {
            self.add_module(&mut engine, key)?;
        }
        self.add_module(&mut engine, module)?;
        Ok(Program {
            engine,
            rules: finding_rules(text),
            signatures,
        })
    }

    fn base(&self) -> Result<Engine, RuleError> {
        let make = || {
            let mut engine = Engine::new();
            engine.set_strict_builtin_errors(false);
            // Long lists of names or expressions stand on one line.
            engine.set_policy_length_config(PolicyLengthConfig {
                max_col: LONGEST_LINE,
                ..PolicyLengthConfig::default()
            });
            builtins::install(&mut engine, &self.network)
                .map_err(|error| RuleError::Parse(error.to_string()))?;
            Ok(engine)
        };
        self.base.get_or_init(make).clone()
    }

    fn add_module(&self, engine: &mut Engine, key: &str) -> Result<(), RuleError> {
        let text = self
            .modules
            .get(key)
            .ok_or_else(|| RuleError::Missing(key.to_owned()))?;
        if deepest(text) > DEEPEST {
            return Err(RuleError::Parse(format!(
                "{key}: brackets are nested deeper than {DEEPEST}"
            )));
        }
        engine.set_rego_v0(!is_version_1(text));
        let added = engine.add_policy(key.to_owned(), prepare(text));
        added
            .map(|_| ())
            .map_err(|error| RuleError::Parse(one_line(&error.to_string())))
    }

    /// Keys of the library modules that a text needs, also through other library modules.
    fn imports(&self, text: &str) -> Vec<&'library str> {
        let mut keys: Vec<&'library str> = Vec::new();
        let mut waiting = vec![text];
        while let Some(text) = waiting.pop() {
            for (position, _) in text.match_indices("data.") {
                let path = name_at(text.get(position + "data.".len()..).unwrap_or_default());
                if let Some(key) = self.library(path)
                    && !keys.contains(&key)
                {
                    keys.push(key);
                    waiting.extend(self.modules.get(key).map(String::as_str));
                }
            }
        }
        keys
    }

    /// The library module whose package a path names, alone or with what is in it.
    fn library(&self, path: &str) -> Option<&'library str> {
        let mut package = path;
        loop {
            if let Some(key) = self.libraries.get(package) {
                return Some(key);
            }
            (package, _) = package.rsplit_once('.')?;
        }
    }
}

/// The images of the containers in the objects.
fn images(objects: &[EngineValue]) -> BTreeSet<String> {
    let specs: [&[&str]; 3] = [
        &["spec"],
        &["spec", "template", "spec"],
        &["spec", "jobTemplate", "spec", "template", "spec"],
    ];
    let mut images = BTreeSet::new();
    for (object, path) in objects.iter().flat_map(|object| specs.map(|path| (object, path))) {
        let mut place = Some(object.clone());
        for key in path.iter().chain(&["containers"]) {
            place = place.and_then(|value| value.get(key));
        }
        let containers = place.map(|containers| containers.elements()).unwrap_or_default();
        images.extend(containers.iter().map(|container| container.text(&["image"])));
    }
    images.remove("");
    images
}

/// The dotted name that a text starts with.
fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn package_of(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("package "))?;
    line.split_whitespace().next().map(ToOwned::to_owned)
}

/// What the rules of these names find; without names, what every rule of the package finds.
fn findings(engine: &mut Engine, rules: &[String], limits: Limits) -> Result<Vec<Response>, RuleError> {
    let failed = |error: anyhow::Error| evaluation_error(&error, limits);
    let Some((deny, others)) = rules.split_first() else {
        return responses(&package_value(engine).map_err(failed)?, false);
    };
    let mut rule = |name: &str| engine.eval_rule(format!("data.{PACKAGE}.{name}")).map_err(failed);
    let mut found = responses(&rule(deny)?, true)?;
    for other in others {
        // A rule of another name may hold anything; only what blames an object is a finding.
        let more = responses(&rule(other)?, true).unwrap_or_default();
        found.extend(more.into_iter().filter(Response::blames));
    }
    Ok(found)
}

fn data_document(input: RuleInput<'_>) -> Value {
    let texts = |values: &Vec<String>| {
        Value::from(
            values
                .iter()
                .map(|text| Value::from(text.as_str()))
                .collect::<Vec<_>>(),
        )
    };
    let object = |entries: Vec<(&str, Value)>| {
        Value::from(
            entries
                .into_iter()
                .map(|(key, value)| (Value::from(key), value))
                .collect::<BTreeMap<_, _>>(),
        )
    };
    object(vec![
        (
            "postureControlInputs",
            object(
                input
                    .inputs
                    .iter()
                    .map(|(key, values)| (key.as_str(), texts(values)))
                    .collect(),
            ),
        ),
        (
            "dataControlInputs",
            object(
                input
                    .cloud_provider
                    .map(|name| ("cloudProvider", Value::from(name)))
                    .into_iter()
                    .collect(),
            ),
        ),
        (
            "parameters",
            object(
                input
                    .parameters
                    .iter()
                    .map(|(key, value)| (key.as_str(), parameter(value)))
                    .collect(),
            ),
        ),
    ])
}

fn parameter(value: &Parameter) -> Value {
    match value {
        Parameter::Bool(flag) => Value::from(*flag),
        Parameter::Integer(number) => Value::from(*number),
        Parameter::Text(text) => Value::from(text.as_str()),
        Parameter::List(items) => Value::from(items.iter().map(parameter).collect::<Vec<_>>()),
        Parameter::Map(map) => Value::from(
            map.iter()
                .map(|(key, value)| (Value::from(key.as_str()), parameter(value)))
                .collect::<BTreeMap<_, _>>(),
        ),
    }
}

/// Every rule of the package, as one map.
fn package_value(engine: &mut Engine) -> anyhow::Result<Value> {
    let results = engine.eval_query(format!("data.{PACKAGE}"), false)?;
    let value = results
        .result
        .first()
        .and_then(|result| result.expressions.first())
        .map(|found| found.value.clone());
    Ok(value.unwrap_or(Value::Undefined))
}

fn responses(value: &Value, only_deny: bool) -> Result<Vec<Response>, RuleError> {
    let lists: Vec<&Value> = match value {
        Value::Undefined => Vec::new(),
        Value::Object(rules) if !only_deny => rules.values().collect(),
        deny => vec![deny],
    };
    let mut responses = Vec::new();
    for list in lists {
        let items: Vec<&Value> = match list {
            Value::Array(items) => items.iter().collect(),
            Value::Set(items) => items.iter().collect(),
            other => return Err(RuleError::NotAFinding(abbreviated(other))),
        };
        for item in items {
            let response = Response::read(item).ok_or_else(|| RuleError::NotAFinding(abbreviated(item)))?;
            responses.push(response);
        }
    }
    Ok(responses)
}

fn abbreviated(value: &Value) -> String {
    let text = value.to_string();
    if text.len() > 80 {
        format!("{}…", text.chars().take(80).collect::<String>())
    } else {
        text
    }
}

/// The engine's drawing of an error (`--> FILE:LINE:COLUMN`, the line, `error: MESSAGE`) as one line.
fn one_line(drawing: &str) -> String {
    let place = drawing.lines().find_map(|line| line.trim().strip_prefix("--> "));
    let message = drawing
        .lines()
        .find_map(|line| line.trim().strip_prefix("error: "));
    match (place, message) {
        (Some(place), Some(message)) => format!("{place}: {message}"),
        _ => drawing.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn evaluation_error(error: &anyhow::Error, limits: Limits) -> RuleError {
    let text = error.to_string();
    match limits.time {
        Some(limit) if text.contains("time limit") => RuleError::Timeout(limit),
        _ => RuleError::Evaluate(one_line(&text)),
    }
}
