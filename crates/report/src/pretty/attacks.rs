//! The ways of attack that failed controls open, as a tree for each workload.

use std::io::Write;

use kubescape_model::{AttackVector, Prioritized, Resource};

use super::{Page, evidence};

/// Workloads that are shown unless everything is asked for.
const SHOWN: usize = 3;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let workloads = by_score(page);
    writeln!(output, "{}", page.paint.bold("Ways of attack"))?;
    if workloads.is_empty() {
        return writeln!(
            output,
            "  {}\n",
            page.paint.good("The failed controls open none.")
        );
    }
    let most = if page.style.verbose { usize::MAX } else { SHOWN };
    for (resource, prioritized) in workloads.into_iter().take(most) {
        writeln!(
            output,
            "  {}  score {:.0}",
            evidence::name(resource),
            prioritized.score
        )?;
        let mut previous: Option<&AttackVector> = None;
        for vector in &prioritized.vectors {
            tree(page, vector, previous, output)?;
            previous = Some(vector);
        }
    }
    writeln!(output)
}

/// Workloads with ways of attack, the highest score first.
pub(super) fn by_score<'a>(page: &Page<'a>) -> Vec<(&'a Resource, &'a Prioritized)> {
    let report = page.scan.report;
    let mut workloads: Vec<(&Resource, &Prioritized)> = report
        .resources
        .iter()
        .zip(&report.results)
        .filter_map(|(resource, result)| Some((resource, result.prioritized.as_deref()?)))
        .collect();
    workloads.sort_by(|(x, a), (y, b)| b.score.total_cmp(&a.score).then_with(|| x.id.cmp(&y.id)));
    workloads
}

/// The steps of a way; those that it shares with the way before it are not said again.
fn tree(
    page: &Page<'_>,
    vector: &AttackVector,
    previous: Option<&AttackVector>,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let shared = previous
        .filter(|previous| previous.track == vector.track)
        .map_or(0, |previous| {
            let pairs = previous.steps.iter().zip(&vector.steps);
            pairs
                .take_while(|(a, b)| a.control == b.control && a.category == b.category)
                .count()
        });
    if previous.is_none_or(|previous| previous.track != vector.track) {
        writeln!(output, "    {}", page.paint.dim(&vector.track))?;
    }
    for (depth, step) in vector.steps.iter().enumerate().skip(shared) {
        let control = usize::try_from(step.control)
            .ok()
            .and_then(|index| page.scan.report.controls.get(index));
        let Some(control) = control else { continue };
        let indent = " ".repeat(6 + 2 * depth);
        let named = page.paint.severity(control.severity(), &control.id);
        writeln!(output, "{indent}{}: {named} {}", step.category, control.name)?;
    }
    Ok(())
}
