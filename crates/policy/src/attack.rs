//! Attack tracks: which failed controls of a workload open the way to damage, step by step, and how far.
//!
//! A path starts at a step with a failed control whose parent has none, and runs down to one without failed children.
//! Each choice of one failed control per step is a vector. Its score is the product of the base scores, a tenth more
//! for each replica; a workload's score is the sum of its vectors.

use kubescape_library::Library;
use kubescape_model::{
    AttackStep, AttackTrack, AttackVector, Control, Prioritized, Report, Resource, ResourceResult, Status,
    VectorStep,
};
use kubescape_yaml::Value;

/// Kinds that an attack goes through, beside whatever has a pod template.
const KINDS: [&str; 8] = [
    "Pod",
    "Deployment",
    "ReplicaSet",
    "Node",
    "DaemonSet",
    "StatefulSet",
    "Job",
    "CronJob",
];
/// Vectors of a workload that are kept; more say nothing new.
const MOST_VECTORS: usize = 1_000;

/// Adds to each workload of a report the vectors of the library's attack tracks.
pub fn prioritize(library: &Library, report: &mut Report) {
    let controls: Vec<Option<&Control>> = report
        .controls
        .iter()
        .map(|control| library.control(&control.id))
        .collect();
    for (resource, result) in report.resources.iter().zip(&mut report.results) {
        if concerns(resource) {
            result.prioritized = prioritized(library, &controls, resource, result).map(Box::new);
        }
    }
}

fn concerns(resource: &Resource) -> bool {
    KINDS.contains(&resource.kind.kind.as_str()) || resource.object.node().at("spec.template.spec").is_some()
}

fn prioritized(
    library: &Library,
    controls: &[Option<&Control>],
    resource: &Resource,
    result: &ResourceResult,
) -> Option<Prioritized> {
    let failed: Vec<(u32, &Control)> = result
        .controls
        .iter()
        .filter(|control| control.status == Status::Failed)
        .filter_map(|control| {
            Some((
                control.control,
                (*controls.get(usize::try_from(control.control).ok()?)?)?,
            ))
        })
        .collect();
    let factor = 1.0 + replicas(resource) / 10.0;
    let mut vectors = Vec::new();
    for track in &library.attack_tracks {
        Paths {
            track,
            failed: &failed,
            factor,
            vectors: &mut vectors,
        }
        .from(&track.root, false);
    }
    let score: f32 = vectors.iter().map(|vector| vector.score).sum();
    let severity = vectors.iter().map(|vector| vector.severity).max()?;
    (score > 0.0).then_some(Prioritized {
        score,
        severity,
        vectors,
    })
}

/// The replicas of a workload, at least 1.
#[expect(clippy::cast_precision_loss, reason = "replica counts are small")]
fn replicas(resource: &Resource) -> f32 {
    match resource.object.node().at("spec.replicas").map(|node| &node.value) {
        Some(Value::Int(count)) if *count > 1 => *count as f32,
        _ => 1.0,
    }
}

/// Walks a track and collects its vectors.
struct Paths<'a> {
    track: &'a AttackTrack,
    failed: &'a [(u32, &'a Control)],
    factor: f32,
    vectors: &'a mut Vec<AttackVector>,
}

impl<'a> Paths<'a> {
    /// Paths that start at a step or below it. `under_failed`: its parent belongs to a path already.
    fn from(&mut self, step: &'a AttackStep, under_failed: bool) {
        let opens = !self.controls(step).is_empty();
        if opens && !under_failed {
            self.down(step, &mut Vec::new());
        }
        for next in &step.steps {
            self.from(next, opens);
        }
    }

    /// Every choice of controls from a step with failed ones to an end of the path.
    fn down(&mut self, step: &'a AttackStep, chosen: &mut Vec<(u32, &'a Control, &'a str)>) {
        let next: Vec<&AttackStep> = step
            .steps
            .iter()
            .filter(|next| !self.controls(next).is_empty())
            .collect();
        for (index, control) in self.controls(step) {
            if self.vectors.len() >= MOST_VECTORS {
                return;
            }
            chosen.push((index, control, &step.name));
            match next.as_slice() {
                [] => self.keep(chosen),
                next => next.iter().for_each(|next| self.down(next, chosen)),
            }
            chosen.pop();
        }
    }

