//! What reports say of the run and its target.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubescape_model::Report;
use kubescape_policy::Request;
use kubescape_report::{ClusterMetadata, Metadata, RepositoryMetadata, Target};
use kubescape_scan::{ClusterFacts, ScanOutcome};
use kubescape_source::{Context, InputKind};

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
    let repository = context.repository.as_ref();
    Target {
        scanning_target: match context.kind {
            InputKind::File => 1,
            InputKind::GitLocal => 3,
            InputKind::Directory => 4,
        },
        path: context.input.display().to_string(),
        root: context.root.display().to_string(),
        host_name: clock::host_name(),
        cluster: None,
        repository: repository.and_then(|repository| {
            let url = repository.remote_url.as_deref()?;
            Some(repository_metadata(url, &repository.branch))
        }),
    }
}

/// Provider, owner and name from an address: `https://HOST/OWNER/REPO.git` or `git@HOST:OWNER/REPO.git`.
fn repository_metadata(url: &str, branch: &str) -> RepositoryMetadata {
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    let without_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let without_user = without_scheme
        .split_once('@')
        .map_or(without_scheme, |(_, rest)| rest);
    let mut parts = without_user.splitn(2, ['/', ':']);
    let host = parts.next().unwrap_or_default();
    let path = parts.next().unwrap_or_default();
    let (owner, repo) = path.rsplit_once('/').unwrap_or(("", path));
    let provider = ["github", "gitlab", "azure", "bitbucket"]
        .into_iter()
        .find(|name| host.contains(name));
    RepositoryMetadata {
        provider: provider.unwrap_or_default().to_owned(),
        repo: repo.to_owned(),
        owner: owner.to_owned(),
        branch: branch.to_owned(),
        remote_url: url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: [&str; 3]) {
        let found = repository_metadata(url, "main");
        assert_eq!(
            [found.provider.as_str(), &found.owner, &found.repo],
            expected,
            "{url}"
        );
    }

    #[test]
    fn remotes() {
        check("https://github.com/shop/web.git", ["github", "shop", "web"]);
        check("git@gitlab.com:team/sub/web.git", ["gitlab", "team/sub", "web"]);
        check("ssh://git@git.example.com/web", ["", "", "web"]);
    }
}
