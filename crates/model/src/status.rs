//! What became of a control, a rule or a resource.

use std::borrow::Cow;

use serde::Serialize;

/// The verdict. The order is the precedence: the worst of several wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing was found.
    #[default]
    Passed,
    /// Could not or need not be judged; [`SubStatus`] says why.
    Skipped,
    /// At least one finding.
    Failed,
}

impl Status {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// Why a status is what it is. Within one status the later variant wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubStatus {
    /// Nothing to add.
    #[default]
    None,
    /// Passed: no object of the scan concerns the control.
    Irrelevant,
    /// Passed, though some of the objects it needs could not be collected.
    IncompleteCoverage,
    /// Passed because an exception covers every finding.
    Exceptions,
    /// Skipped: a person has to look, always.
    ManualReview,
    /// Skipped: the finding has to be reviewed by a person.
    RequiresReview,
    /// Skipped: the data comes from a part that is not installed (host scanner, cloud, image scanner).
    Integration,
    /// Skipped: the control means nothing without inputs from the user.
    Configuration,
    /// Skipped: the rule failed or ran out of time, or its objects could not be read.
    NotEvaluated,
}

impl SubStatus {
    /// The text in reports; empty for [`SubStatus::None`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Irrelevant => "irrelevant",
            Self::IncompleteCoverage => "incomplete coverage",
            Self::Exceptions => "w/exceptions",
            Self::ManualReview => "manual review",
            Self::RequiresReview => "requires review",
            Self::Integration => "integration",
            Self::Configuration => "configuration",
            Self::NotEvaluated => "notEvaluated",
        }
    }
}

/// A status with its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusInfo {
    /// The verdict.
    pub status: Status,
    /// The kind of reason.
    pub sub_status: SubStatus,
    /// The reason in words; empty when there is nothing to add.
    pub info: Cow<'static, str>,
}

impl StatusInfo {
    /// A status without a reason.
    pub fn new(status: Status) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A status with its reason.
    pub fn with(status: Status, sub_status: SubStatus, info: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            sub_status,
            info: info.into(),
        }
    }

    /// The worse of the two: by status first, then by the precedence of the sub-status.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if (other.status, other.sub_status) > (self.status, self.sub_status) {
            other
        } else {
            self
        }
    }
}
