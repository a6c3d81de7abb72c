//! What reports say of the run and its target.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubescape_model::{Commit, Report};
use kubescape_policy::Request;
use kubescape_report::{ClusterMetadata, Metadata, RepositoryMetadata, Target};
use kubescape_scan::{ClusterFacts, ScanOutcome};
use kubescape_source::{Context, InputKind, Repository};

use crate::clock;
use crate::commands::version;
use crate::settings::{ScanKind, ScanSettings};

pub(super) fn of(settings: &ScanSettings, outcome: &ScanOutcome) -> Metadata {
    let (target_type, names) = match &settings.request {
        Request::Frameworks(names) => ("Framework", names),
        Request::Controls(ids) => ("Control", ids),
    };
    let flags = &settings.flags;
    Metadata {
        generation_time: clock::now(),
        report_id: uuid::Uuid::new_v4().to_string(),
        target: match &outcome.cluster {
            Some(facts) => cluster(facts, &outcome.report),
            None => target(&outcome.context),
        },
        target_type: target_type.to_owned(),
        target_names: if settings.kind == ScanKind::Control {
            names.iter().map(|name| name.to_uppercase()).collect()
        } else {
            names.clone()
        },
        version: version::number(),
        controls_inputs: flags
            .controls_config
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        formats: settings
            .outputs
            .iter()
            .map(|output| output.format.name().to_owned())
            .collect(),
        excluded_namespaces: settings.collect.filter.namespaces.exclude.clone(),
        included_namespaces: settings.collect.filter.namespaces.include.clone(),
        compliance_threshold: flags.compliance_threshold,
        verbose: flags.verbose,
        omit_objects: flags.omit_raw_resources,
        labels_to_copy: flags.labels_to_copy.clone(),
        cluster_name: flags
            .cluster_name
            .clone()
            .or_else(|| Some(outcome.cluster.as_ref()?.context.clone()))
            .unwrap_or_default(),
    }
}

fn cluster(facts: &ClusterFacts, report: &Report) -> Target {
    let mut namespaces = BTreeMap::new();
    for resource in report
        .resources
        .iter()
        .filter(|resource| !resource.namespace.is_empty())
    {
        *namespaces.entry(resource.namespace.to_string()).or_insert(0) += 1;
    }
    Target {
        cluster: Some(ClusterMetadata {
            context: facts.context.clone(),
            version: Arc::clone(&facts.version),
            cloud_provider: facts.cloud_provider.unwrap_or_default(),
            worker_nodes: facts.worker_nodes,
            namespaces,
        }),
        ..Target::default()
    }
}

fn target(context: &Context) -> Target {
    let is_remote = context.kind == InputKind::GitRemote;
    Target {
        scanning_target: match context.kind {
            InputKind::File => 1,
            InputKind::GitRemote => 2,
            InputKind::GitLocal => 3,
            InputKind::Directory => 4,
        },
        path: context.input.display().to_string(),
        // The folder of a repository that was fetched is gone by the time that anyone reads of it.
        root: if is_remote {
            String::new()
        } else {
            context.root.display().to_string()
        },
        host_name: clock::host_name(),
        cluster: None,
        repository: context.repository.as_ref().and_then(repository),
    }
}

/// A repository without a remote is a folder to reports.
fn repository(repository: &Repository) -> Option<RepositoryMetadata> {
    Some(RepositoryMetadata {
        provider: repository.provider.clone(),
        repo: repository.repo.clone(),
        owner: repository.owner.clone(),
        branch: repository.branch.clone(),
        remote_url: repository.remote_url.clone()?,
        // Who wrote it and when; what they wrote is in the repository.
        last_commit: Commit {
            committer_email: String::new(),
            message: String::new(),
            ..repository.last_commit.clone()
        },
    })
}
