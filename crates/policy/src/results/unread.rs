//! Kinds that could not be read, as they concern one control.

use kubescape_model::{Counters, MissingKind, Rule, Status, StatusInfo, SubStatus};

use crate::evaluate::Task;
use crate::selection::SelectedControl;

/// The missing kinds that a control asks for.
pub(super) struct Unread<'a> {
    kinds: Vec<&'a MissingKind>,
}

impl<'a> Unread<'a> {
    pub(super) fn of(selected: &SelectedControl<'_>, missing: &'a [MissingKind]) -> Self {
        let kinds = missing
            .iter()
            .filter(|kind| selected.rules.iter().any(|rule| asks(rule, kind)))
            .collect();
        Self { kinds }
    }

    /// Whether a task asks for one of them.
    pub(super) fn concerns(&self, task: Option<&Task<'_>>) -> bool {
        task.is_some_and(|task| self.kinds.iter().any(|kind| asks(task.rule, kind)))
    }

    /// The verdict of a control that found nothing in what could be read: none, with the reason. A control of which a
    /// part of a kind is missing (some namespaces) has looked at the rest.
    pub(super) fn verdict(&self, counters: Counters) -> Option<StatusInfo> {
        let first = self.kinds.first()?;
        let everywhere = self.kinds.iter().any(|kind| kind.namespace.is_none());
        if !everywhere && counters.total() > 0 {
            return None;
        }
        let mut names: Vec<&str> = self.kinds.iter().map(|kind| kind.resource.as_str()).collect();
        names.dedup();
        Some(StatusInfo::with(
            Status::Skipped,
            SubStatus::NotEvaluated,
            format!("{} could not be read: {}", names.join(", "), first.error),
        ))
    }
}

pub(super) fn asks(rule: &Rule, missing: &MissingKind) -> bool {
    rule.matches
        .iter()
        .chain(&rule.external)
        .any(|pattern| missing.is_asked_by(pattern))
}
