//! The outcome of a scan, in a form that is small in memory: controls, rules and resources are stored once and
//! referred to by index.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{
    Category, EvidencePath, ExceptionPolicy, GroupVersionKind, KindPattern, Resource, ResourceId, Severity,
    Status, StatusInfo, SubStatus,
};

/// Everything that a scan found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every resource that a rule looked at, sorted by id.
    pub resources: Vec<Resource>,
    /// Every control that was evaluated, sorted by id.
    pub controls: Vec<ControlSummary>,
    /// Every rule that was evaluated.
    pub rules: Vec<RuleInfo>,
    /// Every framework that was asked for.
    pub frameworks: Vec<FrameworkSummary>,
    /// One entry for each resource, in the same order.
    pub results: Vec<ResourceResult>,
    /// Totals.
    pub summary: ScanSummary,
    /// How much of what was asked could be judged.
    pub coverage: Coverage,
}

/// A rule as results name it.
#[derive(Clone, Debug, Default)]
pub struct RuleInfo {
    /// Its name.
    pub name: String,
    /// The inputs that it was given.
    pub inputs: BTreeMap<String, Vec<String>>,
}

/// A control over all resources.
#[derive(Clone, Debug, Default)]
pub struct ControlSummary {
    /// `C-0016`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// 0 to 10.
    pub base_score: f32,
    /// Its category.
    pub category: Option<Category>,
    /// Verdict and reason.
    pub status: StatusInfo,
    /// Resources by status.
    pub counters: Counters,
    /// Resources that passed through an exception.
    pub ignored_resources: usize,
    /// Risk score, 0 to 100.
    pub score: f32,
    /// Compliance, 0 to 100; `None` when the control could not be evaluated.
    pub compliance: Option<f32>,
    /// Words for findings that could not be judged, shown on each resource.
    pub info: String,
}

impl ControlSummary {
    /// Severity by base score.
    pub fn severity(&self) -> Severity {
        Severity::from_score(self.base_score)
    }
}

/// A framework over all resources.
#[derive(Clone, Debug, Default)]
pub struct FrameworkSummary {
    /// Name as the policy document writes it.
    pub name: String,
    /// What readers have to know; may be empty.
    pub note: String,
    /// Worst status of its resources.
    pub status: Status,
    /// Resources by their worst status.
    pub counters: Counters,
    /// Risk score, 0 to 100.
    pub score: f32,
    /// Compliance, 0 to 100.
    pub compliance: f32,
    /// Its controls.
    pub controls: Vec<FrameworkControl>,
}

/// A control as a framework sees it.
#[derive(Clone, Debug, Default)]
pub struct FrameworkControl {
    /// Index into [`Report::controls`].
    pub control: usize,
    /// The framework's own name of it.
    pub name: String,
    /// Its verdict where it differs from that of the scan: exceptions may hold for one framework alone.
    pub own: Option<Box<ControlSummary>>,
}

impl FrameworkControl {
    /// The verdict of the control in the framework.
    pub fn summary<'r>(&'r self, report: &'r Report) -> Option<&'r ControlSummary> {
        self.own.as_deref().or_else(|| report.controls.get(self.control))
    }
}

/// What was said of one resource.
#[derive(Clone, Debug, Default)]
pub struct ResourceResult {
    /// One entry for each control that looked at it.
    pub controls: Vec<ControlResult>,
    /// The attacks that its failed controls open; `None` when there is none, or nobody looked.
    pub prioritized: Option<Box<Prioritized>>,
}

/// The attacks that the failed controls of a workload open.
#[derive(Clone, Debug, Default)]
pub struct Prioritized {
    /// Sum of the vectors' scores.
    pub score: f32,
    /// The worst severity: 1 low to 4 critical.
    pub severity: u8,
    /// The ways.
    pub vectors: Vec<AttackVector>,
}

/// A way along an attack track.
#[derive(Clone, Debug, Default)]
pub struct AttackVector {
    /// Name of the track.
    pub track: String,
    /// A failed control for each step.
    pub steps: Vec<VectorStep>,
    /// Product of the base scores, a tenth more for each replica.
    pub score: f32,
    /// The worst severity on the way: 1 low to 4 critical.
    pub severity: u8,
}

/// A step of a way.
#[derive(Clone, Debug, Default)]
pub struct VectorStep {
    /// Index into [`Report::controls`].
    pub control: u32,
    /// Name of the step.
    pub category: String,
}

/// What a control said of a resource.
#[derive(Clone, Debug)]
pub struct ControlResult {
    /// Index into [`Report::controls`].
    pub control: u32,
    /// Verdict.
    pub status: Status,
    /// Its reason.
    pub sub_status: SubStatus,
    /// What each of its rules said.
    pub rules: Box<[RuleResult]>,
}

impl ControlResult {
    /// The verdict within a framework, by its index in [`Report::frameworks`]: exceptions may hold for it alone.
    pub fn status_in(&self, framework: usize) -> Status {
        if self.status != Status::Failed {
            return self.status;
        }
        self.rules
            .iter()
            .map(|rule| rule.status_in(framework))
            .max()
            .unwrap_or(self.status)
    }
}

/// What a rule said of a resource.
#[derive(Clone, Debug)]
pub struct RuleResult {
    /// Index into [`Report::rules`].
    pub rule: u32,
    /// Verdict.
    pub status: Status,
    /// Its reason.
    pub sub_status: SubStatus,
    /// Where and why; `None` when it passed.
    pub evidence: Option<Arc<Evidence>>,
}

