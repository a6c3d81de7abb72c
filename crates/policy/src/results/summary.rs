//! Totals over frameworks and over the whole scan.

use kubescape_model::{
    Counters, Coverage, FrameworkSummary, NotEvaluated, Report, ResourceResult, ScanSummary, SeverityCounters, Status,
    SubStatus,
};

use crate::score::{self, Risk};
use crate::selection::Selection;

/// Adds results, frameworks, totals and coverage to a report of controls.
pub(super) fn complete(
    selection: &Selection<'_>,
    mut report: Report,
    results: Vec<ResourceResult>,
    risks: &[Risk],
) -> Report {
    report.frameworks = selection
        .frameworks
        .iter()
        .map(|framework| {
            let counters = count(&results, |control| framework.controls.binary_search(&control).is_ok());
            let controls: Vec<_> = framework.controls.iter().filter_map(|index| report.controls.get(*index)).collect();
            FrameworkSummary {
                name: framework.name.to_owned(),
                status: counters.status(),
                counters,
                score: total_risk(&report, risks, framework.controls.iter().copied()).total_score(),
                compliance: score::mean_compliance(controls.into_iter()),
                controls: framework
                    .controls
                    .iter()
                    .filter_map(|index| {
                        let selected = selection.controls.get(*index)?;
                        Some((*index, selected.control.name_in(framework.name).to_owned()))
                    })
                    .collect(),
            }
        })
        .collect();
    report.summary = totals(&report, &results, risks);
    report.coverage = coverage(&report);
    report.results = results;
    report
}

fn total_risk(report: &Report, risks: &[Risk], controls: impl Iterator<Item = usize>) -> Risk {
    let mut total = Risk::default();
    for index in controls {
        if let (Some(risk), Some(control)) = (risks.get(index), report.controls.get(index)) {
            total.add_control(*risk, control.base_score);
        }
    }
    total
}

/// Resources by their worst status over the chosen controls. Resources that none of them looked at do not count.
fn count(results: &[ResourceResult], chosen: impl Fn(usize) -> bool) -> Counters {
    let mut counters = Counters::default();
    for result in results {
        let worst = result
            .controls
            .iter()
            .filter(|control| usize::try_from(control.control).is_ok_and(&chosen))
            .map(|control| control.status)
            .max();
        if let Some(status) = worst {
            counters.add(status);
        }
    }
    counters
}

fn totals(report: &Report, results: &[ResourceResult], risks: &[Risk]) -> ScanSummary {
    let counters = count(results, |_| true);
    let mut resource_severities = SeverityCounters::default();
    let mut control_severities = SeverityCounters::default();
    for control in &report.controls {
        resource_severities.add(control.severity(), control.counters.failed);
        control_severities.add(control.severity(), usize::from(control.status.status == Status::Failed));
    }
    ScanSummary {
        status: counters.status(),
        counters,
        resource_severities,
        control_severities,
        score: total_risk(report, risks, 0..report.controls.len()).total_score(),
        compliance: score::mean_compliance(report.controls.iter()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred controls")]
fn coverage(report: &Report) -> Coverage {
    let not_evaluated: Vec<NotEvaluated> = report
        .controls
        .iter()
        .filter(|control| control.status.sub_status == SubStatus::NotEvaluated)
        .map(|control| NotEvaluated {
            control_id: control.id.clone(),
            missing: Vec::new(),
            reason: control.status.info.to_string(),
        })
        .collect();
    let total = report.controls.len();
    let evaluated = total - not_evaluated.len();
    let vacuous = report.frameworks.iter().filter(|framework| {
        !framework.controls.is_empty() && framework.counters.total() == 0 && framework.compliance >= 100.0
    });
    Coverage {
        vacuous_frameworks: vacuous.map(|framework| framework.name.clone()).collect(),
        not_evaluated,
        total_controls: total,
        evaluated_controls: evaluated,
        score: if total == 0 { 0.0 } else { evaluated as f32 / total as f32 * 100.0 },
        ..Coverage::default()
    }
}
