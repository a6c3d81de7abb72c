//! `exceptionAudit`.

use kubescape_model::{AuditItem, AuditMatch, AuditStatus, ExceptionAudit};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditView<'a> {
    summary: AuditSummary,
    items: Vec<ItemView<'a>>,
    generated: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AuditSummary {
    total: usize,
    active: usize,
    expired: usize,
    matched: usize,
    unused: usize,
    invalid_control: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemView<'a> {
    name: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "is_zero")]
    match_count: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    expired: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    invalid_controls: &'a [String],
    #[serde(rename = "controlIDs", skip_serializing_if = "<[String]>::is_empty")]
    control_ids: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matched_resources: Vec<MatchView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MatchView<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    namespace: &'a str,
    name: &'a str,
    #[serde(rename = "controlID")]
    control_id: &'a str,
    rule_name: &'a str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> AuditView<'a> {
    pub(super) fn new(audit: &'a ExceptionAudit, generated: &'a str) -> Self {
        let count = |status: AuditStatus| audit.items.iter().filter(|item| item.status == status).count();
        let expired = count(AuditStatus::Expired);
        Self {
            summary: AuditSummary {
                total: audit.items.len(),
                active: audit.items.len() - expired,
                expired,
                matched: count(AuditStatus::Matched),
                unused: count(AuditStatus::Unused),
                invalid_control: count(AuditStatus::InvalidControl),
            },
            items: audit.items.iter().map(item).collect(),
            generated,
        }
    }
}

fn item(item: &AuditItem) -> ItemView<'_> {
    ItemView {
        name: &item.name,
        status: match item.status {
            AuditStatus::Matched => "matched",
            AuditStatus::Unused => "unused",
            AuditStatus::Expired => "expired",
            AuditStatus::InvalidControl => "invalid-control",
        },
        match_count: item.matches.len(),
        expired: item.status == AuditStatus::Expired,
        invalid_controls: &item.invalid_controls,
        control_ids: &item.control_ids,
        matched_resources: item.matches.iter().map(matched).collect(),
    }
}

fn matched(matched: &AuditMatch) -> MatchView<'_> {
    MatchView {
        resource_id: &matched.resource_id,
        kind: &matched.kind,
        namespace: &matched.namespace,
        name: &matched.name,
        control_id: &matched.control_id,
        rule_name: &matched.rule_name,
    }
}
