//! From the answers of rules to verdicts, counters and scores.

mod findings;
mod missing;
mod summary;
mod table;
mod unread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubescape_model::{
    ActionRequired, ControlResult, ControlSummary, Counters, Evidence, GroupVersionKind, MissingKind, Report,
    RuleInfo, RuleResult, Status, StatusInfo, SubStatus,
};

use crate::evaluate::Task;
use crate::exceptions::{ControlExceptions, Cover, ExceptionSet};
use crate::score::{self, Risk};
use crate::selection::{SelectedControl, Selection, equals_or_matches};
pub(crate) use findings::Findings;
use findings::RuleOutcome;
use table::ResourceTable;
use unread::Unread;

/// What a report is built from beside the findings.
pub(crate) struct Scan<'a> {
    pub(crate) cluster: &'a str,
    pub(crate) exceptions: &'a ExceptionSet,
    pub(crate) unread: &'a [MissingKind],
    pub(crate) selection: &'a Selection<'a>,
    pub(crate) tasks: &'a [Task<'a>],
    pub(crate) tasks_of_control: &'a [Vec<usize>],
}

/// Builds the report.
pub(crate) fn build(scan: &Scan<'_>, findings: Findings) -> Report {
    let (kinds, table, outcomes) = findings.into_parts();
    let mut results: Vec<Vec<ControlResult>> = vec![Vec::new(); table.len()];
    let mut judged = Vec::with_capacity(scan.selection.controls.len());
    for (index, (selected, task_indexes)) in scan
        .selection
        .controls
        .iter()
        .zip(scan.tasks_of_control)
        .enumerate()
    {
        let control_outcomes: Vec<(usize, &RuleOutcome)> = task_indexes
            .iter()
            .filter_map(|task| Some((*task, outcomes.get(*task)?)))
            .collect();
        let judge = Judge {
            scan,
            selected,
            table: &table,
            exceptions: scan.exceptions.of_control(&selected.control.id),
            frameworks: scan.selection.frameworks_of(index),
            unread: Unread::of(selected, scan.unread),
            kinds: &kinds,
        };
        judged.push(judge.control(index, &control_outcomes, &mut results));
    }
    drop(outcomes);
    let rules = scan
        .tasks
        .iter()
        .map(|task| RuleInfo {
            name: task.rule.name.clone(),
            inputs: task.inputs.clone(),
        })
        .collect();
    let (resources, results) = table.finish(results);
    summary::complete(
        scan,
        Report {
            resources,
            rules,
            results,
            ..Report::default()
        },
        judged,
    )
}

/// A control's verdict, over all and where a framework has one of its own.
struct Judged {
    overall: Verdict,
    in_frameworks: Vec<(usize, Verdict)>,
}

/// A control over all resources, and its part of the risk score.
struct Verdict {
    summary: ControlSummary,
    risk: Risk,
}

/// Judges one control.
struct Judge<'a> {
    scan: &'a Scan<'a>,
    selected: &'a SelectedControl<'a>,
    table: &'a ResourceTable,
    /// The kinds of objects that the input holds.
    kinds: &'a BTreeSet<Arc<GroupVersionKind>>,
    exceptions: ControlExceptions<'a>,
    /// The frameworks that ask for it: index and name.
    frameworks: Vec<(usize, &'a str)>,
    unread: Unread<'a>,
}

