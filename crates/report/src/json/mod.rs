//! JSON, version 2: field for field what consumers of this family of reports read.

mod audit;
mod object;
mod priority;
mod results;
mod summary;

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::{Metadata, ScanReport};
use audit::AuditView;
use object::Resources;
use results::Results;
use summary::{CoverageView, SummaryView};

/// Writes the report as one line without a newline at its end.
pub fn write(scan: &ScanReport<'_>, output: &mut impl Write) -> std::io::Result<()> {
    serde_json::to_writer(output, &Document::new(scan)).map_err(std::io::Error::from)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    generation_time: &'a str,
    #[serde(rename = "clusterAPIServerInfo")]
    cluster_api_server_info: Option<&'a kubescape_yaml::Node>,
    cluster_cloud_provider: &'a str,
    #[serde(rename = "customerGUID")]
    customer_guid: &'a str,
    cluster_name: &'a str,
    #[serde(rename = "reportGUID")]
    report_guid: &'a str,
    summary_details: SummaryView<'a>,
    #[serde(skip_serializing_if = "Resources::is_empty")]
    resources: Resources<'a>,
    attributes: Option<()>,
    #[serde(skip_serializing_if = "Results::is_empty")]
    results: Results<'a>,
    metadata: MetadataView<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    resource_labels: BTreeMap<&'a str, BTreeMap<&'a str, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_coverage: Option<CoverageView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception_audit: Option<AuditView<'a>>,
}

impl<'a> Document<'a> {
    fn new(scan: &ScanReport<'a>) -> Self {
        let report = scan.report;
        let cluster = scan.metadata.target.cluster.as_ref();
        Self {
            generation_time: &scan.metadata.generation_time,
            cluster_api_server_info: cluster.map(|cluster| &*cluster.version),
            cluster_cloud_provider: cluster.map_or("", |cluster| cluster.cloud_provider),
            customer_guid: "",
            cluster_name: &scan.metadata.cluster_name,
            report_guid: &scan.metadata.report_id,
            summary_details: SummaryView::new(report),
            resources: Resources(match scan.metadata.omit_objects {
                true => &[],
                false => &report.resources,
            }),
            attributes: None,
            results: Results(report),
            metadata: MetadataView::new(scan.metadata),
            resource_labels: object::labels(report, &scan.metadata.labels_to_copy),
            scan_coverage: CoverageView::new(&report.coverage),
            exception_audit: scan
                .audit
                .map(|audit| AuditView::new(audit, &scan.metadata.generation_time)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetadataView<'a> {
    target_metadata: TargetView<'a>,
    cluster_metadata: Empty,
    scan_metadata: ScanView<'a>,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TargetView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_context_metadata: Option<ClusterView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git_repo_context_metadata: Option<RepositoryView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_context_metadata: Option<FileView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    directory_context_metadata: Option<DirectoryView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterView<'a> {
    context_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cloud_provider: &'a str,
    number_of_worker_nodes: usize,
    namespace_to_number_of_resources: &'a BTreeMap<String, usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryView<'a> {
    provider: &'a str,
    repo: String,
    owner: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    default_branch: &'a str,
    #[serde(rename = "remoteURL", skip_serializing_if = "str::is_empty")]
    remote_url: &'a str,
    last_commit: kubescape_model::Commit,
    local_root_path: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileView<'a> {
    file_path: &'a str,
    host_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DirectoryView<'a> {
    base_path: &'a str,
    host_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanView<'a> {
    target_type: &'a str,
    kubescape_version: &'a str,
    format_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    controls_inputs: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    formats: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    excluded_namespaces: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    include_namespaces: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    target_names: &'a [String],
    #[serde(skip_serializing_if = "is_zero")]
    compliance_threshold: f32,
    #[serde(skip_serializing_if = "is_cluster")]
    scanning_target: u8,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    verbose_mode: bool,
}

/// Reports leave out the number of a cluster, 0.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_cluster(target: &u8) -> bool {
    *target == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(number: &f32) -> bool {
    *number == 0.0
}

impl<'a> MetadataView<'a> {
    fn new(metadata: &'a Metadata) -> Self {
        let target = &metadata.target;
        let is_file = target.scanning_target == 1;
        let repository = match &target.repository {
            Some(repository) => RepositoryView {
                provider: &repository.provider,
                repo: repository.repo.clone(),
                owner: &repository.owner,
                branch: &repository.branch,
                default_branch: "",
                remote_url: &repository.remote_url,
                last_commit: repository.last_commit.clone(),
                local_root_path: &target.root,
            },
            None => RepositoryView {
                provider: "none",
                repo: format!("{}@{}", if is_file { "file" } else { "path" }, target.path),
                owner: &target.host_name,
                branch: "none",
                default_branch: "none",
                remote_url: "",
                last_commit: kubescape_model::Commit::default(),
                local_root_path: &target.root,
            },
        };
        let plain = target.repository.is_none() && target.cluster.is_none();
        Self {
            target_metadata: TargetView {
                cluster_context_metadata: target.cluster.as_ref().map(|cluster| ClusterView {
                    context_name: &cluster.context,
                    cloud_provider: cluster.cloud_provider,
                    number_of_worker_nodes: cluster.worker_nodes,
                    namespace_to_number_of_resources: &cluster.namespaces,
                }),
                git_repo_context_metadata: target.cluster.is_none().then_some(repository),
                file_context_metadata: (plain && is_file).then_some(FileView {
                    file_path: &target.path,
                    host_name: &target.host_name,
                }),
                directory_context_metadata: (plain && !is_file).then_some(DirectoryView {
                    base_path: &target.root,
                    host_name: &target.host_name,
                }),
            },
            cluster_metadata: Empty {},
            scan_metadata: ScanView {
                target_type: &metadata.target_type,
                kubescape_version: &metadata.version,
                format_version: "v2",
                controls_inputs: &metadata.controls_inputs,
                formats: &metadata.formats,
                excluded_namespaces: &metadata.excluded_namespaces,
                include_namespaces: &metadata.included_namespaces,
                target_names: &metadata.target_names,
                compliance_threshold: metadata.compliance_threshold,
                scanning_target: target.scanning_target,
                verbose_mode: metadata.verbose,
            },
        }
    }
}
