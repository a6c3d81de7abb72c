//! A batch of resources, seen together with the residents.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kubescape_model::{Aggregator, Object, Resource, Rule};

use crate::aggregate::{Aggregate, Pairing, aggregate};
use crate::evaluate::{EvaluationContext, Outcome, Task, Tested};
use crate::index::KindIndex;
use crate::rego::{EngineValue, Response, RuleInput};

/// Resources with their engine values, converted when first needed.
#[derive(Default)]
pub(crate) struct Pool {
    resources: Vec<Resource>,
    values: Vec<OnceLock<EngineValue>>,
    /// Place of the first one in the report.
    first: usize,
}

impl Pool {
    pub(crate) fn new(resources: Vec<Resource>, first: usize) -> Self {
        Self {
            values: resources.iter().map(|_| OnceLock::new()).collect(),
            resources,
            first,
        }
    }

    /// Holds the same objects in another form.
    pub(crate) fn hold(&mut self, objects: Vec<Object>) {
        for (resource, object) in self.resources.iter_mut().zip(objects) {
            resource.object = object;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.resources.len()
    }

    pub(crate) fn resources(&self) -> &[Resource] {
        &self.resources
    }

    fn value(&self, index: usize) -> Option<EngineValue> {
        let (cell, resource) = (self.values.get(index)?, self.resources.get(index)?);
        let convert = || EngineValue::from_object(&resource.object.node(), resource.source_path.as_ref());
        Some(cell.get_or_init(convert).clone())
    }
}

/// Aggregated inputs by what they were made from.
type Aggregates = BTreeMap<(Aggregator, Vec<usize>), Arc<Aggregate>>;

/// What rules can see: the residents and a batch. Positions count the residents first.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'scan> {
    pub(crate) residents: &'scan Pool,
    pub(crate) own: &'scan Pool,
    pub(crate) turn: Turn<'scan>,
}

/// Whose turn it is to be judged.
#[derive(Clone, Copy)]
pub(crate) enum Turn<'scan> {
    /// Everything: there is one batch.
    All,
    /// What belongs to no namespace, or is seen across them.
    Residents,
    /// What belongs to these namespaces.
    Namespaces(&'scan BTreeSet<String>),
}

impl Seen<'_> {
    /// The pool that a position lies in, and the place there.
    fn locate(&self, index: usize) -> (&Pool, usize) {
        match index.checked_sub(self.residents.len()) {
            None => (self.residents, index),
            Some(index) => (self.own, index),
        }
    }

    /// Positions of the resources that a rule looks at; none when it is nobody's turn among them.
    fn inputs(&self, index: &KindIndex, rule: &Rule) -> Vec<usize> {
        let mut positions = index.inputs(rule);
        if matches!(self.turn, Turn::All) {
            return positions;
        }
        let mut is_due = false;
        positions.retain(|position| {
            let part = self.part(*position, rule);
            is_due |= part == Part::Due;
            part != Part::Absent
        });
        match is_due {
            true => positions,
            false => Vec::new(),
        }
    }

    fn part(&self, position: usize, rule: &Rule) -> Part {
        let Some(resource) = self.resource(position) else {
            return Part::Absent;
        };
        if matches!(self.turn, Turn::Namespaces(_)) && position >= self.residents.len() {
            return Part::Due;
        }
        let home = home(resource).filter(|_| !sees_across(rule, resource));
        match (self.turn, home) {
            (Turn::All, _) | (Turn::Residents, None) => Part::Due,
            (Turn::Residents, Some(_)) => Part::Absent,
            (Turn::Namespaces(_), None) => Part::Context,
            (Turn::Namespaces(names), Some(home)) if names.contains(home) => Part::Due,
            (Turn::Namespaces(_), Some(_)) => Part::Absent,
        }
    }

    /// Whether both belong to no namespace although it is the turn of namespaces.
    pub(crate) fn was_paired(&self, one: &Resource, other: &Resource) -> bool {
        matches!(self.turn, Turn::Namespaces(_)) && home(one).is_none() && home(other).is_none()
    }

    pub(crate) fn value(&self, index: usize) -> Option<EngineValue> {
        let (pool, index) = self.locate(index);
        pool.value(index)
    }

    pub(crate) fn resource(&self, index: usize) -> Option<&Resource> {
        let (pool, index) = self.locate(index);
        pool.resources.get(index)
    }

    /// Place in the report.
    pub(crate) fn place(&self, index: usize) -> usize {
        let (pool, index) = self.locate(index);
        pool.first + index
    }

    /// Positions of the resources that a rule looks at.
    pub(crate) fn index(&self) -> KindIndex {
        KindIndex::new(self.residents.resources.iter().chain(&self.own.resources))
    }
}

