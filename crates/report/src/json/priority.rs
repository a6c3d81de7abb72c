//! `prioritizedResource`: the ways of attack that the failed controls of a workload open.

use kubescape_model::{AttackVector, Prioritized, Report, Resource};
use serde::Serialize;

use super::summary::Number;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PriorityView<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    priority_vector: Vec<VectorView<'a>>,
    severity: u8,
    score: Number,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VectorView<'a> {
    attack_track_name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    vector: Vec<StepView<'a>>,
    score: Number,
    severity: u8,
}

#[derive(Serialize)]
struct StepView<'a> {
    #[serde(rename = "controlID")]
    control_id: &'a str,
    category: &'a str,
}

impl<'a> PriorityView<'a> {
    pub(super) fn new(report: &'a Report, resource: &'a Resource, prioritized: &'a Prioritized) -> Self {
        Self {
            resource_id: &resource.id,
            priority_vector: prioritized
                .vectors
                .iter()
                .map(|vector| vector_view(report, vector))
                .collect(),
            severity: prioritized.severity,
            score: Number(prioritized.score),
        }
    }
}

fn vector_view<'a>(report: &'a Report, vector: &'a AttackVector) -> VectorView<'a> {
    let steps = vector.steps.iter().filter_map(|step| {
        let control = report.controls.get(usize::try_from(step.control).ok()?)?;
        Some(StepView {
            control_id: &control.id,
            category: &step.category,
        })
    });
    VectorView {
        attack_track_name: &vector.track,
        kind: "control",
        vector: steps.collect(),
        score: Number(vector.score),
        severity: vector.severity,
    }
}
