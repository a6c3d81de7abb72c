//! Scans of a live cluster, in one batch or namespace by namespace.

use std::sync::Arc;

use kubescape_cluster::{Cluster, ListSettings, Streaming};
use kubescape_model::{Join, KindPattern, Resource, Scope};
use kubescape_policy::exceptions::{self, is_inline};
use kubescape_policy::{Evaluator, Progress, Selection, joins_across, select, wanted_kinds};
use kubescape_yaml::{Mapping, Node, Value};

use crate::{
    ScanError, ScanOutcome, ScanRequest, Stage, complete, evaluation_context, exception_kinds, exception_set,
    programs, workload,
};

/// Objects of a batch: enough that the work for each batch does not count, few enough to be small in memory.
const BATCH_OBJECTS: usize = 1000;

/// The cluster to scan, and how.
#[derive(Debug)]
pub struct ClusterTarget<'scan> {
    /// The cluster.
    pub cluster: &'scan Cluster,
    /// Name of the cluster in exceptions and reports.
    pub name: &'scan str,
    /// Label selector; empty: none.
    pub labels: &'scan str,
    /// When to go namespace by namespace.
    pub streaming: Streaming,
    /// Objects that the cluster itself does not hold: descriptions by its provider.
    pub descriptions: Vec<Resource>,
}

/// What is known of a scanned cluster.
#[derive(Clone, Debug, Default)]
pub struct ClusterFacts {
    /// Name of the context.
    pub context: String,
    /// What the API server says of its version.
    pub version: Arc<Node>,
    /// `eks`, `gke`, `aks`, or nothing.
    pub cloud_provider: Option<&'static str>,
    /// Nodes that run ordinary pods.
    pub worker_nodes: usize,
}

impl ScanRequest<'_> {
    /// What a scan of the cluster has to list.
    pub fn list_settings(&self, target: &ClusterTarget<'_>) -> Result<ListSettings, ScanError> {
        let selection = select(self.library, &self.request, &self.controls, &scope(target))?;
        self.list_for(&selection, target)
    }

    fn list_for(
        &self,
        selection: &Selection<'_>,
        target: &ClusterTarget<'_>,
    ) -> Result<ListSettings, ScanError> {
        let mut filter = self.collect.filter.clone();
        filter.wanted = wanted_kinds(selection);
        filter.wanted.extend(exception_kinds());
        let mut across = joins_across(selection);
        let stating = exception_kinds().filter(|pattern| pattern.group == exceptions::GROUP);
        across.extend(stating.map(|pattern| Join {
            kinds: vec![pattern],
            with: Vec::new(),
        }));
        let mut streaming = target.streaming;
        if let Some(name) = &self.workload {
            if name.kind.eq_ignore_ascii_case("secret") {
                return Err(ScanError::SecretWorkload);
            }
            // One workload is looked up among all objects of its namespace.
            streaming = Streaming::Never;
            if !name.namespace.is_empty() {
                filter.namespaces.include = vec![name.namespace.clone()];
            }
        }
        Ok(ListSettings {
            filter,
            across,
            labels: target.labels.to_owned(),
            streaming,
            batch_objects: BATCH_OBJECTS,
        })
    }
}

/// Runs a scan of a cluster. In memory are one batch of namespaces, what concerns all of them, and what was found.
pub fn scan_cluster(
    request: ScanRequest<'_>,
    mut target: ClusterTarget<'_>,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<ScanOutcome, ScanError> {
    let info = target.cluster.info();
    let mut selection = select(
        request.library,
        &request.request,
        &request.controls,
        &scope(&target),
    )?;
    let settings = request.list_for(&selection, &target)?;
    progress(Stage::Collect);
    let mut objects = target.cluster.objects(&settings)?;
    let mut others = std::mem::take(&mut target.descriptions);
    others.push(server_description(&info.version));
    let mut everything = objects.everything();
    if let Some(name) = &request.workload {
        workload::single_out(name, everything.get_or_insert_default(), &mut selection)?;
    }
    let programs = programs(&request);
    let tell = |done, of| progress(Stage::Rule { done, of });
    let context = evaluation_context(
        &request,
        &programs,
        info.cloud_provider,
        target.name,
        Progress(&tell),
    );
    let mut evaluator = Evaluator::new(context, &selection);
    let mut stating = Stating::new();
    let evaluating = |resources| {
        progress(Stage::Evaluate {
            resources,
            controls: selection.controls.len(),
        });
    };
    if let Some(mut resources) = everything {
        resources.append(&mut others);
        evaluating(resources.len());
        stating.add(&resources);
        evaluator.judge_all(resources);
    } else {
        let mut residents = objects.residents();
        residents.append(&mut others);
        let mut count = residents.len();
        evaluating(count);
        stating.add(&residents);
        evaluator.keep(residents);
        evaluator.pack();
        while let Some(batch) = objects.next_batch() {
            count += batch.resources.len();
            evaluating(count);
            stating.add(&batch.resources);
            evaluator.judge_namespaces(&batch.namespaces, batch.resources);
            evaluator.pack();
        }
    }
    let exceptions = exception_set(&request, &stating.resources);
    let report = evaluator.finish(&exceptions, &objects.failures());
    let warnings = selection
        .warnings
        .iter()
        .chain(&exceptions.warnings)
        .cloned()
        .collect();
    Ok(ScanOutcome {
        cluster: Some(ClusterFacts {
            context: info.context.clone(),
            version: Arc::clone(&info.version),
            cloud_provider: info.cloud_provider,
            worker_nodes: objects.worker_nodes(),
        }),
        prints: programs.take_prints(),
        ..complete(request, &exceptions, report, warnings)
    })
}

/// The objects that state exceptions, and the namespaces that those select.
struct Stating {
    kinds: Vec<KindPattern>,
    resources: Vec<Resource>,
}

impl Stating {
    fn new() -> Self {
        Self {
            kinds: exception_kinds().collect(),
            resources: Vec::new(),
        }
    }

    fn add(&mut self, resources: &[Resource]) {
        let stating = resources.iter().filter(|resource| {
            self.kinds.iter().any(|pattern| pattern.matches(&resource.kind)) || is_inline(resource)
        });
        self.resources.extend(stating.cloned());
    }
}

/// Controls of the provider's clusters, or of clusters in general.
fn scope(target: &ClusterTarget<'_>) -> Scope {
    match target.cluster.info().cloud_provider {
        Some(provider) => Scope::Provider(provider.to_uppercase()),
        None => Scope::Cluster,
    }
}

/// The version of the API server as an object that rules look at.
fn server_description(version: &Node) -> Resource {
    let mut metadata = Mapping::new();
    metadata.insert("name", Node::string("version"));
    let mut object = Mapping::new();
    object.insert(
        "apiVersion",
        Node::string("apiserverinfo.kubescape.cloud/v1beta0"),
    );
    object.insert("kind", Node::string("APIServerInfo"));
    object.insert("metadata", Node::new(Value::Mapping(metadata)));
    object.insert("data", version.clone());
    Resource::new(Arc::new(Node::new(Value::Mapping(object))), None, None)
}