    fn keep(&mut self, chosen: &[(u32, &'a Control, &'a str)]) {
        let steps = chosen
            .iter()
            .map(|(control, _, category)| VectorStep {
                control: *control,
                category: (*category).to_owned(),
            })
            .collect();
        self.vectors.push(AttackVector {
            track: self.track.name.clone(),
            steps,
            score: chosen
                .iter()
                .map(|(_, control, _)| control.base_score)
                .product::<f32>()
                * self.factor,
            severity: chosen
                .iter()
                .map(|(_, control, _)| control.severity().rank())
                .max()
                .unwrap_or_default(),
        });
    }

    /// The failed controls that open a step.
    fn controls(&self, step: &AttackStep) -> Vec<(u32, &'a Control)> {
        let opens = |control: &Control| {
            control.attack_tracks.iter().any(|named| {
                named.track == self.track.name
                    && named
                        .categories
                        .iter()
                        .any(|category| category.eq_ignore_ascii_case(&step.name))
            })
        };
        self.failed
            .iter()
            .filter(|(_, control)| opens(control))
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubescape_model::{AttackTrackStep, ControlResult, ControlSummary, SubStatus};

    fn control(id: &str, base_score: f32, step: &str) -> Control {
        Control {
            id: id.to_owned(),
            base_score,
            attack_tracks: vec![AttackTrackStep {
                track: "t".to_owned(),
                categories: vec![step.to_owned()],
            }],
            ..Control::default()
        }
    }

    fn step(name: &str, steps: Vec<AttackStep>) -> AttackStep {
        AttackStep {
            name: name.to_owned(),
            steps,
            ..AttackStep::default()
        }
    }

    /// Scores of the vectors of a deployment on which the named controls fail.
    #[track_caller]
    fn check(failed: &[&str], expected: &[(&[&str], f32)]) {
        let mut library = Library::default();
        library.controls = vec![
            control("C-1", 2.0, "entry"),
            control("C-2", 3.0, "entry"),
            control("C-3", 5.0, "run"),
            control("C-4", 7.0, "data"),
        ];
        library.attack_tracks = vec![AttackTrack {
            name: "t".to_owned(),
            root: step("entry", vec![step("run", vec![step("data", Vec::new())])]),
            ..AttackTrack::default()
        }];
        let object = kubescape_yaml::load_one(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}",
            kubescape_yaml::Profile::SigsYaml,
            &kubescape_yaml::Limits::default(),
        )
        .unwrap();
        let result = |(index, control): (usize, &Control)| ControlResult {
            control: u32::try_from(index).unwrap(),
            status: if failed.contains(&control.id.as_str()) {
                Status::Failed
            } else {
                Status::Passed
            },
            sub_status: SubStatus::None,
            rules: Box::default(),
        };
        let mut report = Report {
            resources: vec![Resource::new(object.into(), None, None)],
            controls: library
                .controls
                .iter()
                .map(|control| ControlSummary {
                    id: control.id.clone(),
                    ..ControlSummary::default()
                })
                .collect(),
            results: vec![ResourceResult {
                controls: library.controls.iter().enumerate().map(result).collect(),
                ..ResourceResult::default()
            }],
            ..Report::default()
        };
        prioritize(&library, &mut report);
        let found: Vec<(Vec<&str>, f32)> = report.results[0]
            .prioritized
            .iter()
            .flat_map(|prioritized| &prioritized.vectors)
            .map(|vector| {
                let ids = vector
                    .steps
                    .iter()
                    .map(|step| library.controls[step.control as usize].id.as_str());
                (ids.collect(), vector.score)
            })
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((ids, score), (expected_ids, expected_score)) in found.iter().zip(expected) {
            assert_eq!(ids, expected_ids);
            assert!((score - expected_score).abs() < 0.001, "{score} {expected_score}");
        }
    }

    #[test]
    fn vectors() {
        check(&[], &[]);
        check(&["C-1"], &[(&["C-1"], 2.2)]);
        check(&["C-1", "C-2"], &[(&["C-1"], 2.2), (&["C-2"], 3.3)]);
        check(&["C-1", "C-3"], &[(&["C-1", "C-3"], 11.0)]);
        check(&["C-1", "C-3", "C-4"], &[(&["C-1", "C-3", "C-4"], 77.0)]);
        // A step in the middle that passes splits the path in two.
        check(&["C-1", "C-4"], &[(&["C-1"], 2.2), (&["C-4"], 7.7)]);
        check(&["C-3", "C-4"], &[(&["C-3", "C-4"], 38.5)]);
    }
}
