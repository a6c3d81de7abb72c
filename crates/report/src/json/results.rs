//! `results`: what was said of each resource.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubescape_model::{
    ControlResult, EvidencePath, ExceptionPolicy, FixPath, PathRecord, Report, Resource, ResourceResult,
    RuleResult, Status, SubStatus,
};
use serde::{Serialize, Serializer};

use super::priority::PriorityView;
use super::summary::StatusView;

/// The list; each entry is made when it is written.
pub(super) struct Results<'a>(pub(super) &'a Report);

impl<'a> Results<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.rows().next().is_none()
    }

    fn rows(&self) -> impl Iterator<Item = (&'a Resource, &'a ResourceResult)> {
        let rows = self.0.resources.iter().zip(&self.0.results);
        rows.filter(|(_, result)| !result.controls.is_empty())
    }
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |(resource, result)| ResourceResultView::new(self.0, resource, result);
        serializer.collect_seq(self.rows().map(view))
    }
}

#[derive(Serialize)]
struct ResourceResultView<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    controls: Vec<ControlResultView<'a>>,
    #[serde(rename = "prioritizedResource", skip_serializing_if = "Option::is_none")]
    prioritized: Option<PriorityView<'a>>,
}

impl<'a> ResourceResultView<'a> {
    fn new(report: &'a Report, resource: &'a Resource, result: &'a ResourceResult) -> Self {
        let controls = result
            .controls
            .iter()
            .filter_map(|control| ControlResultView::new(report, control))
            .collect();
        Self {
            resource_id: &resource.id,
            controls,
            prioritized: result
                .prioritized
                .as_deref()
                .map(|prioritized| PriorityView::new(report, resource, prioritized)),
        }
    }
}

#[derive(Serialize)]
struct ControlResultView<'a> {
    #[serde(rename = "controlID")]
    control_id: &'a str,
    name: &'a str,
    status: StatusView<'a>,
    rules: Vec<RuleView<'a>>,
    severity: &'static str,
}

impl<'a> ControlResultView<'a> {
    fn new(report: &'a Report, result: &'a ControlResult) -> Option<Self> {
        let control = report.controls.get(usize::try_from(result.control).ok()?)?;
        let explained = result.status == Status::Skipped;
        Some(Self {
            control_id: &control.id,
            name: &control.name,
            status: StatusView::from_parts(
                result.status,
                result.sub_status,
                if explained { &control.info } else { "" },
            ),
            rules: result
                .rules
                .iter()
                .filter_map(|rule| RuleView::new(report, rule))
                .collect(),
            severity: control.severity().as_str(),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleView<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    control_configurations: &'a BTreeMap<String, Vec<String>>,
    name: &'a str,
    status: &'static str,
    sub_status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paths: Vec<PathView<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    exception: &'a [Arc<ExceptionPolicy>],
    #[serde(rename = "relatedResourcesIDs", skip_serializing_if = "<[_]>::is_empty")]
    related_resources_ids: &'a [Arc<str>],
}

impl<'a> RuleView<'a> {
    fn new(report: &'a Report, result: &'a RuleResult) -> Option<Self> {
        let rule = report.rules.get(usize::try_from(result.rule).ok()?)?;
        let evidence = result.evidence.as_deref();
        // The control says that it was skipped; its rule keeps what it found.
        let status = if result.sub_status == SubStatus::NotEvaluated {
            Status::Skipped
        } else {
            result.status
        };
        Some(Self {
            control_configurations: &rule.inputs,
            name: &rule.name,
            status: status.as_str(),
            sub_status: result.sub_status.as_str(),
            paths: evidence
                .map(|evidence| evidence.paths.iter().map(PathView::new).collect())
                .unwrap_or_default(),
            exception: evidence
                .map(|evidence| evidence.exceptions.as_slice())
                .unwrap_or_default(),
            related_resources_ids: evidence
                .map(|evidence| evidence.related.as_slice())
                .unwrap_or_default(),
        })
    }
}

/// One path; `fixPath` is always there, empty when it says nothing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PathView<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    failed_path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    delete_path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    review_path: &'a str,
    fix_path: &'a FixPath,
    #[serde(skip_serializing_if = "str::is_empty")]
    fix_command: &'a str,
}

impl<'a> PathView<'a> {
    fn new(record: &'a PathRecord) -> Self {
        static NONE: FixPath = FixPath {
            path: String::new(),
            value: String::new(),
        };
        let mut view = Self {
            resource_id: &record.resource_id,
            failed_path: "",
            delete_path: "",
            review_path: "",
            fix_path: &NONE,
            fix_command: "",
        };
        match &record.path {
            EvidencePath::Failed(path) => view.failed_path = path,
            EvidencePath::Delete(path) => view.delete_path = path,
            EvidencePath::Review(path) => view.review_path = path,
            EvidencePath::Fix(fix) => view.fix_path = fix,
            EvidencePath::Command(command) => view.fix_command = command,
        }
        view
    }
}
