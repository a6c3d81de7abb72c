//! Running the rules of a selection over the resources.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kubescape_library::{Inputs, Library};
use kubescape_model::{Aggregator, Report, Resource, Rule};
use rayon::prelude::*;

use crate::aggregate::aggregate;
use crate::exceptions::ExceptionSet;
use crate::index::KindIndex;
use crate::rego::{EngineValue, Limits, Programs, Response, RuleError, RuleInput};
use crate::results;
use crate::selection::Selection;

/// What an evaluation needs beside the resources.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationContext<'scan> {
    /// Rules and their modules.
    pub library: &'scan Library,
    /// Their parsed form; may be shared by several evaluations.
    pub programs: &'scan Programs<'scan>,
    /// Inputs of the controls: the user's over the library's defaults.
    pub inputs: &'scan Inputs,
    /// `eks`, `gke` or `aks`.
    pub cloud_provider: Option<&'scan str>,
    /// Accepted risks that hold now.
    pub exceptions: &'scan ExceptionSet,
    /// Name of the cluster; empty for files.
    pub cluster: &'scan str,
    /// Bounds of each rule.
    pub limits: Limits,
    /// Who is told how far the evaluation is.
    pub progress: Progress<'scan>,
}

/// Is told after each rule how many are done, and of how many; from several threads.
#[derive(Clone, Copy)]
pub struct Progress<'scan>(pub &'scan (dyn Fn(usize, usize) + Sync));

impl std::fmt::Debug for Progress<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Progress")
    }
}

/// A rule with its inputs; controls that fix other inputs make another task of the same rule.
pub(crate) struct Task<'scan> {
    pub(crate) rule: &'scan Rule,
    pub(crate) inputs: Inputs,
}

/// What a task looked at and answered.
pub(crate) struct Outcome {
    /// What the rule was about, in order: all of its input, or what its filter chose.
    pub(crate) tested: Vec<Tested>,
    /// Its answers.
    pub(crate) answer: Result<Vec<Response>, RuleError>,
}

/// An entry of a rule's input.
#[derive(Clone)]
pub(crate) enum Tested {
    /// One of the scan's resources.
    Resource(usize),
    /// A subject of an aggregated input.
    Subject(Arc<(Resource, EngineValue)>),
    /// An object that the rule's filter returned and no input holds.
    External(EngineValue),
}

/// Judges the resources.
pub fn evaluate(
    context: &EvaluationContext<'_>,
    selection: &Selection<'_>,
    resources: Vec<Resource>,
) -> Report {
    let evaluation = Evaluation {
        context,
        index: KindIndex::new(&resources),
        values: resources.iter().map(|_| OnceLock::new()).collect(),
        aggregates: Mutex::default(),
        resources: &resources,
    };
    let (tasks, tasks_of_control) = tasks(context, selection);
    let done = AtomicUsize::new(0);
    let outcomes: Vec<Outcome> = tasks
        .par_iter()
        .with_max_len(1)
        .map(|task| {
            let outcome = evaluation.run(task);
            let Progress(tell) = context.progress;
            tell(done.fetch_add(1, Ordering::Relaxed) + 1, tasks.len());
            outcome
        })
        .collect();
    let addresses = evaluation.addresses();
    drop(evaluation);
    results::build(
        context,
        selection,
        resources,
        &addresses,
        &tasks,
        &tasks_of_control,
        outcomes,
    )
}

/// The tasks of a selection, and for each control the tasks of its rules.
fn tasks<'scan>(
    context: &EvaluationContext<'scan>,
    selection: &Selection<'scan>,
) -> (Vec<Task<'scan>>, Vec<Vec<usize>>) {
    let mut tasks: Vec<Task<'scan>> = Vec::new();
    let mut known: BTreeMap<(&str, Inputs), usize> = BTreeMap::new();
    let tasks_of_control = selection
        .controls
        .iter()
        .map(|selected| {
            selected
                .rules
                .iter()
                .map(|rule| {
                    let inputs = rule_inputs(rule, context.inputs, &selected.control.fixed_inputs);
                    *known.entry((&rule.name, inputs.clone())).or_insert_with(|| {
                        tasks.push(Task { rule, inputs });
                        tasks.len() - 1
                    })
                })
                .collect()
        })
        .collect();
    (tasks, tasks_of_control)
}

