//! The gist: failed controls by category, and where to look first.

use std::collections::BTreeMap;
use std::io::Write;

use kubescape_model::{ControlSummary, ResourceResult, Severity, Status};

use super::table::{Rows, WRAPPED, number, text};
use super::{Page, attacks, evidence, visible};

/// Objects that are named as those to mend first.
const FIRST: usize = 3;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let categories = by_category(page);
    if categories.is_empty() {
        return writeln!(output, "  {}\n", page.paint.good("No control failed."));
    }
    for (category, controls) in &categories {
        writeln!(output, "{}", page.paint.bold(category))?;
        let mut rows = Rows::new(page, &["Severity", "ID", WRAPPED, "Failed"]);
        for control in controls {
            rows.push(vec![
                rows.severity(control.severity()),
                text(&control.id),
                text(&control.name),
                number(format!(
                    "{} of {}",
                    control.counters.failed,
                    control.counters.total()
                )),
            ]);
        }
        rows.write(output)?;
        writeln!(output)?;
    }
    first_objects(page, output)?;
    commands(page, output)
}

/// What to type next.
fn commands(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let input = match page.style.inputs.as_slice() {
        [] => String::new(),
        inputs => format!(" {}", shell_words(inputs)),
    };
    let mut command =
        |what: &str, command: String| writeln!(output, "  {what:<36}{}", page.paint.place(command));
    command(
        "Every finding with its line:",
        format!("kubescape scan --view resource -v{input}"),
    )?;
    command("One control:", format!("kubescape scan control ID{input} -v"))?;
    command(
        "Why a control matters, what to do:",
        "kubescape explain ID".to_owned(),
    )?;
    writeln!(output)
}

/// The inputs as a shell takes them; many of them are left to the reader.
fn shell_words(inputs: &[String]) -> String {
    /// More than these make no command that anybody copies.
    const MOST: usize = 3;
    let is_plain = |input: &str| {
        !input.is_empty()
            && input
                .chars()
                .all(|character| character.is_alphanumeric() || "-_./:@%+=,".contains(character))
    };
    let mut words: Vec<String> = inputs
        .iter()
        .take(MOST)
        .map(|input| match is_plain(input) {
            true => input.clone(),
            false => format!("'{}'", visible(input).replace('\'', "'\\''")),
        })
        .collect();
    if inputs.len() > MOST {
        words.push("...".to_owned());
    }
    words.join(" ")
}

/// Failed controls by the finest category they have; the category with the worst control first.
fn by_category<'a>(page: &Page<'a>) -> Vec<(&'a str, Vec<&'a ControlSummary>)> {
    let mut groups: BTreeMap<&str, Vec<&ControlSummary>> = BTreeMap::new();
    for control in page
        .scan
        .report
        .controls
        .iter()
        .filter(|control| control.status.status == Status::Failed)
    {
        let name = control
            .category
            .as_ref()
            .map_or("Other", |category| match &category.sub_category {
                Some(sub) => &sub.name,
                None if category.name == "None" => "Other",
                None => &category.name,
            });
        groups.entry(name).or_default().push(control);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    for (_, controls) in &mut groups {
        controls.sort_by(|a, b| {
            b.base_score
                .total_cmp(&a.base_score)
                .then_with(|| a.id.cmp(&b.id))
        });
    }
    groups.sort_by(|(_, a), (_, b)| worst(b).total_cmp(&worst(a)));
    groups
}

fn worst(controls: &[&ControlSummary]) -> f32 {
    controls.first().map_or(0.0, |control| control.base_score)
}

/// The objects with the gravest findings: by number of failed controls, the worst severity first.
fn first_objects(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let report = page.scan.report;
    let mut objects: Vec<_> = report
        .resources
        .iter()
        .zip(&report.results)
        .map(|(resource, result)| (weights(page, result), resource))
        .filter(|(weights, _)| weights.iter().any(|count| *count > 0))
        .collect();
    objects.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
    let rank: Vec<&str> = attacks::by_score(page)
        .iter()
        .map(|(resource, _)| &*resource.id)
        .collect();
    // Workloads that open ways of attack come first, in the order of their scores.
    objects.sort_by_key(|(_, resource)| {
        rank.iter()
            .take(FIRST)
            .position(|id| *id == &*resource.id)
            .unwrap_or(FIRST)
    });
    if objects.is_empty() {
        return Ok(());
    }
    writeln!(output, "{}", page.paint.bold("Mend these first"))?;
    for (place, (weights, resource)) in objects.iter().take(FIRST).enumerate() {
        let source = evidence::Text::of(page, resource);
        let file = evidence::place(page, resource, source.lines().as_ref());
        let counts: Vec<String> = Severity::NAMED
            .into_iter()
            .rev()
            .zip(weights)
            .filter(|(_, count)| **count > 0)
            .map(|(severity, count)| {
                page.paint
                    .severity(severity, format!("{count} {}", severity.as_str().to_lowercase()))
            })
            .collect();
        writeln!(
            output,
            "  {}. {}  {}",
            place + 1,
            evidence::name(resource),
            page.paint.place(file)
        )?;
        writeln!(output, "     {}", counts.join(", "))?;
    }
    writeln!(output)
}

/// Failed controls of a resource by severity, the worst first.
fn weights(page: &Page<'_>, result: &ResourceResult) -> [usize; 4] {
    let mut counts = [0; 4];
    for control in result
        .controls
        .iter()
        .filter(|control| control.status == Status::Failed)
    {
        let summary = usize::try_from(control.control)
            .ok()
            .and_then(|index| page.scan.report.controls.get(index));
        let rank = summary.map_or(0, |summary| usize::from(summary.severity().rank()));
        if let Some(count) = counts
            .len()
            .checked_sub(rank)
            .and_then(|index| counts.get_mut(index))
        {
            *count += 1;
        }
    }
    counts
}
