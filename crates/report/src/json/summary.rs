//! `summaryDetails` and `scanCoverage`.

use std::collections::BTreeMap;

use kubescape_model::{
    Category, ControlSummary, Counters, Coverage, FrameworkSummary, MissingKind, NotEvaluated, Report,
    SeverityCounters, StatusInfo,
};
use serde::{Serialize, Serializer};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SummaryView<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    controls: BTreeMap<&'a str, ControlView<'a>>,
    status: &'static str,
    frameworks: Option<Vec<FrameworkView<'a>>>,
    resources_severity_counters: SeverityView,
    controls_severity_counters: SeverityView,
    #[serde(rename = "ResourceCounters")]
    resource_counters: CountersView,
    vulnerabilities: Vulnerabilities,
    score: Number,
    compliance_score: Number,
}

impl<'a> SummaryView<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let summary = &report.summary;
        Self {
            controls: report
                .controls
                .iter()
                .map(|control| {
                    (
                        control.id.as_str(),
                        ControlView::new(control, &control.name, true),
                    )
                })
                .collect(),
            status: summary.status.as_str(),
            frameworks: (!report.frameworks.is_empty()).then(|| {
                report
                    .frameworks
                    .iter()
                    .map(|framework| FrameworkView::new(framework, report))
                    .collect()
            }),
            resources_severity_counters: summary.resource_severities.into(),
            controls_severity_counters: summary.control_severities.into(),
            resource_counters: summary.counters.into(),
            vulnerabilities: Vulnerabilities::default(),
            score: Number(summary.score),
            compliance_score: Number(summary.compliance),
        }
    }
}

#[derive(Serialize)]
struct ControlView<'a> {
    #[serde(rename = "statusInfo")]
    status_info: StatusView<'a>,
    #[serde(rename = "controlID")]
    control_id: &'a str,
    name: &'a str,
    status: &'static str,
    #[serde(rename = "resourceIDs")]
    resource_ids: Empty,
    #[serde(rename = "ResourceCounters")]
    resource_counters: CountersView,
    #[serde(rename = "subStatusCounters")]
    sub_status_counters: SubStatusCounters,
    score: Number,
    #[serde(rename = "complianceScore", skip_serializing_if = "Option::is_none")]
    compliance_score: Option<Number>,
    #[serde(rename = "scoreFactor")]
    score_factor: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

