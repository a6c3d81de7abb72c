//! Running the test cases of rules and telling what differs.

mod shape;

use kubescape_library::{Case, Expected, Inputs, Library};
use kubescape_model::{Resource, Rule};
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::aggregate::{Pairing, aggregate};
use crate::batch::{Pool, Seen, Turn};
use crate::rego::{EngineValue, Limits, Programs, Response, RuleInput};
use shape::{Shape, compare_brief, compare_findings};

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOutcome {
    /// Name of the rule, as the case writes it.
    pub rule: String,
    /// Name of the case.
    pub case: String,
    /// Lines that say what differs; empty: passed.
    pub problems: Vec<String>,
}

/// Runs the cases, in parallel; outcomes come in the order of the cases.
pub fn run_cases(library: &Library, cases: &[Case]) -> Vec<CaseOutcome> {
    let programs = Programs::new(library);
    cases
        .par_iter()
        .map(|case| CaseOutcome {
            rule: case.rule.clone(),
            case: case.name.clone(),
            problems: run_case(library, &programs, case),
        })
        .collect()
}

fn run_case(library: &Library, programs: &Programs<'_>, case: &Case) -> Vec<String> {
    let Some(rule) = library.rule(&case.rule) else {
        return vec![format!("the library has no rule {:?}", case.rule)];
    };
    let objects = input(rule, case);
    let inputs = inputs(rule, library, case);
    let evaluate = |module: &str| {
        let input = RuleInput {
            objects: &objects,
            inputs: &inputs,
            cloud_provider: case.cloud_provider.as_deref(),
            parameters: &rule.parameters,
            limits: Limits::default(),
        };
        programs.evaluate(module, input)
    };
    let mut problems = match evaluate(&rule.module) {
        Ok(responses) => compare(&case.expected, &responses),
        Err(error) => vec![error.to_string()],
    };
    if let Some(expected) = &case.expected_filter {
        match rule.filter.as_deref().map(evaluate) {
            Some(Ok(responses)) => problems.extend(compare(expected, &responses)),
            Some(Err(error)) => problems.push(format!("filter: {error}")),
            None => problems.push("the rule has no filter".to_owned()),
        }
    }
    problems
}

fn compare(expected: &Expected, responses: &[Response]) -> Vec<String> {
    match expected {
        Expected::Findings(findings) => compare_findings(findings, &shapes(responses)),
        Expected::Brief(findings) => compare_brief(findings, &shapes(responses)),
        Expected::Unreadable(reason) => vec![reason.clone()],
    }
}

fn shapes(responses: &[Response]) -> Vec<Shape> {
    responses.iter().map(Shape::of_response).collect()
}

/// The case's objects as the rule's input, whatever kinds the rule matches.
fn input(rule: &Rule, case: &Case) -> Vec<EngineValue> {
    let resources: Vec<Resource> = case
        .input
        .iter()
        .map(|object| Resource::new(object.clone().into(), None, None))
        .collect();
    let everything = (0..resources.len()).collect();
    let pairing = match case.expected {
        Expected::Findings(_) => Pairing::Named,
        Expected::Brief(_) | Expected::Unreadable(_) => Pairing::Meant,
    };
    put_together(rule, pairing, resources, |_| everything)
}

/// The input of a rule over some resources: those that it matches, put together as its aggregator says.
pub fn rule_objects(rule: &Rule, resources: &[Resource]) -> Vec<EngineValue> {
    put_together(rule, Pairing::Meant, resources.to_vec(), |seen| {
        seen.index().inputs(rule)
    })
}

fn put_together(
    rule: &Rule,
    pairing: Pairing,
    resources: Vec<Resource>,
    positions: impl FnOnce(Seen<'_>) -> Vec<usize>,
) -> Vec<EngineValue> {
    let (residents, own) = (Pool::default(), Pool::new(resources, 0));
    let seen = Seen {
        residents: &residents,
        own: &own,
        turn: Turn::All,
    };
    let positions = positions(seen);
    match rule.aggregator {
        None => positions
            .into_iter()
            .filter_map(|position| seen.value(position))
            .collect(),
        Some(aggregator) => aggregate(aggregator, pairing, &positions, seen)
            .entries
            .into_iter()
            .map(|(_, value)| value)
            .collect(),
    }
}

fn inputs(rule: &Rule, library: &Library, case: &Case) -> Inputs {
    rule.config
        .iter()
        .filter_map(|input| {
            let values = case
                .inputs
                .get(&input.key)
                .or_else(|| library.defaults.get(&input.key))?;
            Some((input.key.clone(), values.clone()))
        })
        .collect()
}

/// Compact JSON for messages.
fn compact(value: &Json) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
