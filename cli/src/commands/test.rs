//! `kubescape test`: the cases of a control library.

use std::io::Write;

use anyhow::bail;
use kubescape_library::{Case, cases_of_folder, cases_of_library};
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
    let library = match &arguments.library {
        Some(folder) => crate::library::from_folder(folder)?,
        None => crate::library::built_in()?,
    };
    let mut cases: Vec<Case> = match (&arguments.cases, &arguments.library) {
        (Some(folder), _) if !folder.is_dir() => bail!("{} is no folder of cases", folder.display()),
        (Some(folder), _) => cases_of_folder(folder)?,
        (None, Some(library)) => cases_of_library(library)?,
        (None, None) => bail!("name a folder of cases with --cases, or a library with --library"),
    };
    if !arguments.rules.is_empty() {
        cases.retain(|case| arguments.rules.contains(&case.rule));
    }
    if cases.is_empty() {
        bail!("there are no cases to run");
    }
    let outcomes = run_cases(&library, &cases);
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
