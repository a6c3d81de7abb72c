//! What makes a scan fail after its results are shown, in the order in which it is said.

use anyhow::bail;
use kubescape_model::{Report, Severity};
use kubescape_scan::ScanOutcome;

use crate::settings::Gates;

/// Fails with the first gate that does not hold.
pub(super) fn check(gates: &Gates, outcome: &ScanOutcome) -> anyhow::Result<()> {
    if let Some(failure) = outcome.failures.first() {
        bail!("{failure}");
    }
    let report = &outcome.report;
    if let Some(threshold) = gates.compliance
        && report.summary.compliance < threshold
    {
        bail!(
            "scan compliance-score is below permitted threshold: {:.2} (compliance-threshold: {threshold:.2})",
            report.summary.compliance
        );
    }
    if let Some(threshold) = gates.severity {
        check_severity(report, threshold)?;
    }
    if gates.coverage > 0.0 {
        let coverage = &report.coverage;
        if coverage.total_controls == 0 {
            bail!(
                "scan loaded no controls: coverage is 0% (fail-coverage-below: {:.2}%)",
                gates.coverage
            );
        }
        if coverage.score < gates.coverage {
            bail!(
                "scan coverage is below permitted threshold: {:.2}% (fail-coverage-below: {:.2}%)",
                coverage.score,
                gates.coverage
            );
        }
    }
    if gates.degraded && !report.coverage.degradations.is_empty() {
        bail!("scan policy inputs were degraded (fail-on-degraded-config is true)");
    }
    Ok(())
}

fn check_severity(report: &Report, threshold: Severity) -> anyhow::Result<()> {
    let counters = report.summary.resource_severities;
    let exceeded = Severity::NAMED
        .into_iter()
        .any(|severity| severity >= threshold && counters.of(severity) > 0);
    let name = threshold.as_str().to_lowercase();
    if exceeded {
        bail!("compliance result exceeds severity threshold: {name}");
    }
    if counters.unknown > 0 {
        bail!(
            "compliance result exceeds severity threshold: {name} ({} failed resource(s) with unknown severity)",
            counters.unknown
        );
    }
    Ok(())
}
