//! Accepted risks, from a file, from annotations and from objects of the input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::error::Error;

use kubescape_model::{AuditStatus, Report, Status, SubStatus};
use kubescape_policy::exceptions::read_exceptions;
use kubescape_policy::rego::Limits;
use kubescape_policy::{ControlFilter, Request};
use kubescape_scan::{ScanOutcome, ScanRequest, scan};
use kubescape_source::CollectSettings;

/// 2030-01-01.
const NOW: i64 = 1_893_456_000;

fn run(manifest: &str, exceptions: &str, frameworks: &[&str]) -> Result<ScanOutcome, Box<dyn Error>> {
    let library = kubescape_controls::library()?;
    let request = ScanRequest {
        library: &library,
        request: Request::Frameworks(frameworks.iter().map(ToString::to_string).collect()),
        controls: ControlFilter {
            include: vec!["C-0016".to_owned()],
            ..ControlFilter::default()
        },
        collect: CollectSettings::default(),
        text: Some(manifest.to_owned()),
        workload: None,
        inputs: &library.defaults,
        exceptions: read_exceptions(exceptions)?,
        inline_exceptions: true,
        audit_exceptions: true,
        now: NOW,
        prioritize: false,
        degradations: Vec::new(),
        limits: Limits::default(),
        prints: false,
        network: kubescape_policy::Network::default(),
    };
    Ok(scan(request, &|_| {})?)
}

fn verdict(report: &Report) -> (Status, SubStatus) {
    let control = &report.controls[0];
    (control.status.status, control.status.sub_status)
}

const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {tier: front}}, spec: {containers: [{name: web, image: web}]}}";

fn policy(attributes: &str, posture: &str) -> String {
    format!(
        "- {{name: a, resources: [{{designatorType: Attributes, attributes: {{{attributes}}}}}], posturePolicies: [{posture}]}}"
    )
}

#[track_caller]
fn check(manifest: &str, exceptions: &str, accepted: bool) {
    let outcome = run(manifest, exceptions, &["NSA"]).expect("a scan");
    let expected = if accepted {
        (Status::Passed, SubStatus::Exceptions)
    } else {
        (Status::Failed, SubStatus::None)
    };
    assert_eq!(verdict(&outcome.report), expected, "{exceptions}");
}

#[test]
fn files() {
    check(POD, "[]", false);
    check(POD, &policy("kind: Pod", "{controlID: C-0016}"), true);
    check(POD, &policy("kind: Pod", "{controlID: c-00.*}"), true);
    check(POD, &policy("kind: Pod", ""), true);
    check(POD, &policy("kind: pod", ""), false);
    check(POD, &policy("", ""), false);
    check(
        POD,
        &policy(
            "name: w.b, namespace: shop",
            "{ruleName: rule-allow-privilege-escalation}",
        ),
        true,
    );
    check(POD, &policy("name: we", ""), false);
    check(POD, &policy("tier: front|back", ""), true);
    check(POD, &policy("tier: back", ""), false);
    check(POD, &policy("containerName: web", ""), true);
    check(POD, &policy("cluster: \".*\"", ""), true);
    check(POD, &policy("cluster: production", ""), false);
    check(POD, &policy("kind: Pod", "{controlID: C-0017}"), false);
    let expired =
        policy("kind: Pod", "").replace("name: a", "name: a, expirationDate: '2029-12-31T23:59:59Z'");
    check(POD, &expired, false);
    check(
        POD,
        &expired.replace("2029-12-31T23:59:59Z", "2030-01-01T02:00:00+01:00"),
        true,
    );
}

#[test]
fn annotations() {
    let annotated =
        |annotations: &str| POD.replace("labels:", &format!("annotations: {{{annotations}}}, labels:"));
    check(
        &annotated("kubescape.io/skip-controls: 'C-0001, c-0016'"),
        "[]",
        true,
    );
    check(&annotated("kubescape.io/skip-controls: C-0001"), "[]", false);
    check(
        &annotated("kubescape.io/skip-controls: C-0016, kubescape.io/skip-expiry: '2029-01-01T00:00:00Z'"),
        "[]",
        false,
    );
    let soon = annotated("kubescape.io/skip-controls: C-0016, kubescape.io/skip-expiry: soon");
    check(&soon, "[]", false);
    let outcome = run(&soon, "[]", &["NSA"]).expect("a scan");
    assert!(
        outcome
            .warnings
            .iter()
            .any(|warning| warning.contains("\"soon\" is no RFC 3339 time")),
        "{:?}",
        outcome.warnings
    );
}

