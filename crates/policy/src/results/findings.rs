//! What rules said so far, batch after batch, with the resources that they spoke of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use kubescape_model::{Evidence, GroupVersionKind, Object, PathRecord, Resource};

use super::table::ResourceTable;
use crate::evaluate::Outcome;
use crate::rego::{EngineValue, Response};

/// What a rule said of a resource: its place in the table, and what was found when it failed.
type Row = (u32, Option<Arc<Evidence>>);

/// What a task said, its resources resolved.
#[derive(Default)]
pub(super) struct RuleOutcome {
    /// One row for each resource, sorted once all batches are in.
    pub(super) rows: Vec<Row>,
    /// Why it could not be evaluated.
    pub(super) error: Option<String>,
}

/// What all tasks said so far.
pub(crate) struct Findings {
    /// The kinds of objects that were looked at.
    kinds: BTreeSet<Arc<GroupVersionKind>>,
    table: ResourceTable,
    outcomes: Vec<RuleOutcome>,
}

impl Findings {
    /// Nothing was said yet.
    pub(crate) fn new(tasks: usize) -> Self {
        Self {
            kinds: BTreeSet::new(),
            table: ResourceTable::default(),
            outcomes: std::iter::repeat_with(RuleOutcome::default).take(tasks).collect(),
        }
    }

    /// Resources so far: the place that the next one gets.
    pub(crate) fn resources(&self) -> usize {
        self.table.len()
    }

    /// Takes the resources of a batch in.
    pub(crate) fn begin(&mut self, resources: &[Resource]) {
        for resource in resources {
            if !self.kinds.contains(&resource.kind) {
                self.kinds.insert(Arc::clone(&resource.kind));
            }
        }
        self.table.extend(resources);
    }

    /// Tells where the objects stand that the batch's answers speak of, by the address of their engine value.
    pub(crate) fn locate(&mut self, addresses: HashMap<usize, usize>) {
        self.table.locate(addresses);
    }

    /// Adds what a task said of the batch.
    pub(crate) fn add(&mut self, task: usize, outcome: Outcome) {
        let mut rows: BTreeMap<usize, Option<Arc<Evidence>>> = outcome
            .tested
            .into_iter()
            .map(|tested| (self.table.tested(tested), None))
            .collect();
        let error = match outcome.answer {
            Ok(responses) => {
                for response in responses {
                    record(response, &mut rows, &mut self.table);
                }
                outcome.incomplete
            }
            Err(error) => Some(error),
        }
        .map(|error| error.to_string());
        if let Some(outcome) = self.outcomes.get_mut(task) {
            let rows = rows.into_iter();
            outcome
                .rows
                .extend(rows.map(|(place, evidence)| (u32::try_from(place).unwrap_or(u32::MAX), evidence)));
            outcome.error = outcome.error.take().or(error);
        }
    }

    /// Packs all objects. Gives the first ones, packed.
    pub(crate) fn pack(&mut self, first: usize) -> Vec<Object> {
        self.table.pack();
        self.table.objects(first)
    }

    /// The kinds that were looked at, the resources, and what each task said of them: one row for each.
    pub(super) fn into_parts(mut self) -> (BTreeSet<Arc<GroupVersionKind>>, ResourceTable, Vec<RuleOutcome>) {
        for outcome in &mut self.outcomes {
            outcome.rows.sort_by_key(|(place, _)| *place);
            outcome.rows.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    merge(&mut earlier.1, later.1.take());
                }
                same
            });
        }
        (self.kinds, self.table, self.outcomes)
    }
}

/// Residents are looked at with every batch: what was found is found, whatever the other batches say.
fn merge(earlier: &mut Option<Arc<Evidence>>, later: Option<Arc<Evidence>>) {
    let Some(later) = later else { return };
    let Some(earlier) = earlier else {
        *earlier = Some(later);
        return;
    };
    let earlier = Arc::make_mut(earlier);
    for path in &later.paths {
        if !earlier.paths.contains(path) {
            earlier.paths.push(path.clone());
        }
    }
    for related in &later.related {
        if !earlier.related.contains(related) {
            earlier.related.push(Arc::clone(related));
        }
    }
}

/// Adds one answer to the rows of the resources that it blames.
fn record(response: Response, rows: &mut BTreeMap<usize, Option<Arc<Evidence>>>, table: &mut ResourceTable) {
    let related: Vec<(Arc<str>, Vec<PathRecord>)> = response
        .related
        .iter()
        .map(|related| {
            let id = table.id_of(&related.object);
            let paths = related
                .paths
                .iter()
                .map(|path| PathRecord {
                    resource_id: Arc::clone(&id),
                    path: path.clone(),
                })
                .collect();
            (id, paths)
        })
        .collect();
    let blamed: Vec<&EngineValue> = response.objects.iter().chain(&response.external).collect();
    for object in blamed {
        let index = table.returned(object);
        let id = table.id(index);
        let evidence = Arc::make_mut(rows.entry(index).or_default().get_or_insert_default());
        evidence
            .paths
            .extend(response.paths.iter().map(|path| PathRecord {
                resource_id: Arc::clone(&id),
                path: path.clone(),
            }));
        for (related_id, paths) in &related {
            evidence.paths.extend(paths.iter().cloned());
            if !evidence.related.contains(related_id) {
                evidence.related.push(Arc::clone(related_id));
            }
        }
    }
}
