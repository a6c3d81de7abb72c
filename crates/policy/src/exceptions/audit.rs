//! Which exceptions were of use.

use std::collections::{BTreeSet, HashMap};

use kubescape_model::{AuditItem, AuditMatch, AuditStatus, ExceptionAudit, ExceptionPolicy, Report};

use super::ExceptionSet;

/// Looks up what the exceptions of a scan covered.
pub fn audit(set: &ExceptionSet, report: &Report) -> ExceptionAudit {
    let mut matches = matches_by_policy(report);
    let known: BTreeSet<&str> = report
        .controls
        .iter()
        .map(|control| control.id.as_str())
        .collect();
    let mut items: Vec<AuditItem> = set
        .all()
        .map(|(policy, holds)| {
            let address = std::ptr::from_ref::<ExceptionPolicy>(policy);
            item(
                policy,
                holds,
                matches.remove(&address).unwrap_or_default(),
                &known,
            )
        })
        .collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    ExceptionAudit { items }
}

fn item(
    policy: &ExceptionPolicy,
    holds: bool,
    mut matches: Vec<AuditMatch>,
    known: &BTreeSet<&str>,
) -> AuditItem {
    let ids = policy
        .posture_policies
        .iter()
        .map(|posture| posture.control_id.as_str())
        .filter(|id| !id.is_empty());
    let control_ids: Vec<String> = ids.map(ToOwned::to_owned).collect();
    // Only what looks like an id can be a wrong one: expressions may match nothing by right.
    let plain = |id: &str| {
        id.chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    let invalid_controls: Vec<String> = control_ids
        .iter()
        .filter(|id| plain(id) && !known.contains(id.to_uppercase().as_str()))
        .cloned()
        .collect();
    matches.sort();
    matches.dedup();
    let status = match (holds, matches.is_empty(), invalid_controls.is_empty()) {
        (false, ..) => AuditStatus::Expired,
        (true, false, _) => AuditStatus::Matched,
        (true, true, false) => AuditStatus::InvalidControl,
        (true, true, true) => AuditStatus::Unused,
    };
    AuditItem {
        name: policy.name.clone(),
        status,
        control_ids,
        invalid_controls,
        matches,
    }
}

/// The findings that each policy covers, by the policy's address: names need not be unique.
fn matches_by_policy(report: &Report) -> HashMap<*const ExceptionPolicy, Vec<AuditMatch>> {
    let mut matches: HashMap<*const ExceptionPolicy, Vec<AuditMatch>> = HashMap::new();
    for (resource, result) in report.resources.iter().zip(&report.results) {
        for control in &result.controls {
            let Some(summary) = usize::try_from(control.control)
                .ok()
                .and_then(|index| report.controls.get(index))
            else {
                continue;
            };
            for rule in &control.rules {
                let Some(evidence) = &rule.evidence else { continue };
                let bound = evidence.bound_exceptions.iter().map(|(_, policy)| policy);
                for policy in evidence.exceptions.iter().chain(bound) {
                    let rule = usize::try_from(rule.rule)
                        .ok()
                        .and_then(|index| report.rules.get(index));
                    matches
                        .entry(std::sync::Arc::as_ptr(policy))
                        .or_default()
                        .push(AuditMatch {
                            resource_id: resource.id.clone(),
                            kind: resource.kind.kind.clone(),
                            namespace: resource.namespace.to_string(),
                            name: resource.name.to_string(),
                            control_id: summary.id.clone(),
                            rule_name: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
                        });
                }
            }
        }
    }
    matches
}
