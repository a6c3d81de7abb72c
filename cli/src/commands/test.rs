//! `kubescape test`: the cases of a control library.

use std::io::Write;

use anyhow::bail;
use kubescape_library::{
    CUSTOM_RULES, Case, Library, cases_of_custom_rules, cases_of_folder, cases_of_library,
};
use kubescape_policy::rego::Programs;
use kubescape_policy::testing::{CaseOutcome, run_cases};
use serde::Serialize;

use crate::args::{TestArguments, TestFormat};
use crate::output::to_stdout;

#[derive(Serialize)]
struct Summary<'a> {
    passed: usize,
    failed: usize,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    rule: &'a str,
    case: &'a str,
    problems: &'a [String],
}

pub(crate) fn run(arguments: &TestArguments) -> anyhow::Result<()> {
    let mut library = match &arguments.library {
        Some(folder) => crate::library::from_folder(folder)?,
        None => crate::library::built_in()?,
    };
    let mut cases: Vec<Case> = match (&arguments.cases, &arguments.library) {
        (Some(folder), _) if !folder.is_dir() => bail!("{} is no folder of cases", folder.display()),
        (Some(folder), _) => cases_of_folder(folder)?,
        (None, Some(library)) => cases_of_library(library)?,
        (None, None) => Vec::new(),
    };
    let mut outcomes = Vec::new();
    if let Some(folder) = &arguments.custom_rules {
        library.add_custom_rules(folder)?;
        cases.extend(cases_of_custom_rules(folder)?);
        outcomes = parsed(&library);
    }
    if !arguments.rules.is_empty() {
        cases.retain(|case| arguments.rules.contains(&case.rule));
        outcomes.retain(|outcome| arguments.rules.contains(&outcome.rule));
    }
    outcomes.extend(run_cases(&library, &cases));
    if outcomes.is_empty() {
        bail!("there are no cases to run");
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| !outcome.problems.is_empty())
        .count();
    to_stdout(|output| match arguments.format {
        TestFormat::PrettyPrinter => pretty(&outcomes, failed, output),
        TestFormat::Json => json(&outcomes, failed, output),
    })?;
    if failed > 0 {
        bail!("{failed} of {} cases failed", outcomes.len());
    }
    Ok(())
}

/// Whether the custom rules parse: an outcome for each.
fn parsed(library: &Library) -> Vec<CaseOutcome> {
    let programs = Programs::new(library);
    let custom = library
        .framework(CUSTOM_RULES)
        .map(|framework| &framework.controls);
    let rules = custom
        .into_iter()
        .flatten()
        .filter_map(|id| library.rules.get(id));
    rules
        .map(|rule| CaseOutcome {
            rule: rule.name.clone(),
            case: "parses".to_owned(),
            problems: programs
                .check(&rule.module)
                .err()
                .map(|error| error.to_string())
                .into_iter()
                .collect(),
        })
        .collect()
}

fn pretty(outcomes: &[CaseOutcome], failed: usize, output: &mut dyn Write) -> std::io::Result<()> {
    for outcome in outcomes.iter().filter(|outcome| !outcome.problems.is_empty()) {
        writeln!(output, "FAILED {}/{}", outcome.rule, outcome.case)?;
        for problem in &outcome.problems {
            writeln!(output, "    {}", problem.replace('\n', "\n    "))?;
        }
    }
    writeln!(output, "{} passed, {failed} failed", outcomes.len() - failed)
}

fn json(outcomes: &[CaseOutcome], failed: usize, output: &mut dyn Write) -> std::io::Result<()> {
    let failures = outcomes
        .iter()
        .filter(|outcome| !outcome.problems.is_empty())
        .map(|outcome| Failure {
            rule: &outcome.rule,
            case: &outcome.case,
            problems: &outcome.problems,
        })
        .collect();
    serde_json::to_writer_pretty(
        &mut *output,
        &Summary {
            passed: outcomes.len() - failed,
            failed,
            failures,
        },
    )?;
    writeln!(output)
}
