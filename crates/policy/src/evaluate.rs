//! Running the rules of a selection over the resources, at once or batch after batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kubescape_library::{Inputs, Library};
use kubescape_model::{MissingKind, Report, Resource, Rule};
use rayon::prelude::*;

use crate::batch::{Batch, Pool, Seen, Turn};
use crate::exceptions::ExceptionSet;
use crate::rego::{EngineValue, Limits, Programs, Response, RuleError};
use crate::results::{self, Findings};
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
    /// Why the rule could not look at everything.
    pub(crate) incomplete: Option<RuleError>,
}

/// An entry of a rule's input.
#[derive(Clone)]
pub(crate) enum Tested {
    /// One of the scan's resources, by its place in the report.
    Resource(usize),
    /// A subject of an aggregated input.
    Subject(Arc<(Resource, EngineValue)>),
    /// An object that the rule's filter returned and no input holds.
    External(EngineValue),
}

/// Judges resources that come all at once.
pub fn evaluate(
    context: EvaluationContext<'_>,
    selection: &Selection<'_>,
    resources: Vec<Resource>,
    exceptions: &ExceptionSet,
) -> Report {
    let mut evaluator = Evaluator::new(context, selection);
    evaluator.judge_all(resources);
    evaluator.finish(exceptions, &[])
}

/// Judges resources that come in batches of whole namespaces.
///
/// A rule sees the objects of the batch's namespaces, those of no namespace, and those of the kinds that it joins across
/// namespaces. The latter two have to be residents ([`crate::joins_across`]), which stay for the whole scan.
pub struct Evaluator<'scan> {
    context: EvaluationContext<'scan>,
    selection: &'scan Selection<'scan>,
    tasks: Vec<Task<'scan>>,
    tasks_of_control: Vec<Vec<usize>>,
    residents: Pool,
    /// Namespaces of residents that had no turn yet.
    waiting: BTreeSet<String>,
    findings: Findings,
}

impl std::fmt::Debug for Evaluator<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Evaluator").finish_non_exhaustive()
    }
}

impl<'scan> Evaluator<'scan> {
    /// Nothing is judged yet.
    pub fn new(context: EvaluationContext<'scan>, selection: &'scan Selection<'scan>) -> Self {
        let (tasks, tasks_of_control) = tasks(&context, selection);
        Self {
            findings: Findings::new(tasks.len()),
            context,
            selection,
            tasks,
            tasks_of_control,
            residents: Pool::default(),
            waiting: BTreeSet::new(),
        }
    }

    /// Judges everything at once.
    pub fn judge_all(&mut self, resources: Vec<Resource>) {
        let own = Pool::new(resources, self.findings.resources());
        self.judge(&Pool::default(), &own, Turn::All);
    }

    /// Keeps objects for all batches that follow, and judges those of them that belong to no namespace.
    pub fn keep(&mut self, residents: Vec<Resource>) {
        let named = residents.iter().filter(|resource| !resource.namespace.is_empty());
        self.waiting = named.map(|resource| resource.namespace.to_string()).collect();
        let residents = Pool::new(residents, self.findings.resources());
        self.judge(&Pool::default(), &residents, Turn::Residents);
        self.residents = residents;
    }

    /// Judges the objects of some namespaces, residents of them included.
    pub fn judge_namespaces(&mut self, names: &BTreeSet<String>, resources: Vec<Resource>) {
        self.waiting.retain(|name| !names.contains(name));
        let own = Pool::new(resources, self.findings.resources());
        let residents = std::mem::take(&mut self.residents);
        self.judge(&residents, &own, Turn::Namespaces(names));
        self.residents = residents;
    }

    /// Packs the objects that were judged. Residents are unpacked again for the rules that look at them for the first
    /// time.
    pub fn pack(&mut self) {
        let residents = self.findings.pack(self.residents.len());
        self.residents.hold(residents);
    }

    fn judge(&mut self, residents: &Pool, own: &Pool, turn: Turn<'_>) {
        self.findings.begin(own.resources());
        let batch = Batch::new(&self.context, Seen { residents, own, turn });
        let done = AtomicUsize::new(0);
        let outcomes: Vec<Option<Outcome>> = self
            .tasks
            .par_iter()
            .with_max_len(1)
            .map(|task| {
                let outcome = batch.run(task);
                let Progress(tell) = self.context.progress;
                tell(done.fetch_add(1, Ordering::Relaxed) + 1, self.tasks.len());
                outcome
            })
            .collect();
        self.findings.locate(batch.addresses());
        for (task, outcome) in outcomes.into_iter().enumerate() {
            if let Some(outcome) = outcome {
                self.findings.add(task, outcome);
            }
        }
    }

    /// The report. Kinds that could not be read leave the controls that need them without a verdict.
    pub fn finish(mut self, exceptions: &ExceptionSet, unread: &[MissingKind]) -> Report {
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            self.judge_namespaces(&waiting, Vec::new());
        }
        results::build(
            &results::Scan {
                cluster: self.context.cluster,
                exceptions,
                unread,
                selection: self.selection,
                tasks: &self.tasks,
                tasks_of_control: &self.tasks_of_control,
            },
            self.findings,
        )
    }
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
