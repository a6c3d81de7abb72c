//! Totals over frameworks and over the whole scan.

use kubescape_model::{
    ControlResult, ControlSummary, Counters, Coverage, FrameworkControl, FrameworkSummary, MissingKind,
    NotEvaluated, Report, ResourceResult, ScanSummary, SeverityCounters, Status, SubStatus,
};

use super::unread::asks;
use super::{Judged, Scan, Verdict};
use crate::score::{self, Risk};
use crate::selection::Selection;

/// Adds controls, frameworks, totals and coverage to a report of resources and their results.
pub(super) fn complete(scan: &Scan<'_>, mut report: Report, judged: Vec<Judged>) -> Report {
    let selection = scan.selection;
    report.frameworks = (0..selection.frameworks.len())
        .map(|index| framework(index, selection, &report, &judged))
        .collect();
    let counters = count(&report.results, |control| Some(control.status));
    let all = judged.iter().map(|judged| &judged.overall);
    report.summary = totals(counters, all);
    report.controls = judged.into_iter().map(|judged| judged.overall.summary).collect();
    report.coverage = coverage(scan, &report);
    report
}

fn framework(
    index: usize,
    selection: &Selection<'_>,
    report: &Report,
    judged: &[Judged],
) -> FrameworkSummary {
    let Some(framework) = selection.frameworks.get(index) else {
        return FrameworkSummary::default();
    };
    let has = |control: u32| {
        usize::try_from(control).is_ok_and(|control| framework.controls.binary_search(&control).is_ok())
    };
    let counters = count(&report.results, |control| {
        has(control.control).then(|| control.status_in(index))
    });
    let own = |judged: &'_ Judged| {
        judged
            .in_frameworks
            .iter()
            .position(|(framework, _)| *framework == index)
    };
    let verdicts: Vec<&Verdict> = framework
        .controls
        .iter()
        .filter_map(|control| judged.get(*control))
        .map(|judged| {
            own(judged)
                .and_then(|place| judged.in_frameworks.get(place))
                .map_or(&judged.overall, |(_, own)| own)
        })
        .collect();
    let controls = framework
        .controls
        .iter()
        .zip(&verdicts)
        .filter_map(|(control, verdict)| {
            let differs = judged.get(*control).is_some_and(|judged| own(judged).is_some());
            Some(FrameworkControl {
                control: *control,
                name: selection
                    .controls
                    .get(*control)?
                    .control
                    .name_in(framework.name)
                    .to_owned(),
                own: differs.then(|| Box::new(verdict.summary.clone())),
            })
        });
    FrameworkSummary {
        name: framework.name.to_owned(),
        note: framework.note.to_owned(),
        status: counters.status(),
        counters,
        controls: controls.collect(),
        score: total_risk(verdicts.iter().copied()).total_score(),
        compliance: score::mean_compliance(verdicts.iter().map(|verdict| &verdict.summary)),
    }
}

fn total_risk<'v>(verdicts: impl Iterator<Item = &'v Verdict>) -> Risk {
    let mut total = Risk::default();
    for verdict in verdicts {
        total.add_control(verdict.risk, verdict.summary.base_score);
    }
    total
}

/// Resources by their worst status over the chosen controls. Resources that none of them looked at do not count.
fn count(results: &[ResourceResult], status: impl Fn(&ControlResult) -> Option<Status>) -> Counters {
    let mut counters = Counters::default();
    for result in results {
        if let Some(status) = result.controls.iter().filter_map(&status).max() {
            counters.add(status);
        }
    }
    counters
}

fn totals<'v>(
    counters: Counters,
    verdicts: impl ExactSizeIterator<Item = &'v Verdict> + Clone,
) -> ScanSummary {
    let mut resource_severities = SeverityCounters::default();
    let mut control_severities = SeverityCounters::default();
    for Verdict { summary, .. } in verdicts.clone() {
        resource_severities.add(summary.severity(), summary.counters.failed);
        control_severities.add(
            summary.severity(),
            usize::from(summary.status.status == Status::Failed),
        );
    }
    ScanSummary {
        status: counters.status(),
        counters,
        resource_severities,
        control_severities,
        score: total_risk(verdicts.clone()).total_score(),
        compliance: score::mean_compliance(verdicts.map(|verdict| &verdict.summary)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred controls")]
fn coverage(scan: &Scan<'_>, report: &Report) -> Coverage {
    /// What a kind costs that is missing while controls that ask for it were evaluated.
    const SILENT_COST: f32 = 3.0;
    /// What a kind costs that is missing in some namespaces.
    const PARTIAL_COST: f32 = 2.0;
    let asks_for = |control: usize, missing: &MissingKind| {
        let selected = scan.selection.controls.get(control);
        selected.is_some_and(|selected| selected.rules.iter().any(|rule| asks(rule, missing)))
    };
    let was_evaluated = |control: &ControlSummary| control.status.sub_status != SubStatus::NotEvaluated;
    let not_evaluated: Vec<NotEvaluated> = report
        .controls
        .iter()
        .enumerate()
        .filter(|(_, control)| !was_evaluated(control))
        .map(|(index, control)| NotEvaluated {
            control_id: control.id.clone(),
            missing: scan
                .unread
                .iter()
                .filter(|missing| asks_for(index, missing))
                .map(|missing| missing.resource.clone())
                .collect(),
            reason: control.status.info.to_string(),
        })
        .collect();
    let partial = scan
        .unread
        .iter()
        .filter(|missing| missing.namespace.is_some())
        .count();
    let silent = scan
        .unread
        .iter()
        .filter(|missing| missing.namespace.is_none())
        .filter(|missing| {
            let mut controls = report.controls.iter().enumerate();
            controls.any(|(index, control)| asks_for(index, missing) && was_evaluated(control))
        })
        .count();
    let total = report.controls.len();
    let evaluated = total - not_evaluated.len();
    let vacuous = report.frameworks.iter().filter(|framework| {
        !framework.controls.is_empty() && framework.counters.total() == 0 && framework.compliance >= 100.0
    });
    Coverage {
        vacuous_frameworks: vacuous.map(|framework| framework.name.clone()).collect(),
        not_evaluated,
        missing_kinds: scan.unread.to_vec(),
        silent_kinds: silent,
        total_controls: total,
        evaluated_controls: evaluated,
        score: if total == 0 {
            0.0
        } else {
            let whole = evaluated as f32 / total as f32 * 100.0;
            (whole - silent as f32 * SILENT_COST - partial as f32 * PARTIAL_COST).clamp(0.0, 100.0)
        },
        ..Coverage::default()
    }
}
