//! All objects of a scan, in one batch or many.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubescape_model::{Join, MissingKind, Resource, ResourceFilter};
use tokio::sync::mpsc;

use crate::journal::Journal;
use crate::plan::Plan;
use crate::{Cluster, ClusterError, provider};

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListSettings {
    /// Kinds and namespaces; the kinds that rules want are in it.
    pub filter: ResourceFilter,
    /// Kinds whose objects of all namespaces are needed at once.
    pub across: Vec<Join>,
    /// Label selector; empty: none.
    pub labels: String,
    /// When to go namespace by namespace.
    pub streaming: Streaming,
    /// Objects of a batch: as many namespaces as it takes to reach them.
    pub batch_objects: usize,
}

/// When to go namespace by namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streaming {
    /// Never: everything comes at once.
    Never,
    /// When the cluster has more than so many objects, or when the user chose some namespaces.
    Above(usize),
    /// Always.
    Always,
}

impl Default for Streaming {
    fn default() -> Self {
        Self::Above(2500)
    }
}

/// The objects of a cluster as they come.
#[derive(Debug)]
pub struct Objects<'cluster> {
    cluster: &'cluster Cluster,
    residents: Vec<Resource>,
    batches: Batches,
    journal: Arc<Journal>,
    worker_nodes: usize,
}

#[derive(Debug)]
pub(crate) enum Batches {
    /// Everything at once.
    One(Vec<Resource>),
    /// Read ahead by a task of the runtime.
    Many(mpsc::Receiver<Batch>),
}

/// The objects of some namespaces.
#[derive(Debug, Default)]
pub struct Batch {
    /// The namespaces.
    pub namespaces: BTreeSet<String>,
    /// Their objects, other than residents.
    pub resources: Vec<Resource>,
}

impl Objects<'_> {
    /// All objects, when they come at once. Given once.
    pub fn everything(&mut self) -> Option<Vec<Resource>> {
        match &mut self.batches {
            Batches::One(resources) => Some(std::mem::take(resources)),
            Batches::Many(_) => None,
        }
    }

    /// Objects that concern every batch: those of no namespace, and those that rules join across namespaces. Given once.
    pub fn residents(&mut self) -> Vec<Resource> {
        std::mem::take(&mut self.residents)
    }

    /// The next batch; `None` when there is no more.
    pub fn next_batch(&mut self) -> Option<Batch> {
        match &mut self.batches {
            Batches::One(_) => None,
            Batches::Many(batches) => self.cluster.runtime.block_on(batches.recv()),
        }
    }

    /// What could not be listed so far.
    pub fn failures(&self) -> Vec<MissingKind> {
        self.journal.failures()
    }

    /// Nodes that run ordinary pods; 0 when nodes were not listed.
    pub fn worker_nodes(&self) -> usize {
        self.worker_nodes
    }
}

impl Cluster {
    /// Lists what the settings ask for.
    pub fn objects(&self, settings: &ListSettings) -> Result<Objects<'_>, ClusterError> {
        let opened = self.runtime.block_on(async {
            let plan = Plan::new(&self.requests, settings).await?;
            Ok(plan.open(&self.requests, settings).await)
        });
        let (residents, batches, journal) = opened.map_err(|source| ClusterError::Unreachable {
            server: self.info.server.clone(),
            source,
        })?;
        let is_empty = residents.is_empty() && matches!(&batches, Batches::One(all) if all.is_empty());
        if let (true, Some(first)) = (is_empty, journal.failures().first()) {
            return Err(ClusterError::NothingListed {
                server: self.info.server.clone(),
                first: format!("{}: {}", first.resource, first.error),
            });
        }
        let nodes = match &batches {
            Batches::One(all) => all,
            Batches::Many(_) => &residents,
        };
        let worker_nodes = nodes
            .iter()
            .filter(|resource| resource.kind.group.is_empty() && resource.kind.kind == "Node")
            .filter(|resource| provider::is_worker(&resource.object.node()))
            .count();
        Ok(Objects {
            cluster: self,
            residents,
            batches,
            journal,
            worker_nodes,
        })
    }
}
