//! Every control with the objects that fail it.

use std::io::Write;

use kubescape_model::{ControlResult, ControlSummary, Resource, Status};

use super::evidence::{self, Text};
use super::{Page, objects};

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let failures = failures_by_control(page);
    let mut order: Vec<usize> = (0..report.controls.len()).collect();
    let control = |index: usize| report.controls.get(index);
    order.sort_by(|a, b| {
        let key = |index: usize| control(index).map_or(0.0, |control| control.base_score);
        key(*b).total_cmp(&key(*a)).then(a.cmp(b))
    });
    for index in order {
        let (Some(summary), Some(objects)) = (control(index), failures.get(index)) else {
            continue;
        };
        if !objects.is_empty() {
            failed(page, summary, objects, output)?;
        }
    }
    objects::summary(page, output)
}

type Failure<'a> = (&'a Resource, &'a ControlResult);

/// For each control, the objects that fail it or have to be reviewed for it.
fn failures_by_control<'a>(page: &Page<'a>) -> Vec<Vec<Failure<'a>>> {
    let report = page.scan.report;
    let mut failures: Vec<Vec<Failure<'_>>> = vec![Vec::new(); report.controls.len()];
    for (resource, result) in report.resources.iter().zip(&report.results) {
        for control in result
            .controls
            .iter()
            .filter(|control| control.status != Status::Passed)
        {
            let index = usize::try_from(control.control).unwrap_or(usize::MAX);
            if let Some(list) = failures.get_mut(index) {
                list.push((resource, control));
            }
        }
    }
    failures
}

fn failed(
    page: &Page<'_>,
    summary: &ControlSummary,
    objects: &[Failure<'_>],
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let severity = summary.severity();
    let name = page.paint.bold(format!("{} {}", summary.id, summary.name));
    let counters = &summary.counters;
    let share = format!("{} of {} failed", counters.failed, counters.total());
    writeln!(
        output,
        "{} {name}  {share}",
        page.paint.severity(severity, severity.as_str())
    )?;
    let texts = page.scan.words.texts(&summary.id);
    page.paragraph(first_paragraph(&texts.description), 2, output)?;
    for (resource, control) in objects {
        let source = Text::of(page, resource);
        let lines = source.lines();
        let place = page.paint.place(evidence::place(page, resource, lines.as_ref()));
        writeln!(output, "    {}  {place}", evidence::name(resource))?;
        if page.style.verbose {
            evidence::write(page, resource, control, lines.as_ref(), output)?;
        }
    }
    if !texts.remediation.trim().is_empty() {
        writeln!(output, "  {}", page.paint.good("What to do"))?;
        page.paragraph(&one_line(first_paragraph(&texts.remediation)), 4, output)?;
    }
    writeln!(output)
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default().trim()
}

/// Texts are wrapped in their files; the page wraps them anew.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
