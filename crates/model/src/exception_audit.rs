//! Which exceptions were of use.

use crate::ResourceId;

/// What became of every exception of a scan.
#[derive(Clone, Debug, Default)]
pub struct ExceptionAudit {
    /// One entry for each, sorted by name.
    pub items: Vec<AuditItem>,
}

/// What became of an exception.
#[derive(Clone, Debug)]
pub struct AuditItem {
    /// Its name.
    pub name: String,
    /// The gist.
    pub status: AuditStatus,
    /// Ids of controls that it names.
    pub control_ids: Vec<String>,
    /// Those of them that the scan does not have.
    pub invalid_controls: Vec<String>,
    /// The findings that it covers.
    pub matches: Vec<AuditMatch>,
}

/// The gist of an exception's use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditStatus {
    /// It covers findings.
    Matched,
    /// It covers none: the risk may be gone, or its expressions may be wrong.
    Unused,
    /// Its time is over.
    Expired,
    /// It names a control that the scan does not have.
    InvalidControl,
}

/// A finding that an exception covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditMatch {
    /// The resource.
    pub resource_id: ResourceId,
    /// Its kind.
    pub kind: String,
    /// Its namespace, or empty.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The control.
    pub control_id: String,
    /// The rule.
    pub rule_name: String,
}
