//! What a rule answers: the fields that policies of this family agree on.

use kubescape_model::{EvidencePath, FixPath};
use regorus::Value;

use super::EngineValue;

/// One answer of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// `alertMessage`.
    pub message: String,
    /// `alertScore`; 0 when absent.
    pub score: f64,
    /// `alertObject.k8sApiObjects`: the failed objects.
    pub objects: Vec<EngineValue>,
    /// `alertObject.externalObjects`: a failed object that is not of the Kubernetes API.
    pub external: Option<EngineValue>,
    /// Where to look in the failed object.
    pub paths: Vec<EvidencePath>,
    /// `relatedObjects`: other objects of the story.
    pub related: Vec<RelatedResponse>,
}

/// Another object and where to look in it.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedResponse {
    /// The object.
    pub object: EngineValue,
    /// Where to look in it.
    pub paths: Vec<EvidencePath>,
}

impl Response {
    /// Whether it blames an object.
    pub(super) fn blames(&self) -> bool {
        !self.objects.is_empty() || self.external.is_some()
    }

    /// Reads one answer. Keys are compared without case, as Go's decoder does; unknown ones are ignored.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let answer = EngineValue(value.clone());
        let alert = any_case(&answer, "alertObject");
        let objects = alert.as_ref().and_then(|alert| any_case(alert, "k8sApiObjects"));
        Some(Self {
            message: text(&answer, "alertMessage"),
            score: any_case(&answer, "alertScore")
                .and_then(|score| score.0.as_f64().ok())
                .unwrap_or_default(),
            objects: objects.map(|objects| objects.elements()).unwrap_or_default(),
            external: alert
                .as_ref()
                .and_then(|alert| any_case(alert, "externalObjects"))
                .filter(|external| matches!(external.0, Value::Object(_))),
            paths: evidence(&answer),
            related: any_case(&answer, "relatedObjects")
                .map(|related| related.elements())
                .unwrap_or_default()
                .iter()
                .filter_map(|entry| {
                    Some(RelatedResponse {
                        object: any_case(entry, "object")?,
                        paths: evidence(entry),
                    })
                })
                .collect(),
        })
        .filter(|_| matches!(value, Value::Object(_)))
    }
}

/// Paths in the order in which reports list them: failed, delete, review, fix, command.
fn evidence(answer: &EngineValue) -> Vec<EvidencePath> {
    let texts = |key: &str| {
        any_case(answer, key)
            .map(|list| list.elements())
            .unwrap_or_default()
            .into_iter()
            .filter_map(|item| item.0.as_string().ok().map(ToString::to_string))
            .collect::<Vec<_>>()
    };
    let mut paths: Vec<EvidencePath> = texts("failedPaths")
        .into_iter()
        .map(EvidencePath::Failed)
        .collect();
    paths.extend(texts("deletePaths").into_iter().map(EvidencePath::Delete));
    paths.extend(texts("reviewPaths").into_iter().map(EvidencePath::Review));
    for fix in any_case(answer, "fixPaths")
        .map(|list| list.elements())
        .unwrap_or_default()
    {
        paths.push(EvidencePath::Fix(FixPath {
            path: text(&fix, "path"),
            value: text(&fix, "value"),
        }));
    }
    let command = text(answer, "fixCommand");
    if !command.is_empty() {
        paths.push(EvidencePath::Command(command));
    }
    paths
}

fn text(value: &EngineValue, key: &str) -> String {
    any_case(value, key)
        .and_then(|found| found.0.as_string().ok().map(ToString::to_string))
        .unwrap_or_default()
}

fn any_case(value: &EngineValue, key: &str) -> Option<EngineValue> {
    if let Some(found) = value.get(key) {
        return Some(found);
    }
    let Value::Object(map) = &value.0 else { return None };
    map.iter().find_map(|(name, found)| match name {
        Value::String(name) if name.eq_ignore_ascii_case(key) => Some(EngineValue(found.clone())),
        _ => None,
    })
}
