//! Every object with what was found in it.

use std::io::Write;

use kubescape_model::{ControlResult, ControlSummary, Report, Resource, ResourceResult, Severity, Status};

use super::evidence::{self, Text};
use super::table::{Rows, WRAPPED, number, text};
use super::{Page, count};
use crate::score::percent;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    if page.style.verbose {
        for (resource, result) in failed_objects(report) {
            object(page, resource, result, output)?;
        }
    }
    summary(page, output)?;
    if !page.style.verbose && report.summary.counters.failed > 0 {
        let hint = "With -v every object is shown with the lines that are wrong.";
        writeln!(output, "  {}\n", page.paint.dim(hint))?;
    }
    Ok(())
}

/// Objects with something to say, the file order of their ids kept.
fn failed_objects(report: &Report) -> impl Iterator<Item = (&Resource, &ResourceResult)> {
    report
        .resources
        .iter()
        .zip(&report.results)
        .filter(|(_, result)| {
            result
                .controls
                .iter()
                .any(|control| control.status != Status::Passed)
        })
}

fn object(
    page: &Page<'_>,
    resource: &Resource,
    result: &ResourceResult,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let source = Text::of(page, resource);
    let lines = source.lines();
    let place = evidence::place(page, resource, lines.as_ref());
    writeln!(
        output,
        "{}  {}",
        page.paint.bold(evidence::name(resource)),
        page.paint.place(place)
    )?;
    for (summary, control) in open_controls(page.scan.report, result) {
        title(page, summary, control, output)?;
        evidence::write(page, resource, control, lines.as_ref(), output)?;
    }
    writeln!(output)
}

/// Controls of a resource that did not pass, the worst first.
fn open_controls<'r>(
    report: &'r Report,
    result: &'r ResourceResult,
) -> Vec<(&'r ControlSummary, &'r ControlResult)> {
    let mut open: Vec<_> = result
        .controls
        .iter()
        .filter(|control| control.status != Status::Passed)
        .filter_map(|control| {
            Some((
                report.controls.get(usize::try_from(control.control).ok()?)?,
                control,
            ))
        })
        .collect();
    open.sort_by(|(a, _), (b, _)| {
        b.base_score
            .total_cmp(&a.base_score)
            .then_with(|| a.id.cmp(&b.id))
    });
    open
}

fn title(
    page: &Page<'_>,
    summary: &ControlSummary,
    control: &ControlResult,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let severity = summary.severity();
    let word = page.paint.severity(severity, format!("{severity:<8}"));
    let doubt = match control.status {
        Status::Skipped => format!(" ({})", control.sub_status.as_str()),
        _ => String::new(),
    };
    writeln!(output, "  {word} {} {}{doubt}", summary.id, summary.name)
}

/// Pages below this width have no room for every figure.
const NARROW: usize = 80;

/// Failed controls, and with `verbose` the others too, the worst first.
pub(super) fn summary(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let mut controls: Vec<&ControlSummary> = report
        .controls
        .iter()
        .filter(|control| page.style.verbose || control.status.status == Status::Failed)
        .collect();
    if controls.is_empty() {
        return writeln!(output, "  {}\n", page.paint.good("No control failed."));
    }
    controls.sort_by(|a, b| {
        let failed = |control: &ControlSummary| control.status.status == Status::Failed;
        failed(b)
            .cmp(&failed(a))
            .then(b.base_score.total_cmp(&a.base_score))
            .then_with(|| a.id.cmp(&b.id))
    });
    let narrow = page.width < NARROW;
    let headings: &[&str] = match narrow {
        true => &["Severity", "ID", WRAPPED, "Failed"],
        false => &["Severity", "ID", WRAPPED, "Failed", "All", "Compliance"],
    };
    let mut rows = Rows::new(page, headings);
    for control in controls {
        let severity: Severity = control.severity();
        let (failed, total) = (control.counters.failed, control.counters.total());
        let mut cells = vec![rows.severity(severity), text(&control.id), text(&control.name)];
        match narrow {
            true if total == 0 => cells.push(number(verdict(control))),
            true => cells.push(number(format!("{failed} of {total}"))),
            false => cells.extend([number(failed), number(total), number(verdict(control))]),
        }
        rows.push(cells);
    }
    rows.write(output)?;
    let counters = &report.summary.counters;
    writeln!(
        output,
        "  {} of {} failed\n",
        counters.failed,
        count(counters.total(), "object")
    )
}

/// The compliance of a control that was judged, or why it was not.
fn verdict(control: &ControlSummary) -> String {
    match (control.status.status, control.status.sub_status.as_str()) {
        (Status::Failed, _) | (Status::Passed, "") => percent(control.compliance.unwrap_or_default()),
        (status, "") => status.as_str().to_owned(),
        (_, reason) => reason.to_owned(),
    }
}