impl RuleResult {
    /// The verdict within a framework, by its index in [`Report::frameworks`].
    pub fn status_in(&self, framework: usize) -> Status {
        let bound = self
            .evidence
            .as_ref()
            .map(|evidence| evidence.bound_exceptions.as_slice())
            .unwrap_or_default();
        let accepted = bound.iter().any(|(index, _)| *index == framework);
        if self.status == Status::Failed && accepted {
            Status::Passed
        } else {
            self.status
        }
    }
}

/// The places behind a verdict.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Places in the resource and in related ones.
    pub paths: Vec<PathRecord>,
    /// Exceptions that cover it.
    pub exceptions: Vec<Arc<ExceptionPolicy>>,
    /// Exceptions that cover it within one framework alone, by index into [`Report::frameworks`].
    pub bound_exceptions: Vec<(usize, Arc<ExceptionPolicy>)>,
    /// Other objects that belong to the story.
    pub related: Vec<ResourceId>,
}

/// A path and the object that it is a path of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRecord {
    /// The object's id.
    pub resource_id: ResourceId,
    /// The path.
    pub path: EvidencePath,
}

/// Resources by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Nothing found.
    pub passed: usize,
    /// At least one finding.
    pub failed: usize,
    /// Not judged.
    pub skipped: usize,
}

impl Counters {
    /// Counts one resource.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::Skipped => self.skipped += 1,
        }
    }

    /// All resources.
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped
    }

    /// The worst status that was counted.
    pub fn status(&self) -> Status {
        match self {
            Self { failed: 1.., .. } => Status::Failed,
            Self { skipped: 1.., .. } => Status::Skipped,
            _ => Status::Passed,
        }
    }
}

/// Something by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeverityCounters {
    /// Base score 9 and more.
    pub critical: usize,
    /// 7 to below 9.
    pub high: usize,
    /// 4 to below 7.
    pub medium: usize,
    /// 1 to below 4.
    pub low: usize,
    /// Below 1.
    pub unknown: usize,
}

impl SeverityCounters {
    /// Adds to one severity.
    pub fn add(&mut self, severity: Severity, count: usize) {
        match severity {
            Severity::Critical => self.critical += count,
            Severity::High => self.high += count,
            Severity::Medium => self.medium += count,
            Severity::Low => self.low += count,
            Severity::Unknown => self.unknown += count,
        }
    }

    /// The count of one severity.
    pub fn of(&self, severity: Severity) -> usize {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Unknown => self.unknown,
        }
    }
}

/// Totals of a scan.
#[derive(Clone, Debug, Default)]
pub struct ScanSummary {
    /// Worst status of any resource.
    pub status: Status,
    /// Resources by their worst status.
    pub counters: Counters,
    /// Failed resource and control pairs by severity.
    pub resource_severities: SeverityCounters,
    /// Failed controls by severity.
    pub control_severities: SeverityCounters,
    /// Risk score, 0 to 100.
    pub score: f32,
    /// Compliance, 0 to 100.
    pub compliance: f32,
}

/// How much of what was asked could be judged.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Controls that could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Kinds that could not be read.
    pub missing_kinds: Vec<MissingKind>,
    /// Kinds that could not be read, though some of the controls that need them were evaluated.
    pub silent_kinds: usize,
    /// Policy inputs that could not be read.
    pub degradations: Vec<PolicyDegradation>,
    /// Frameworks that are compliant only because nothing concerned them.
    pub vacuous_frameworks: Vec<String>,
    /// Controls of the scan.
    pub total_controls: usize,
    /// Controls that were evaluated.
    pub evaluated_controls: usize,
    /// 0 to 100.
    pub score: f32,
}

impl Coverage {
    /// Notes inputs of the policies that could not be read; each costs five points of the score.
    pub fn degrade(&mut self, degradations: Vec<PolicyDegradation>) {
        for degradation in degradations {
            self.score = (self.score - 5.0).max(0.0);
            self.degradations.push(degradation);
        }
    }

    /// Whether anything is missing.
    pub fn degraded(&self) -> bool {
        !self.not_evaluated.is_empty() || !self.degradations.is_empty() || !self.missing_kinds.is_empty()
    }
}

/// A control that could not be evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotEvaluated {
    /// Its id.
    pub control_id: String,
    /// Kinds that could not be read.
    pub missing: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A kind that could not be read from the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingKind {
    /// `group/version/plural`, or `discovery:group/version`.
    pub resource: String,
    /// The kind; `*` stands for any kind of the group.
    pub kind: GroupVersionKind,
    /// The only namespace where it could not; `None`: nowhere.
    pub namespace: Option<String>,
    /// Why.
    pub error: String,
}

impl MissingKind {
    /// Whether a pattern asks for the kind.
    pub fn is_asked_by(&self, pattern: &KindPattern) -> bool {
        match self.kind.kind.as_str() {
            "*" => {
                pattern.group == self.kind.group
                    && ["*", self.kind.version.as_str()].contains(&pattern.version.as_str())
            }
            _ => pattern.matches(&self.kind),
        }
    }
}

/// A policy input that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDegradation {
    /// `exceptions` or `controlInputs`.
    pub component: String,
    /// Why.
    pub reason: String,
}
