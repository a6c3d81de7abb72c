//! Which resources concern which rule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubescape_model::{GroupVersionKind, Join, KindPattern, Resource, Rule};

use crate::selection::Selection;

/// Resources by kind, so that a rule sees only the kinds that it names.
pub(crate) struct KindIndex {
    kinds: BTreeMap<Arc<GroupVersionKind>, Vec<usize>>,
}

impl KindIndex {
    pub(crate) fn new<'a>(resources: impl Iterator<Item = &'a Resource>) -> Self {
        let mut kinds: BTreeMap<Arc<GroupVersionKind>, Vec<usize>> = BTreeMap::new();
        for (index, resource) in resources.enumerate() {
            match kinds.get_mut(&resource.kind) {
                Some(indexes) => indexes.push(index),
                None => {
                    kinds.insert(Arc::clone(&resource.kind), vec![index]);
                }
            }
        }
        Self { kinds }
    }

    /// Indexes of the resources that a rule looks at: in the order of its patterns, then of the kinds, each once.
    pub(crate) fn inputs(&self, rule: &Rule) -> Vec<usize> {
        let mut taken = BTreeSet::new();
        let mut inputs = Vec::new();
        for pattern in rule.matches.iter().chain(&rule.external) {
            for (kind, indexes) in &self.kinds {
                if pattern.matches(kind) && taken.insert(kind) {
                    inputs.extend(indexes);
                }
            }
        }
        inputs
    }
}

/// The kinds that any rule of a selection looks at. Other objects need not be kept.
pub fn wanted_kinds(selection: &Selection<'_>) -> Vec<KindPattern> {
    let patterns: BTreeSet<&KindPattern> = selection
        .controls
        .iter()
        .flat_map(|selected| &selected.rules)
        .flat_map(|rule| rule.matches.iter().chain(&rule.external))
        .collect();
    patterns.into_iter().cloned().collect()
}

/// What rules of a selection join across namespaces.
pub fn joins_across(selection: &Selection<'_>) -> Vec<Join> {
    let rules = selection.controls.iter().flat_map(|selected| &selected.rules);
    let joins: BTreeSet<Join> = rules
        .filter(|rule| rule.whole_cluster || !rule.across.is_empty())
        .map(|rule| match rule.whole_cluster {
            // Whether some of its kinds are missing is for the rule to judge.
            true => rule.matches.iter().map(|kind| alone(kind.clone())).collect(),
            false => vec![Join {
                kinds: rule.across.clone(),
                with: others(rule),
            }],
        })
        .flat_map(|joins: Vec<Join>| joins)
        .collect();
    joins.into_iter().collect()
}

fn alone(kind: KindPattern) -> Join {
    Join {
        kinds: vec![kind],
        with: Vec::new(),
    }
}

/// The kinds of a rule that it does not join across namespaces.
fn others(rule: &Rule) -> Vec<KindPattern> {
    let patterns = rule
        .matches
        .iter()
        .filter(|pattern| !rule.across.contains(pattern));
    patterns.cloned().collect()
}
