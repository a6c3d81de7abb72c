//! All resources of a report: the scan's own, and those that only rules know.

use std::collections::HashMap;
use std::sync::Arc;

use kubescape_model::{ControlResult, Object, Resource, ResourceResult};

use crate::evaluate::Tested;
use crate::identity::{external_resource, id_of};
use crate::rego::EngineValue;
use crate::score;

/// Resources by index, id and the address of their engine value.
#[derive(Default)]
pub(super) struct ResourceTable {
    resources: Vec<Resource>,
    by_id: HashMap<Arc<str>, usize>,
    by_address: HashMap<usize, usize>,
    weights: Vec<f32>,
    /// Whether a rule looked at it.
    touched: Vec<bool>,
    /// How many were packed.
    packed: usize,
}

impl ResourceTable {
    /// Takes resources in, behind those that are there.
    pub(super) fn extend(&mut self, resources: &[Resource]) {
        for resource in resources {
            self.add(resource.clone());
        }
    }

    /// Forgets where the values of earlier objects were in memory, and notes those of these.
    pub(super) fn locate(&mut self, addresses: HashMap<usize, usize>) {
        self.by_address = addresses;
    }

    /// Packs the objects that are not packed yet.
    pub(super) fn pack(&mut self) {
        for resource in self.resources.iter_mut().skip(self.packed) {
            resource.object.pack();
        }
        self.packed = self.resources.len();
    }

    /// The first objects.
    pub(super) fn objects(&self, count: usize) -> Vec<Object> {
        let resources = self.resources.iter().take(count);
        resources.map(|resource| resource.object.clone()).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.resources.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Resource> {
        self.resources.get(index)
    }

    pub(super) fn id(&self, index: usize) -> Arc<str> {
        self.resources
            .get(index)
            .map(|resource| Arc::clone(&resource.id))
            .unwrap_or_default()
    }

    pub(super) fn weight(&self, index: usize) -> f32 {
        self.weights.get(index).copied().unwrap_or(1.0)
    }

    /// Index of an entry of a rule's input.
    pub(super) fn tested(&mut self, tested: Tested) -> usize {
        let index = match tested {
            Tested::Resource(index) => index,
            Tested::Subject(subject) => {
                let index = self
                    .by_id
                    .get(&subject.0.id)
                    .copied()
                    .unwrap_or_else(|| self.add(subject.0.clone()));
                if let Some(address) = subject.1.address() {
                    self.by_address.insert(address, index);
                }
                index
            }
            Tested::External(value) => self.returned(&value),
        };
        self.touch(index);
        index
    }

    /// Index of an object that a rule returned. Objects that no input holds become resources of their own.
    pub(super) fn returned(&mut self, value: &EngineValue) -> usize {
        let known = value
            .address()
            .and_then(|address| self.by_address.get(&address).copied());
        let index = known.unwrap_or_else(|| {
            let id: Arc<str> = id_of(value).into();
            match self.by_id.get(&id).copied() {
                None => self.add(external_resource(value)),
                Some(index) => {
                    // Objects that rules make up may share an id; the last one stands for all.
                    if let Some(place) = self
                        .resources
                        .get_mut(index)
                        .filter(|place| place.source.is_none())
                    {
                        *place = external_resource(value);
                    }
                    index
                }
            }
        });
        self.touch(index);
        index
    }

    /// The id of an object that a rule returned.
    pub(super) fn id_of(&self, value: &EngineValue) -> Arc<str> {
        match value.address().and_then(|address| self.by_address.get(&address)) {
            Some(index) => self.id(*index),
            None => id_of(value).into(),
        }
    }

    fn touch(&mut self, index: usize) {
        if let Some(touched) = self.touched.get_mut(index) {
            *touched = true;
        }
    }

    fn add(&mut self, resource: Resource) -> usize {
        let index = self.resources.len();
        self.by_id.insert(Arc::clone(&resource.id), index);
        self.weights.push(score::weight(&resource));
        self.touched.push(false);
        self.resources.push(resource);
        index
    }

    /// Resources that a rule looked at with their results, sorted by id.
    pub(super) fn finish(self, results: Vec<Vec<ControlResult>>) -> (Vec<Resource>, Vec<ResourceResult>) {
        let mut rows: Vec<(Resource, ResourceResult)> = self
            .resources
            .into_iter()
            .zip(results)
            .zip(self.touched)
            .filter(|(_, touched)| *touched)
            .map(|((resource, controls), _)| {
                (
                    resource,
                    ResourceResult {
                        controls,
                        prioritized: None,
                    },
                )
            })
            .collect();
        rows.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        rows.into_iter().unzip()
    }
}
