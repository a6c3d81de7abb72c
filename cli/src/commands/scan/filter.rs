//! `--min-severity` and `--max-severity`: what is shown, not what is judged.

use kubescape_model::{Counters, Report, Severity, SeverityCounters, Status};

/// The report without controls outside of the range. Scores of compliance and counters are those of what is left;
/// the risk score stays.
pub(super) fn by_severity(mut report: Report, range: (Option<Severity>, Option<Severity>)) -> Report {
    let (lowest, highest) = range;
    if lowest.is_none() && highest.is_none() {
        return report;
    }
    let shown = |severity: Severity| {
        severity != Severity::Unknown
            && lowest.is_none_or(|lowest| severity >= lowest)
            && highest.is_none_or(|highest| severity <= highest)
    };
    let keep: Vec<bool> = report.controls.iter().map(|control| shown(control.severity())).collect();
    let kept = |index: usize| keep.get(index).copied().unwrap_or(false);
    // Indexes of controls behind a dropped one move up.
    let places: Vec<usize> = keep
        .iter()
        .scan(0, |next, kept| {
            let place = *next;
            *next += usize::from(*kept);
            Some(place)
        })
        .collect();
    let place = |index: usize| places.get(index).copied().unwrap_or_default();
    for result in &mut report.results {
        result.controls.retain(|control| usize::try_from(control.control).is_ok_and(kept));
        for control in &mut result.controls {
            let index = usize::try_from(control.control).unwrap_or_default();
            control.control = u32::try_from(place(index)).unwrap_or_default();
        }
    }
    for framework in &mut report.frameworks {
        framework.controls.retain(|(index, _)| kept(*index));
        framework.compliance = mean(framework.controls.iter().filter_map(|(index, _)| report.controls.get(*index)));
        for (index, _) in &mut framework.controls {
            *index = place(*index);
        }
    }
    let mut index = 0;
    report.controls.retain(|_| {
        index += 1;
        kept(index - 1)
    });
    recount(&mut report);
    report
}

fn recount(report: &mut Report) {
    let worst = |controls: &[kubescape_model::ControlResult], chosen: &dyn Fn(usize) -> bool| {
        controls
            .iter()
            .filter(|control| usize::try_from(control.control).is_ok_and(chosen))
            .map(|control| control.status)
            .max()
    };
    let count = |chosen: &dyn Fn(usize) -> bool| {
        let mut counters = Counters::default();
        report.results.iter().filter_map(|result| worst(&result.controls, chosen)).for_each(|status| counters.add(status));
        counters
    };
    let total = count(&|_| true);
    let of_frameworks: Vec<Counters> = report
        .frameworks
        .iter()
        .map(|framework| count(&|control| framework.controls.iter().any(|(index, _)| *index == control)))
        .collect();
    for (framework, counters) in report.frameworks.iter_mut().zip(of_frameworks) {
        framework.counters = counters;
        framework.status = counters.status();
    }
    report.summary.counters = total;
    report.summary.status = total.status();
    report.summary.compliance = mean(report.controls.iter());
    report.summary.resource_severities = SeverityCounters::default();
    report.summary.control_severities = SeverityCounters::default();
    for control in &report.controls {
        let failed = usize::from(control.status.status == Status::Failed);
        report.summary.resource_severities.add(control.severity(), control.counters.failed);
        report.summary.control_severities.add(control.severity(), failed);
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred controls")]
fn mean<'c>(controls: impl Iterator<Item = &'c kubescape_model::ControlSummary>) -> f32 {
    let (sum, count) = controls.fold((0.0, 0usize), |(sum, count), control| {
        (sum + control.compliance.unwrap_or(0.0), count + 1)
    });
    if count == 0 { 0.0 } else { sum / count as f32 }
}