/// What a resource is for a rule.
#[derive(PartialEq, Eq)]
enum Part {
    /// It is its turn to be judged.
    Due,
    /// It is only looked at.
    Context,
    /// It is not looked at.
    Absent,
}

/// The namespace that a resource is judged with; a namespace is judged with itself.
fn home(resource: &Resource) -> Option<&str> {
    match (&*resource.namespace, resource.kind.kind.as_str()) {
        ("", "Namespace") => Some(&resource.name),
        ("", _) => None,
        (namespace, _) => Some(namespace),
    }
}

fn sees_across(rule: &Rule, resource: &Resource) -> bool {
    rule.whole_cluster || rule.across.iter().any(|pattern| pattern.matches(&resource.kind))
}

/// The evaluation of a batch.
pub(crate) struct Batch<'scan> {
    context: &'scan EvaluationContext<'scan>,
    seen: Seen<'scan>,
    index: KindIndex,
    /// Aggregated inputs by what they were made from; most RBAC rules share one.
    aggregates: Mutex<Aggregates>,
}

impl<'scan> Batch<'scan> {
    pub(crate) fn new(context: &'scan EvaluationContext<'scan>, seen: Seen<'scan>) -> Self {
        Self {
            context,
            index: seen.index(),
            aggregates: Mutex::default(),
            seen,
        }
    }

    /// Runs a task; `None` when nothing of the batch concerns it.
    pub(crate) fn run(&self, task: &Task<'_>) -> Option<Outcome> {
        let indexes = self.seen.inputs(&self.index, task.rule);
        if indexes.is_empty() {
            return None;
        }
        let mut incomplete = None;
        let (tested, objects): (Vec<Tested>, Vec<EngineValue>) = match task.rule.aggregator {
            None => indexes
                .iter()
                .filter_map(|index| {
                    Some((
                        Tested::Resource(self.seen.place(*index)),
                        self.seen.value(*index)?,
                    ))
                })
                .unzip(),
            Some(aggregator) => {
                let aggregate = self.aggregated(aggregator, &indexes);
                incomplete.clone_from(&aggregate.incomplete);
                aggregate.entries.iter().cloned().unzip()
            }
        };
        if objects.is_empty() {
            return None;
        }
        let answer = self
            .context
            .programs
            .evaluate(&task.rule.module, self.input(task, &objects));
        let (tested, answer) = match &task.rule.filter {
            None => (tested, answer),
            Some(filter) => match self.context.programs.evaluate(filter, self.input(task, &objects)) {
                Ok(chosen) => (Self::chosen(&chosen, &tested, &objects), answer),
                Err(error) => (tested, Err(error)),
            },
        };
        Some(Outcome {
            tested,
            answer,
            incomplete,
        })
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

    fn aggregated(&self, aggregator: Aggregator, indexes: &[usize]) -> Arc<Aggregate> {
        // Held while the entries are made: rules that need the same ones wait instead of making them again.
        let mut aggregates = self.aggregates.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = aggregates
            .entry((aggregator, indexes.to_vec()))
            .or_insert_with(|| Arc::new(aggregate(aggregator, Pairing::Meant, indexes, self.seen)));
        Arc::clone(entries)
    }

    /// Places of the resources by the address of their engine value, as far as somebody needed it.
    pub(crate) fn addresses(&self) -> HashMap<usize, usize> {
        (0..self.seen.residents.len() + self.seen.own.len())
            .filter_map(|index| {
                let (pool, own) = self.seen.locate(index);
                Some((pool.values.get(own)?.get()?.address()?, self.seen.place(index)))
            })
            .collect()
    }
}