impl Judge<'_> {
    fn control(
        &self,
        control_index: usize,
        outcomes: &[(usize, &RuleOutcome)],
        results: &mut [Vec<ControlResult>],
    ) -> Judged {
        let mut by_resource: BTreeMap<usize, Vec<RuleResult>> = BTreeMap::new();
        for (task, outcome) in outcomes {
            for (resource, evidence) in &outcome.rows {
                let resource = *resource as usize;
                let result = self.rule_result(*task, outcome, resource, evidence.as_ref());
                by_resource.entry(resource).or_default().push(result);
            }
        }
        let missing = match by_resource.is_empty() {
            true => missing::reason(&self.selected.rules, self.kinds, self.scan.cluster),
            false => None,
        };
        let error = outcomes
            .iter()
            .find_map(|(_, outcome)| outcome.error.as_deref())
            .or(missing.as_deref());
        let overall = |rule: &RuleResult| (rule.status, rule.sub_status);
        let judged = Judged {
            overall: self.verdict(&by_resource, error, overall),
            in_frameworks: with_own_verdict(&by_resource)
                .into_iter()
                .map(|framework| {
                    (
                        framework,
                        self.verdict(&by_resource, error, |rule| accepted_in(rule, framework)),
                    )
                })
                .collect(),
        };
        for (resource, rules) in by_resource {
            let (status, sub_status) = self.on_resource(rules.iter().map(overall));
            if let Some(list) = results.get_mut(resource) {
                let control = u32::try_from(control_index).unwrap_or(u32::MAX);
                list.push(ControlResult {
                    control,
                    status,
                    sub_status,
                    rules: rules.into(),
                });
            }
        }
        judged
    }

    /// The control over all resources, with each rule's status as `status_of` sees it.
    fn verdict(
        &self,
        by_resource: &BTreeMap<usize, Vec<RuleResult>>,
        error: Option<&str>,
        status_of: impl Fn(&RuleResult) -> (Status, SubStatus),
    ) -> Verdict {
        let mut counters = Counters::default();
        let mut risk = Risk::default();
        let (mut worst, mut ignored) = (StatusInfo::default(), 0);
        for (resource, rules) in by_resource {
            let (status, sub_status) = self.on_resource(rules.iter().map(&status_of));
            counters.add(status);
            risk.add(status, self.table.weight(*resource));
            ignored += usize::from(sub_status == SubStatus::Exceptions);
            worst = worst.worst(StatusInfo::with(status, sub_status, ""));
        }
        let status = self.overall(worst, counters, error);
        let control = self.selected.control;
        let summary = ControlSummary {
            id: control.id.clone(),
            name: control.name.clone(),
            base_score: control.base_score,
            category: control.category.clone(),
            counters,
            ignored_resources: ignored,
            score: risk.score(),
            compliance: Some(score::compliance(status.status, counters)),
            info: self.info(error),
            status,
        };
        Verdict { summary, risk }
    }

    fn rule_result(
        &self,
        task: usize,
        outcome: &RuleOutcome,
        resource: usize,
        evidence: Option<&Arc<Evidence>>,
    ) -> RuleResult {
        let rule = u32::try_from(task).unwrap_or(u32::MAX);
        let result = |status, sub_status, evidence| RuleResult {
            rule,
            status,
            sub_status,
            evidence,
        };
        let Some(evidence) = evidence else {
            return match outcome.error {
                None if self.unread.concerns(self.scan.tasks.get(task)) => {
                    result(Status::Passed, SubStatus::IncompleteCoverage, None)
                }
                None => result(Status::Passed, SubStatus::None, None),
                Some(_) => result(Status::Skipped, SubStatus::NotEvaluated, None),
            };
        };
        let name = self.scan.tasks.get(task).map_or("", |task| &task.rule.name);
        let mut evidence = Arc::clone(evidence);
        if let Some(resource) = self.table.get(resource) {
            let covers = self.exceptions.covering(name, resource, self.scan.cluster);
            if !covers.is_empty() {
                self.accept(covers, Arc::make_mut(&mut evidence));
            }
        }
        match evidence.exceptions.is_empty() {
            true => result(Status::Failed, SubStatus::None, Some(evidence)),
            false => result(Status::Passed, SubStatus::Exceptions, Some(evidence)),
        }
    }

    /// Notes the exceptions that cover a finding: for all, or for the frameworks that they are bound to. Bound to
    /// every framework of the scan that asks for the control is for all.
    fn accept(&self, covers: Vec<Cover>, evidence: &mut Evidence) {
        for cover in covers {
            let Some(patterns) = cover.frameworks else {
                evidence.exceptions.push(cover.policy);
                continue;
            };
            let meant = |name: &str| patterns.iter().any(|pattern| equals_or_matches(pattern, name));
            let bound = self.frameworks.iter().filter(|(_, name)| meant(name));
            evidence
                .bound_exceptions
                .extend(bound.map(|(index, _)| (*index, Arc::clone(&cover.policy))));
        }
        let everywhere = !evidence.bound_exceptions.is_empty()
            && self
                .frameworks
                .iter()
                .all(|(index, _)| evidence.bound_exceptions.iter().any(|(bound, _)| bound == index));
        if everywhere {
            for (_, policy) in evidence.bound_exceptions.drain(..) {
                if !evidence
                    .exceptions
                    .iter()
                    .any(|known| Arc::ptr_eq(known, &policy))
                {
                    evidence.exceptions.push(policy);
                }
            }
        }
    }

    /// The control on one resource: the worst of its rules, softened by what a person still has to do.
    fn on_resource(&self, rules: impl Iterator<Item = (Status, SubStatus)>) -> (Status, SubStatus) {
        let worst = rules.max().unwrap_or_default();
        match (worst.0, self.selected.control.action_required) {
            (Status::Failed, Some(ActionRequired::RequiresReview)) => {
                (Status::Skipped, SubStatus::RequiresReview)
            }
            (Status::Failed, Some(ActionRequired::ManualReview)) => {
                (Status::Skipped, SubStatus::ManualReview)
            }
            (Status::Failed | Status::Passed, Some(ActionRequired::Configuration)) if self.unconfigured() => {
                (Status::Skipped, SubStatus::Configuration)
            }
            _ => worst,
        }
    }

    /// Whether every input of the control's rules is empty.
    fn unconfigured(&self) -> bool {
        let names: Vec<&str> = self
            .selected
            .rules
            .iter()
            .map(|rule| rule.name.as_str())
            .collect();
        self.scan
            .tasks
            .iter()
            .filter(|task| names.contains(&task.rule.name.as_str()))
            .all(|task| task.inputs.values().all(Vec::is_empty))
    }

    fn overall(&self, worst: StatusInfo, counters: Counters, error: Option<&str>) -> StatusInfo {
        if let Some(reason) = error
            && counters.failed == 0
        {
            return StatusInfo::with(Status::Skipped, SubStatus::NotEvaluated, reason.to_owned());
        }
        if counters.failed == 0
            && let Some(info) = self.unread.verdict(counters)
        {
            return info;
        }
        if counters.total() == 0 {
            let manual = self.selected.control.action_required == Some(ActionRequired::ManualReview);
            return match manual {
                true if self.exceptions.of_everything(self.scan.cluster) => {
                    StatusInfo::with(Status::Passed, SubStatus::Exceptions, "")
                }
                true => StatusInfo::with(Status::Skipped, SubStatus::ManualReview, MANUAL_REVIEW),
                false => StatusInfo::with(Status::Passed, SubStatus::Irrelevant, ""),
            };
        }
        let info = match worst.sub_status {
            SubStatus::ManualReview => MANUAL_REVIEW,
            SubStatus::RequiresReview => REQUIRES_REVIEW,
            SubStatus::Configuration => CONFIGURATION,
            _ => "",
        };
        StatusInfo {
            info: info.into(),
            ..worst
        }
    }

    fn info(&self, error: Option<&str>) -> String {
        match (error, self.selected.control.action_required) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(ActionRequired::Configuration)) => CONFIGURATION.to_owned(),
            (None, Some(ActionRequired::RequiresReview)) => REQUIRES_REVIEW.to_owned(),
            (None, Some(ActionRequired::ManualReview)) => MANUAL_REVIEW.to_owned(),
            (None, None) => String::new(),
        }
    }
}

/// The frameworks in which an exception holds that does not hold elsewhere.
fn with_own_verdict(by_resource: &BTreeMap<usize, Vec<RuleResult>>) -> BTreeSet<usize> {
    let evidence = by_resource
        .values()
        .flatten()
        .filter_map(|rule| rule.evidence.as_ref());
    evidence
        .flat_map(|evidence| &evidence.bound_exceptions)
        .map(|(framework, _)| *framework)
        .collect()
}

fn accepted_in(rule: &RuleResult, framework: usize) -> (Status, SubStatus) {
    match rule.status_in(framework) {
        status if status != rule.status => (status, SubStatus::Exceptions),
        status => (status, rule.sub_status),
    }
}

const MANUAL_REVIEW: &str = "Control type is manual-review";
const REQUIRES_REVIEW: &str = "Control type is requires-review";
const CONFIGURATION: &str = "Control configurations are empty (set them with --controls-config)";
