//! Findings in the form in which they are compared.
//!
//! Messages, package names and rule statuses are words, not verdicts, and are left out. Absent and empty lists are
//! the same. Failed objects are reduced to kind, apiVersion, name and labels.

use std::collections::BTreeSet;

use kubescape_library::BriefFinding;
use kubescape_model::EvidencePath;
use serde_json::{Map, Value as Json, json};

use super::compact;
use crate::rego::{EngineValue, Response};

/// A finding reduced to what is compared.
#[derive(Clone, Debug)]
pub(super) struct Shape(Map<String, Json>);

/// Keys of a shape, in the order in which differences are shown.
const KEYS: [&str; 9] = [
    "objects",
    "external",
    "failedPaths",
    "reviewPaths",
    "deletePaths",
    "fixPaths",
    "fixCommand",
    "alertScore",
    "relatedObjects",
];

impl Shape {
    pub(super) fn of_response(response: &Response) -> Self {
        let mut shape = paths(&response.paths);
        shape.insert(
            "objects".to_owned(),
            response
                .objects
                .iter()
                .map(|object| reduced(&json_of(object)))
                .collect(),
        );
        shape.insert(
            "external".to_owned(),
            response.external.as_ref().map_or(Json::Null, json_of),
        );
        shape.insert("alertScore".to_owned(), json!(response.score));
        let related = response.related.iter().map(|related| {
            let mut entry = paths(&related.paths);
            entry.insert("object".to_owned(), json_of(&related.object));
            Json::Object(entry)
        });
        shape.insert("relatedObjects".to_owned(), related.collect());
        Self(shape)
    }

    /// A finding as policies write it.
    fn of_finding(finding: &Json) -> Self {
        let alert = any_case(finding, "alertObject");
        let objects = any_case(&alert, "k8sApiObjects");
        let mut shape = written_paths(finding);
        shape.insert(
            "objects".to_owned(),
            objects
                .as_array()
                .map_or_else(|| json!([]), |objects| objects.iter().map(reduced).collect()),
        );
        let external = any_case(&alert, "externalObjects");
        shape.insert(
            "external".to_owned(),
            if external.is_object() {
                external
            } else {
                Json::Null
            },
        );
        shape.insert(
            "alertScore".to_owned(),
            json!(any_case(finding, "alertScore").as_f64().unwrap_or_default()),
        );
        let related = any_case(finding, "relatedObjects");
        let related = related.as_array().into_iter().flatten().map(|entry| {
            let mut shape = written_paths(entry);
            shape.insert("object".to_owned(), any_case(entry, "object"));
            Json::Object(shape)
        });
        shape.insert("relatedObjects".to_owned(), related.collect());
        Self(shape)
    }

    fn get(&self, key: &str) -> &Json {
        self.0.get(key).unwrap_or(&Json::Null)
    }

    fn differing(&self, other: &Self) -> Vec<&'static str> {
        KEYS.into_iter()
            .filter(|key| !same(self.get(key), other.get(key)))
            .collect()
    }

    fn show(&self, keys: &[&str]) -> String {
        keys.iter()
            .map(|key| format!("{key}: {}", compact(self.get(key))))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn brief(&self) -> Json {
        let names = |list: &Json, inner: Option<&str>| -> Vec<String> {
            let objects = list.as_array().into_iter().flatten();
            objects
                .map(|object| short_name(inner.map_or(object, |key| &object[key])))
                .collect()
        };
        // An object that is not of the Kubernetes API may hold the other objects itself.
        let mut related = names(self.get("relatedObjects"), Some("object"));
        match &self.get("external")["relatedObjects"] {
            Json::Object(_) => related.push(short_name(&self.get("external")["relatedObjects"])),
            list => related.extend(names(list, None)),
        }
        let fixes: Vec<Json> = self
            .get("fixPaths")
            .as_array()
            .into_iter()
            .flatten()
            .map(|fix| json!([fix["path"], fix["value"]]))
            .collect();
        json!({
            "resources": names(self.get("objects"), None),
            "external": if self.get("external").is_object() { json!(short_name(self.get("external"))) } else { Json::Null },
            "failedPaths": self.get("failedPaths"),
            "reviewPaths": self.get("reviewPaths"),
            "deletePaths": self.get("deletePaths"),
            "fixPaths": fixes,
            "fixCommand": self.get("fixCommand"),
            "score": self.get("alertScore"),
            "related": related,
        })
    }
}

/// Compares whole findings, whatever their order; gives lines about what differs.
pub(super) fn compare_findings(expected: &[Json], got: &[Shape]) -> Vec<String> {
    let mut missing: Vec<Shape> = expected.iter().map(Shape::of_finding).collect();
    let mut extra: Vec<Shape> = Vec::new();
    for shape in got {
        match missing
            .iter()
            .position(|wanted| wanted.differing(shape).is_empty())
        {
            Some(index) => {
                missing.remove(index);
            }
            None => extra.push(shape.clone()),
        }
    }
    let mut problems = Vec::new();
    for wanted in missing {
        let nearest = extra
            .iter()
            .enumerate()
            .min_by_key(|(_, shape)| wanted.differing(shape).len());
        match nearest.map(|(index, _)| index) {
            Some(index) => {
                let shape = extra.remove(index);
                let keys = wanted.differing(&shape);
                problems.push(format!("- expected {}", wanted.show(&keys)));
                problems.push(format!("+ got      {}", shape.show(&keys)));
            }
            None => problems.push(format!("- missing  {}", wanted.show(&KEYS))),
        }
    }
    problems.extend(
        extra
            .iter()
            .map(|shape| format!("+ not expected {}", shape.show(&KEYS))),
    );
    problems
}

