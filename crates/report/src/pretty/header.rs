//! What was scanned, and the figures.

use std::io::Write;

use kubescape_model::{Severity, Status, SubStatus};

use super::paint::Paint;
use super::{Page, View, count, visible};
use crate::score::percent;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let cluster = page.scan.metadata.target.cluster.as_ref();
    let input = match cluster {
        Some(cluster) => &cluster.context,
        None => page.style.inputs.first().map_or("", String::as_str),
    };
    let what = if cluster.is_some() { "cluster " } else { "" };
    let more = match page.style.inputs.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let title = match page.style.view {
        View::Security => format!("Security posture of {what}'{}'{more}", visible(input)),
        View::Resource | View::Control => format!("Scan of {what}'{}'{more}", visible(input)),
    };
    let frameworks: Vec<&str> = report
        .frameworks
        .iter()
        .map(|framework| framework.name.as_str())
        .collect();
    let of = if frameworks.is_empty() {
        String::new()
    } else {
        format!(" of {}", frameworks.join(", "))
    };
    let (objects, controls) = (
        count(report.resources.len(), "object"),
        count(report.controls.len(), "control"),
    );
    writeln!(output, "\n{}", page.paint.bold(title))?;
    page.paragraph(&format!("{objects}, {controls}{of}"), 2, output)?;
    writeln!(output)?;
    row(page, "Failed controls", &severities(page), output)?;
    row(page, "All controls", &verdicts(page), output)?;
    row(page, "Compliance", &compliance(page), output)?;
    for framework in report
        .frameworks
        .iter()
        .filter(|framework| !framework.note.is_empty())
    {
        let note = format!("{}: {}", framework.name, framework.note);
        writeln!(output, "  {:<17}{}", "", page.paint.dim(note))?;
    }
    writeln!(output)
}

/// Parts of a row have a column each; those that the page has no room for start a line of their own.
fn row(
    page: &Page<'_>,
    title: &str,
    parts: &[(String, usize)],
    output: &mut dyn Write,
) -> std::io::Result<()> {
    const TITLE: usize = 19;
    const COLUMN: usize = 14;
    write!(output, "  {title:<17}")?;
    let (mut position, mut gap) = (TITLE, 0);
    for (text, width) in parts {
        if position > TITLE && position + gap + width > page.width {
            write!(output, "\n{}", " ".repeat(TITLE))?;
            (position, gap) = (TITLE, 0);
        }
        write!(output, "{}{text}", " ".repeat(gap))?;
        position += gap + width;
        gap = COLUMN.saturating_sub(*width).max(2);
    }
    writeln!(output)
}

/// Failed controls by severity, the worst first: painted text and its width.
fn severities(page: &Page<'_>) -> Vec<(String, usize)> {
    let counters = &page.scan.report.summary.control_severities;
    let unknown = (counters.unknown > 0).then_some(Severity::Unknown);
    Severity::NAMED
        .into_iter()
        .rev()
        .chain(unknown)
        .map(|severity| {
            let text = format!("{} {}", counters.of(severity), severity.as_str().to_lowercase());
            let width = text.len();
            let none = counters.of(severity) == 0;
            (
                if none {
                    page.paint.dim(text)
                } else {
                    page.paint.severity(severity, text)
                },
                width,
            )
        })
        .collect()
}

fn verdicts(page: &Page<'_>) -> Vec<(String, usize)> {
    let report = page.scan.report;
    let of = |status: Status| {
        report
            .controls
            .iter()
            .filter(|control| control.status.status == status)
            .count()
    };
    let irrelevant = report
        .controls
        .iter()
        .filter(|control| control.status.sub_status == SubStatus::Irrelevant)
        .count();
    let mut parts = Vec::new();
    let mut part = |count: usize, word: &str, paint: fn(Paint, String) -> String| {
        let text = format!("{count} {word}");
        let width = text.len();
        parts.push((paint(page.paint, text), width));
    };
    part(of(Status::Failed), "failed", super::paint::Paint::bad);
    part(of(Status::Passed) - irrelevant, "passed", |paint, text| {
        paint.good(text)
    });
    part(of(Status::Skipped), "not judged", |paint, text| {
        paint.doubtful(text)
    });
    part(irrelevant, "concern nothing here", super::paint::Paint::dim);
    parts
}

fn compliance(page: &Page<'_>) -> Vec<(String, usize)> {
    let report = page.scan.report;
    let part = |name: &str, compliance: f32| {
        let text = format!("{name}{}", percent(compliance));
        let width = text.chars().count();
        (grade(page, compliance, &text), width)
    };
    if report.frameworks.is_empty() {
        return vec![part("", report.summary.compliance)];
    }
    report
        .frameworks
        .iter()
        .map(|framework| part(&format!("{} ", framework.name), framework.compliance))
        .collect()
}

fn grade(page: &Page<'_>, compliance: f32, text: &str) -> String {
    match compliance {
        score if score >= 90.0 => page.paint.good(text),
        score if score >= 60.0 => page.paint.doubtful(text),
        _ => page.paint.bad(text),
    }
}
