//! The vocabulary of a scan.
//!
//! Plain data that every other crate speaks: what was looked at ([`Resource`]), what it is judged by ([`Control`],
//! [`Framework`], [`Rule`]), and what came out ([`Report`]). No I/O, no clock, no formatting.

mod attack_track;
mod control;
mod exception;
mod exception_audit;
mod filter;
mod finding;
mod framework;
mod object;
mod parameter;
mod rendering;
mod report;
mod resource;
mod rule;
mod severity;
mod status;

pub use attack_track::{AttackStep, AttackTrack};
pub use control::{ActionRequired, AttackTrackStep, Category, Control, ControlTexts, Example, Membership};
pub use exception::{Designator, ExceptionPolicy, PosturePolicy};
pub use exception_audit::{AuditItem, AuditMatch, AuditStatus, ExceptionAudit};
pub use filter::{KindFilter, NamespaceFilter, ResourceFilter};
pub use finding::{EvidencePath, FixPath};
pub use framework::{Framework, Scope, Section};
pub use object::Object;
pub use parameter::{Parameter, Parameters};
pub use rendering::{Origins, RenderedLine, Rendering};
pub use report::{
    AttackVector, ControlResult, ControlSummary, Counters, Coverage, Evidence, FrameworkControl,
    FrameworkSummary, MissingKind, NotEvaluated, PathRecord, PolicyDegradation, Prioritized, Report,
    ResourceResult, RuleInfo, RuleResult, ScanSummary, SeverityCounters, VectorStep,
};
pub use resource::{
    Commit, FileType, GroupVersionKind, Resource, ResourceId, Source, local_id, object_id,
    parse_group_version, subject_id,
};
pub use rule::{Aggregator, ConfigInput, Join, KindPattern, Rule};
pub use severity::Severity;
pub use status::{Status, StatusInfo, SubStatus};