/// Compares findings written in short.
pub(super) fn compare_brief(expected: &[BriefFinding], got: &[Shape]) -> Vec<String> {
    let mut left: Vec<Json> = got.iter().map(Shape::brief).collect();
    let mut problems = Vec::new();
    for finding in expected {
        match left.iter().position(|shape| fits(finding, shape)) {
            Some(index) => {
                left.remove(index);
            }
            None => problems.push(format!("- expected {finding:?}")),
        }
    }
    problems.extend(left.iter().map(|shape| format!("+ got      {}", compact(shape))));
    problems
}

fn fits(finding: &BriefFinding, shape: &Json) -> bool {
    // A map has no order and each path once.
    let fixes: BTreeSet<String> = finding
        .fix_paths
        .iter()
        .map(|(path, value)| json!([path, value]).to_string())
        .collect();
    let found: BTreeSet<String> = shape["fixPaths"]
        .as_array()
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    let optional = |wanted: &Option<Vec<String>>, key: &str| {
        wanted.as_ref().is_none_or(|list| json!(list) == shape[key])
    };
    json!(finding.resources) == shape["resources"]
        && json!(finding.external) == shape["external"]
        && json!(finding.delete_paths) == shape["deletePaths"]
        && json!(finding.review_paths) == shape["reviewPaths"]
        && fixes == found
        && json!(finding.fix_command) == shape["fixCommand"]
        && optional(&finding.failed_paths, "failedPaths")
        && optional(&finding.related, "related")
        && finding
            .score
            .is_none_or(|score| shape["score"].as_f64() == Some(score))
}

fn short_name(object: &Json) -> String {
    let text = |pointer: &str| object.pointer(pointer).and_then(Json::as_str);
    let name = text("/metadata/name")
        .or_else(|| text("/name"))
        .unwrap_or_default();
    format!("{}/{name}", text("/kind").unwrap_or_default())
}

fn json_of(value: &EngineValue) -> Json {
    serde_json::to_value(value.to_node()).unwrap_or_default()
}

fn paths(evidence: &[EvidencePath]) -> Map<String, Json> {
    let texts = |pick: fn(&EvidencePath) -> Option<&String>| -> Json {
        evidence.iter().filter_map(pick).cloned().collect()
    };
    let mut shape = Map::new();
    shape.insert(
        "failedPaths".to_owned(),
        texts(|path| match path {
            EvidencePath::Failed(text) => Some(text),
            _ => None,
        }),
    );
    shape.insert(
        "reviewPaths".to_owned(),
        texts(|path| match path {
            EvidencePath::Review(text) => Some(text),
            _ => None,
        }),
    );
    shape.insert(
        "deletePaths".to_owned(),
        texts(|path| match path {
            EvidencePath::Delete(text) => Some(text),
            _ => None,
        }),
    );
    let fixes = evidence.iter().filter_map(|path| match path {
        EvidencePath::Fix(fix) => Some(json!({"path": fix.path, "value": fix.value})),
        _ => None,
    });
    shape.insert("fixPaths".to_owned(), fixes.collect());
    let command = evidence.iter().find_map(|path| match path {
        EvidencePath::Command(text) => Some(text.clone()),
        _ => None,
    });
    shape.insert("fixCommand".to_owned(), json!(command.unwrap_or_default()));
    shape
}

fn written_paths(finding: &Json) -> Map<String, Json> {
    let mut shape = Map::new();
    for key in ["failedPaths", "reviewPaths", "deletePaths", "fixPaths"] {
        let list = any_case(finding, key);
        shape.insert(key.to_owned(), if list.is_array() { list } else { json!([]) });
    }
    let command = any_case(finding, "fixCommand");
    shape.insert(
        "fixCommand".to_owned(),
        json!(command.as_str().unwrap_or_default()),
    );
    shape
}

fn reduced(object: &Json) -> Json {
    let mut reduced = Map::new();
    for key in ["kind", "apiVersion"] {
        if let Some(value) = object.get(key) {
            reduced.insert(key.to_owned(), value.clone());
        }
    }
    let mut metadata = Map::new();
    for key in ["name", "labels"] {
        if let Some(value) = object["metadata"].get(key).filter(|value| !value.is_null()) {
            metadata.insert(key.to_owned(), value.clone());
        }
    }
    reduced.insert("metadata".to_owned(), Json::Object(metadata));
    Json::Object(reduced)
}

/// The value under a key, whatever its case: Go's decoder does not look at it.
fn any_case(value: &Json, key: &str) -> Json {
    let Some(map) = value.as_object() else {
        return Json::Null;
    };
    map.get(key)
        .or_else(|| {
            map.iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, value)| value)
        })
        .cloned()
        .unwrap_or_default()
}

/// Equal JSON, where `1` and `1.0` are one number.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