#[test]
fn objects() {
    let with = |kind: &str, metadata: &str, matches: &str| {
        format!(
            "{POD}\n---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: shop, labels: {{env: test}}}}}}\n---\n\
             {{apiVersion: kubescape.io/v1beta1, kind: {kind}, metadata: {{{metadata}}}, spec: {{posture: [{{controlID: C-0016, action: ignore}}], match: {{{matches}}}}}}}"
        )
    };
    check(
        &with("SecurityException", "name: e, namespace: shop", ""),
        "[]",
        true,
    );
    check(
        &with("SecurityException", "name: e, namespace: other", ""),
        "[]",
        false,
    );
    check(
        &with(
            "SecurityException",
            "name: e, namespace: shop",
            "resources: [{kind: Pod, name: web}]",
        ),
        "[]",
        true,
    );
    check(
        &with(
            "SecurityException",
            "name: e, namespace: shop",
            "resources: [{kind: Pod, name: w.b}]",
        ),
        "[]",
        false,
    );
    check(
        &with(
            "SecurityException",
            "name: e, namespace: shop",
            "objectSelector: {matchLabels: {tier: back}}",
        ),
        "[]",
        false,
    );
    check(
        &with(
            "ClusterSecurityException",
            "name: e",
            "objectSelector: {matchExpressions: [{key: tier, operator: Exists}]}",
        ),
        "[]",
        true,
    );
    check(
        &with(
            "ClusterSecurityException",
            "name: e",
            "namespaceSelector: {matchLabels: {env: test}}",
        ),
        "[]",
        true,
    );
    check(
        &with(
            "ClusterSecurityException",
            "name: e",
            "namespaceSelector: {matchLabels: {env: live}}",
        ),
        "[]",
        false,
    );
}

#[test]
fn bound_to_a_framework() {
    let exceptions = policy("kind: Pod", "{controlID: C-0016, frameworkName: NSA}");
    let outcome = run(POD, &exceptions, &["NSA", "WorkloadScan"]).expect("a scan");
    let report = &outcome.report;
    assert_eq!(verdict(report), (Status::Failed, SubStatus::None));
    let frameworks: Vec<_> = report
        .frameworks
        .iter()
        .map(|framework| (framework.name.as_str(), framework.status, framework.compliance))
        .collect();
    assert_eq!(
        frameworks,
        [
            ("NSA", Status::Passed, 100.0),
            ("WorkloadScan", Status::Failed, 0.0)
        ]
    );
    // Where only that framework is scanned it holds for all.
    check(POD, &exceptions, true);
    check(
        POD,
        &policy("kind: Pod", "{controlID: C-0016, frameworkName: MITRE}"),
        false,
    );
}

#[test]
fn audit() {
    let exceptions = format!(
        "{}\n{}\n{}\n",
        policy("kind: Pod", "{controlID: C-0016}").replace("name: a", "name: used"),
        policy("kind: Job", "{controlID: C-0016}").replace("name: a", "name: vain"),
        policy("kind: Job", "{controlID: C-9999}").replace("name: a", "name: wrong"),
    );
    let outcome = run(POD, &exceptions, &["NSA"]).expect("a scan");
    let items: Vec<_> = outcome
        .audit
        .expect("an audit")
        .items
        .into_iter()
        .map(|item| (item.name, item.status, item.matches.len()))
        .collect();
    assert_eq!(
        items,
        [
            ("used".to_owned(), AuditStatus::Matched, 1),
            ("vain".to_owned(), AuditStatus::Unused, 0),
            ("wrong".to_owned(), AuditStatus::InvalidControl, 0),
        ]
    );
}