/// Only the inputs that the rule declares; what the control fixes wins.
fn rule_inputs(rule: &Rule, inputs: &Inputs, fixed: &Inputs) -> Inputs {
    let declared = rule
        .config
        .iter()
        .filter_map(|input| Some((input.key.clone(), inputs.get(&input.key)?.clone())));
    let mut chosen: Inputs = declared.collect();
    chosen.extend(fixed.iter().map(|(key, values)| (key.clone(), values.clone())));
    chosen
}

/// Aggregated inputs by what they were made from.
type Aggregates = BTreeMap<(Aggregator, Vec<usize>), Arc<Vec<(Tested, EngineValue)>>>;

struct Evaluation<'scan> {
    context: &'scan EvaluationContext<'scan>,
    resources: &'scan [Resource],
    index: KindIndex,
    /// Engine values of the resources, converted when first needed.
    values: Vec<OnceLock<EngineValue>>,
    /// Aggregated inputs by what they were made from; most RBAC rules share one.
    aggregates: Mutex<Aggregates>,
}

impl Evaluation<'_> {
    fn run(&self, task: &Task<'_>) -> Outcome {
        let indexes = self.index.inputs(task.rule);
        if indexes.is_empty() {
            return Outcome {
                tested: Vec::new(),
                answer: Ok(Vec::new()),
            };
        }
        let (tested, objects): (Vec<Tested>, Vec<EngineValue>) = match task.rule.aggregator {
            None => indexes
                .iter()
                .map(|index| (Tested::Resource(*index), self.value(*index)))
                .unzip(),
            Some(aggregator) => self.aggregated(aggregator, &indexes).iter().cloned().unzip(),
        };
        if objects.is_empty() {
            return Outcome {
                tested,
                answer: Ok(Vec::new()),
            };
        }
        let answer = self
            .context
            .programs
            .evaluate(&task.rule.module, self.input(task, &objects));
        match &task.rule.filter {
            None => Outcome { tested, answer },
            Some(filter) => match self.context.programs.evaluate(filter, self.input(task, &objects)) {
                Ok(chosen) => Outcome {
                    tested: Self::chosen(&chosen, &tested, &objects),
                    answer,
                },
                Err(error) => Outcome {
                    tested,
                    answer: Err(error),
                },
            },
        }
    }

    fn input<'task>(&'task self, task: &'task Task<'_>, objects: &'task [EngineValue]) -> RuleInput<'task> {
        RuleInput {
            objects,
            inputs: &task.inputs,
            cloud_provider: self.context.cloud_provider,
            parameters: &task.rule.parameters,
            limits: self.context.limits,
        }
    }

    /// The objects that a filter chose, as entries of the input where they are some.
    fn chosen(answers: &[Response], tested: &[Tested], objects: &[EngineValue]) -> Vec<Tested> {
        let by_address: BTreeMap<usize, &Tested> = objects
            .iter()
            .zip(tested)
            .filter_map(|(object, tested)| Some((object.address()?, tested)))
            .collect();
        let mut chosen = Vec::new();
        for object in answers
            .iter()
            .flat_map(|answer| answer.objects.iter().chain(&answer.external))
        {
            chosen.push(
                match object.address().and_then(|address| by_address.get(&address)) {
                    Some(tested) => (*tested).clone(),
                    None => Tested::External(object.clone()),
                },
            );
        }
        chosen
    }

    fn value(&self, index: usize) -> EngineValue {
        match (self.values.get(index), self.resources.get(index)) {
            (Some(cell), Some(resource)) => cell
                .get_or_init(|| EngineValue::from_object(&resource.object, resource.source_path.as_ref()))
                .clone(),
            _ => EngineValue::from(""),
        }
    }

    fn aggregated(&self, aggregator: Aggregator, indexes: &[usize]) -> Arc<Vec<(Tested, EngineValue)>> {
        // Held while the entries are made: rules that need the same ones wait instead of making them again.
        let mut aggregates = self.aggregates.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = aggregates
            .entry((aggregator, indexes.to_vec()))
            .or_insert_with(|| {
                Arc::new(aggregate(aggregator, indexes, self.resources, &|index| {
                    self.value(index)
                }))
            });
        Arc::clone(entries)
    }

    /// Indexes of the resources by the address of their engine value.
    fn addresses(&self) -> BTreeMap<usize, usize> {
        self.values
            .iter()
            .enumerate()
            .filter_map(|(index, cell)| Some((cell.get()?.address()?, index)))
            .collect()
    }
}
