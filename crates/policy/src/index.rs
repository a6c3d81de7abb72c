//! Which resources concern which rule.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubescape_model::{GroupVersionKind, KindPattern, Resource, Rule};

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

/// The kinds whose objects rules of a selection join across namespaces.
pub fn kinds_across(selection: &Selection<'_>) -> Vec<KindPattern> {
    let patterns: BTreeSet<&KindPattern> = selection
        .controls
        .iter()
        .flat_map(|selected| &selected.rules)
        .flat_map(|rule| match rule.whole_cluster {
            true => &rule.matches,
            false => &rule.across,
        })
        .collect();
    patterns.into_iter().cloned().collect()
}
