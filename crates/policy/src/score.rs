//! Risk scores and compliance, in the single precision in which consumers know them.

use kubescape_model::{ControlSummary, Counters, Resource, Status};
use kubescape_yaml::Value;

/// Weight of a resource in a risk score: more replicas, more weight.
pub(crate) fn weight(resource: &Resource) -> f32 {
    /// What every replica beyond the first adds over its share.
    const REPLICA_FACTOR: f32 = 1.1;
    let object = resource.object.node();
    let related = object
        .get("relatedObjects")
        .and_then(|related| related.as_sequence());
    match related {
        Some(related) => related
            .iter()
            .map(|object| replicas_weight(object, REPLICA_FACTOR))
            .fold(1.0, f32::max),
        None => replicas_weight(&object, REPLICA_FACTOR),
    }
}

#[expect(clippy::cast_precision_loss, reason = "replica counts are small")]
fn replicas_weight(object: &kubescape_yaml::Node, factor: f32) -> f32 {
    let replicas = object.get("spec").and_then(|spec| spec.get("replicas"));
    match replicas.map(|node| &node.value) {
        Some(Value::Int(replicas)) if *replicas > 1 => *replicas as f32 * factor,
        _ => 1.0,
    }
}

/// Sums behind a risk score.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Risk {
    failed: f32,
    all: f32,
}

impl Risk {
    /// Counts a resource.
    pub(crate) fn add(&mut self, status: Status, weight: f32) {
        self.all += weight;
        if status == Status::Failed {
            self.failed += weight;
        }
    }

    /// Counts a whole control, weighed by its base score.
    pub(crate) fn add_control(&mut self, control: Self, base_score: f32) {
        self.all += control.all * base_score;
        self.failed += control.failed * base_score;
    }

    /// 0 to 100; 0 when nothing was looked at.
    pub(crate) fn score(self) -> f32 {
        if self.all == 0.0 {
            0.0
        } else {
            self.failed * 100.0 / self.all
        }
    }

    /// As [`Risk::score`], but 100 when nothing was looked at: what totals of frameworks and scans show.
    pub(crate) fn total_score(self) -> f32 {
        if self.all == 0.0 { 100.0 } else { self.score() }
    }
}

/// Compliance of a control, 0 to 100.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of resources are far below 2^24"
)]
pub(crate) fn compliance(status: Status, counters: Counters) -> f32 {
    match (status, counters.total()) {
        (Status::Passed, _) => 100.0,
        (_, 0) => 0.0,
        (_, total) => counters.passed as f32 / total as f32 * 100.0,
    }
}

/// Mean compliance of controls; one that was not evaluated counts as 0.
#[expect(clippy::cast_precision_loss, reason = "there are a few hundred controls")]
pub(crate) fn mean_compliance<'c>(controls: impl ExactSizeIterator<Item = &'c ControlSummary>) -> f32 {
    let count = controls.len();
    if count == 0 {
        return 0.0;
    }
    controls
        .map(|control| control.compliance.unwrap_or(0.0))
        .sum::<f32>()
        / count as f32
}
