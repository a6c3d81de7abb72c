//! What was scanned, and the figures.

use std::io::Write;

use kubescape_model::{Severity, Status, SubStatus};

use super::{Page, View, count};
use crate::score::percent;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    writeln!(output)?;
    let title = match page.style.view {
        View::Security => format!("Security posture of '{}'", page.style.input),
        View::Resource | View::Control => format!("Scan of '{}'", page.style.input),
    };
    writeln!(output, "{}", page.paint.bold(title))?;
    let frameworks = match page.scan.metadata.target_names.as_slice() {
        [] => String::new(),
        names => format!(" of {}", names.join(", ")),
    };
    let subject = format!(
        "{} looked at, {}{frameworks}",
        count(report.resources.len(), "object"),
        count(report.controls.len(), "control"),
    );
    page.paragraph(&subject, 2, output)?;
    writeln!(output)?;
    severities(page, output)?;
    verdicts(page, output)?;
    frameworks_table(page, output)
}

/// Failed controls by severity, the worst first.
fn severities(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let summary = &page.scan.report.summary;
    let shown = |severity: Severity| {
        let (controls, resources) = (summary.control_severities.of(severity), summary.resource_severities.of(severity));
        let text = format!("{controls:>4} {severity:<8} {}", count(resources, "finding"));
        if controls > 0 { page.paint.severity(severity, text) } else { page.paint.dim(text) }
    };
    writeln!(output, "  Failed controls")?;
    for severity in Severity::NAMED.into_iter().rev() {
        writeln!(output, "  {}", shown(severity))?;
    }
    if summary.control_severities.unknown > 0 {
        writeln!(output, "  {}", shown(Severity::Unknown))?;
    }
    writeln!(output)
}

fn verdicts(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let of = |status: Status| report.controls.iter().filter(|control| control.status.status == status).count();
    let irrelevant = report.controls.iter().filter(|control| control.status.sub_status == SubStatus::Irrelevant).count();
    writeln!(
        output,
        "  Controls: {}, {}, {}",
        page.paint.bad(format!("{} failed", of(Status::Failed))),
        page.paint.good(format!("{} passed", of(Status::Passed) - irrelevant)),
        page.paint.doubtful(format!("{} need a person or more data", of(Status::Skipped))),
    )?;
    if irrelevant > 0 {
        writeln!(output, "  {}", page.paint.dim(format!("{irrelevant} concern nothing that was scanned")))?;
    }
    Ok(())
}

fn frameworks_table(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let widest = report.frameworks.iter().map(|framework| framework.name.len()).max().unwrap_or_default();
    for framework in &report.frameworks {
        let compliance = percent(framework.compliance);
        writeln!(output, "  Compliance: {:<widest$}  {}", framework.name, grade(page, framework.compliance, &compliance))?;
    }
    if report.frameworks.is_empty() {
        let compliance = report.summary.compliance;
        writeln!(output, "  Compliance: {}", grade(page, compliance, &percent(compliance)))?;
    }
    writeln!(output)
}

fn grade(page: &Page<'_>, compliance: f32, text: &str) -> String {
    match compliance {
        score if score >= 90.0 => page.paint.good(text),
        score if score >= 60.0 => page.paint.doubtful(text),
        _ => page.paint.bad(text),
    }
}
