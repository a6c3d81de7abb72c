//! How bad a failed control is.

use serde::{Deserialize, Serialize};

/// Severity of a control, from its base score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Base score below 1: a custom control without a score.
    Unknown,
    /// 1 to below 4.
    Low,
    /// 4 to below 7.
    Medium,
    /// 7 to below 9.
    High,
    /// 9 and 10.
    Critical,
}

impl Severity {
    /// All severities that a user can name, the lowest first.
    pub const NAMED: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The severity of a base score from 0 to 10.
    pub fn from_score(base_score: f32) -> Self {
        match base_score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score >= 1.0 => Self::Low,
            _ => Self::Unknown,
        }
    }

    /// The severity with this name in any case, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMED
            .into_iter()
            .find(|severity| severity.as_str().eq_ignore_ascii_case(name))
    }

    /// The name as reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// 0 for unknown, 1 for low to 4 for critical: the number that attack vectors carry.
    pub fn rank(self) -> u8 {
        self as u8
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(self.as_str())
    }
}
