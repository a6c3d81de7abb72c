//! `--min-severity` and `--max-severity`: what is shown, not what is judged.

use std::borrow::Cow;

use kubescape_model::{ControlResult, Counters, Report, Severity, SeverityCounters, Status};

/// The report without controls outside of the range. Scores of compliance and counters are those of what is left;
/// the risk score stays.
pub(super) fn by_severity(report: &Report, range: (Option<Severity>, Option<Severity>)) -> Cow<'_, Report> {
    match range {
        (None, None) => Cow::Borrowed(report),
        range => Cow::Owned(within(report.clone(), range)),
    }
}

fn within(mut report: Report, (lowest, highest): (Option<Severity>, Option<Severity>)) -> Report {
    let shown = |severity: Severity| {
        severity != Severity::Unknown
            && lowest.is_none_or(|lowest| severity >= lowest)
            && highest.is_none_or(|highest| severity <= highest)
    };
    let keep: Vec<bool> = report
        .controls
        .iter()
        .map(|control| shown(control.severity()))
        .collect();
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
        result
            .controls
            .retain(|control| usize::try_from(control.control).is_ok_and(kept));
        // Ways of attack with a step that is left out are left out, too.
        if let Some(prioritized) = &mut result.prioritized {
            prioritized.vectors.retain_mut(|vector| {
                vector.steps.iter_mut().all(|step| {
                    let index = usize::try_from(step.control).unwrap_or_default();
                    step.control = u32::try_from(place(index)).unwrap_or_default();
                    kept(index)
                })
            });
            prioritized.score = prioritized.vectors.iter().map(|vector| vector.score).sum();
        }
        result
            .prioritized
            .take_if(|prioritized| prioritized.vectors.is_empty());
        for control in &mut result.controls {
            let index = usize::try_from(control.control).unwrap_or_default();
            control.control = u32::try_from(place(index)).unwrap_or_default();
        }
    }
    for framework in &mut report.frameworks {
        framework.controls.retain(|listed| kept(listed.control));
    }
    let compliances: Vec<f32> = report
        .frameworks
        .iter()
        .map(|framework| {
            mean(
                framework
                    .controls
                    .iter()
                    .filter_map(|listed| listed.summary(&report)),
            )
        })
        .collect();
    for (framework, compliance) in report.frameworks.iter_mut().zip(compliances) {
        framework.compliance = compliance;
        for listed in &mut framework.controls {
            listed.control = place(listed.control);
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
    let count = |status: &dyn Fn(&ControlResult) -> Option<Status>| {
        let mut counters = Counters::default();
        let worst = report
            .results
            .iter()
            .filter_map(|result| result.controls.iter().filter_map(status).max());
        worst.for_each(|status| counters.add(status));
        counters
    };
    let total = count(&|control| Some(control.status));
    let of_frameworks: Vec<Counters> = report
        .frameworks
        .iter()
        .enumerate()
        .map(|(index, framework)| {
            let has = |control: u32| {
                framework
                    .controls
                    .iter()
                    .any(|listed| u32::try_from(listed.control) == Ok(control))
            };
            count(&|control| has(control.control).then(|| control.status_in(index)))
        })
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
        report
            .summary
            .resource_severities
            .add(control.severity(), control.counters.failed);
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