impl<'a> ControlView<'a> {
    fn new(control: &'a ControlSummary, name: &'a str, with_severity: bool) -> Self {
        Self {
            status_info: StatusView::new(&control.status),
            control_id: &control.id,
            name,
            status: control.status.status.as_str(),
            resource_ids: Empty {},
            resource_counters: control.counters.into(),
            sub_status_counters: SubStatusCounters {
                ignored_resources: control.ignored_resources,
            },
            score: Number(control.score),
            compliance_score: control.compliance.map(Number),
            score_factor: Number(control.base_score),
            category: control.category.as_ref(),
            severity: with_severity.then(|| control.severity().as_str()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameworkView<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    controls: BTreeMap<&'a str, ControlView<'a>>,
    name: &'a str,
    status: &'static str,
    version: &'static str,
    #[serde(rename = "ResourceCounters")]
    resource_counters: CountersView,
    score: Number,
    compliance_score: Number,
}

impl<'a> FrameworkView<'a> {
    fn new(framework: &'a FrameworkSummary, report: &'a Report) -> Self {
        let controls = framework.controls.iter().filter_map(|listed| {
            let control = listed.summary(report)?;
            Some((
                control.id.as_str(),
                ControlView::new(control, &listed.name, false),
            ))
        });
        Self {
            controls: controls.collect(),
            name: &framework.name,
            status: framework.status.as_str(),
            version: "",
            resource_counters: framework.counters.into(),
            score: Number(framework.score),
            compliance_score: Number(framework.compliance),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusView<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sub_status: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    info: &'a str,
}

impl<'a> StatusView<'a> {
    fn new(status: &'a StatusInfo) -> Self {
        Self::from_parts(status.status, status.sub_status, &status.info)
    }

    pub(super) fn from_parts(
        status: kubescape_model::Status,
        sub_status: kubescape_model::SubStatus,
        info: &'a str,
    ) -> Self {
        Self {
            status: status.as_str(),
            sub_status: sub_status.as_str(),
            info,
        }
    }
}

#[derive(Serialize, Default)]
struct Empty {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubStatusCounters {
    ignored_resources: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountersView {
    passed_resources: usize,
    failed_resources: usize,
    skipped_resources: usize,
    excluded_resources: usize,
}

impl From<Counters> for CountersView {
    fn from(counters: Counters) -> Self {
        Self {
            passed_resources: counters.passed,
            failed_resources: counters.failed,
            skipped_resources: counters.skipped,
            excluded_resources: 0,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeverityView {
    critical_severity: usize,
    high_severity: usize,
    medium_severity: usize,
    low_severity: usize,
}

impl From<SeverityCounters> for SeverityView {
    fn from(counters: SeverityCounters) -> Self {
        Self {
            critical_severity: counters.critical,
            high_severity: counters.high,
            medium_severity: counters.medium,
            low_severity: counters.low,
        }
    }
}

/// Images were not looked at; consumers expect the key.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Vulnerabilities {
    maps_severity_to_summary: Empty,
    #[serde(rename = "CVEs")]
    cves: [(); 0],
    package_scores: Empty,
    images: Option<()>,
}

/// A score: whole numbers without a fraction, as Go writes them.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) f32);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "scores are from 0 to 100")]
        if self.0.fract() == 0.0 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f32(self.0)
        }
    }
}

/// What could not be judged; only written when something is missing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CoverageView<'a> {
    #[serde(rename = "failedGVRPulls", skip_serializing_if = "Vec::is_empty")]
    failed_pulls: Vec<FailedPullView<'a>>,
    #[serde(rename = "partialGVRPulls", skip_serializing_if = "Vec::is_empty")]
    partial_pulls: Vec<FailedPullView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_evaluated_controls: Vec<NotEvaluatedView<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policy_degradations: Vec<DegradationView<'a>>,
    coverage_score: Number,
    evaluated_controls: usize,
    total_controls: usize,
    degraded: bool,
    #[serde(rename = "silentFailedGVRCount", skip_serializing_if = "is_none")]
    silent_kinds: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    vacuous_frameworks: &'a [String],
}

#[derive(Serialize)]
struct FailedPullView<'a> {
    gvr: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<String>,
    error: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct NotEvaluatedView<'a> {
    #[serde(rename = "controlID")]
    control_id: &'a str,
    #[serde(rename = "missingGVRs", skip_serializing_if = "<[_]>::is_empty")]
    missing: &'a [String],
    reason: &'a str,
}

#[derive(Serialize)]
struct DegradationView<'a> {
    component: &'a str,
    reason: &'a str,
}

impl<'a> CoverageView<'a> {
    pub(super) fn new(coverage: &'a Coverage) -> Option<Self> {
        if !coverage.degraded() && coverage.vacuous_frameworks.is_empty() {
            return None;
        }
        let not_evaluated = |entry: &'a NotEvaluated| NotEvaluatedView {
            control_id: &entry.control_id,
            missing: &entry.missing,
            reason: &entry.reason,
        };
        let (partial, failed): (Vec<_>, Vec<_>) = coverage
            .missing_kinds
            .iter()
            .partition(|missing| missing.namespace.is_some());
        Some(Self {
            failed_pulls: failed.into_iter().map(pull).collect(),
            partial_pulls: partial.into_iter().map(pull).collect(),
            silent_kinds: coverage.silent_kinds,
            not_evaluated_controls: coverage.not_evaluated.iter().map(not_evaluated).collect(),
            policy_degradations: coverage
                .degradations
                .iter()
                .map(|entry| DegradationView {
                    component: &entry.component,
                    reason: &entry.reason,
                })
                .collect(),
            coverage_score: Number(coverage.score),
            evaluated_controls: coverage.evaluated_controls,
            total_controls: coverage.total_controls,
            degraded: coverage.degraded(),
            vacuous_frameworks: &coverage.vacuous_frameworks,
        })
    }
}

fn pull(missing: &MissingKind) -> FailedPullView<'_> {
    FailedPullView {
        gvr: &missing.resource,
        selector: missing
            .namespace
            .as_ref()
            .map(|namespace| format!("metadata.namespace=={namespace}")),
        error: &missing.error,
    }
}
