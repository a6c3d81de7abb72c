//! Versions and constraints as `Masterminds/semver` reads them: looser than semver.org.

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use super::arguments::text;
use crate::functions::{Functions, Param};
use crate::value::Object;
use crate::{CallError, Value};

pub(super) fn register(functions: &mut Functions) {
    functions.add("semver", &[Param::String], |a| {
        let version =
            Version::parse(&text(a, 0)).ok_or_else(|| CallError::new("invalid semantic version"))?;
        Ok(Value::Object(Rc::new(version)))
    });
    functions.add("semverCompare", &[Param::String, Param::String], |a| {
        let constraint = Constraint::parse(&text(a, 0))
            .map_err(|text| CallError::new(format!("improper constraint: {text}")))?;
        let version =
            Version::parse(&text(a, 1)).ok_or_else(|| CallError::new("invalid semantic version"))?;
        Ok(constraint.matches(&version).into())
    });
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The numbers.
    pub numbers: [u64; 3],
    /// What follows the hyphen.
    pub prerelease: String,
    /// What follows the plus.
    pub metadata: String,
    original: String,
}

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?$",
    )
    .unwrap()
});

impl Version {
    /// Reads a version: a leading `v`, missing numbers and leading zeros are fine.
    pub fn parse(text: &str) -> Option<Self> {
        let found = VERSION.captures(text)?;
        let number = |index| {
            found
                .get(index)
                .map_or(Some(0), |digits| digits.as_str().parse().ok())
        };
        let part = |index| found.get(index).map_or("", |part| part.as_str()).to_owned();
        let prerelease = part(4);
        let leading_zero = |part: &str| {
            part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if prerelease.split('.').any(leading_zero) {
            return None;
        }
        Some(Self {
            numbers: [number(1)?, number(2)?, number(3)?],
            prerelease,
            metadata: part(5),
            original: text.to_owned(),
        })
    }

    fn of(numbers: [u64; 3], prerelease: &str, metadata: &str, prefix: &str) -> Self {
        let mut version = Self {
            numbers,
            prerelease: prerelease.to_owned(),
            metadata: metadata.to_owned(),
            original: String::new(),
        };
        version.original = format!("{prefix}{}", version.text());
        version
    }

    fn text(&self) -> String {
        let [major, minor, patch] = self.numbers;
        let mut text = format!("{major}.{minor}.{patch}");
        if !self.prerelease.is_empty() {
            text.push_str(&format!("-{}", self.prerelease));
        }
        if !self.metadata.is_empty() {
            text.push_str(&format!("+{}", self.metadata));
        }
        text
    }

    fn order(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| order_prereleases(&self.prerelease, &other.prerelease))
    }

    fn prefix(&self) -> &'static str {
        if self.original.starts_with('v') { "v" } else { "" }
    }

    fn next(&self, name: &str) -> Option<Self> {
        let [major, minor, patch] = self.numbers;
        let numbers = match name {
            "IncMajor" => [major + 1, 0, 0],
            "IncMinor" => [major, minor + 1, 0],
            "IncPatch" if !self.prerelease.is_empty() => self.numbers,
            "IncPatch" => [major, minor, patch + 1],
            _ => return None,
        };
        Some(Self::of(numbers, "", "", self.prefix()))
    }
}

/// Semver 2.0, section 11: numbers before words, fewer fields before more, a release last.
fn order_prereleases(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let (one, other) = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(one), Some(other)) => (one, other),
        };
        let order = match (one.parse::<u64>(), other.parse::<u64>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => one.cmp(other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

impl Object for Version {
    fn type_name(&self) -> &'static str {
        "*semver.Version"
    }

    fn is_pointer(&self) -> bool {
        true
    }

    fn params(&self, name: &str) -> Option<&'static [Param]> {
        match name {
            "Compare" | "LessThan" | "GreaterThan" | "Equal" | "LessThanEqual" | "GreaterThanEqual" => {
                Some(&[Param::Named("*semver.Version")])
            }
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "Original" | "String" => Some(&[]),
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, CallError>> {
        let number = |index: usize| {
            let number = self.numbers.get(index).copied().unwrap_or_default();
            Value::Int64(i64::try_from(number).unwrap_or(i64::MAX))
        };
        let value = match name {
            "Major" => number(0),
            "Minor" => number(1),
            "Patch" => number(2),
            "Prerelease" => self.prerelease.as_str().into(),
            "Metadata" => self.metadata.as_str().into(),
            "Original" => self.original.as_str().into(),
            "String" => self.text().into(),
            "Compare" | "LessThan" | "GreaterThan" | "Equal" | "LessThanEqual" | "GreaterThanEqual" => {
                let Some(other) = arguments.first().and_then(Value::downcast::<Self>) else {
                    return Some(Err(CallError::new(
                        "wrong type for value; expected *semver.Version",
                    )));
                };
                let order = self.order(other);
                match name {
                    "Compare" => Value::Int(order as i64),
                    "LessThan" => order.is_lt().into(),
                    "LessThanEqual" => order.is_le().into(),
                    "GreaterThan" => order.is_gt().into(),
                    "GreaterThanEqual" => order.is_ge().into(),
                    _ => order.is_eq().into(),
                }
            }
            _ => Value::Object(Rc::new(self.next(name)?)),
        };
        Some(Ok(value))
    }

    fn print(&self) -> String {
        self.text()
    }

    fn to_json(&self) -> Value {
        self.text().into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Groups of comparisons, one of which must hold as a whole.
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Vec<Comparison>>,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: Operator,
    version: Version,
    /// How many numbers were given; the others are anything.
    given: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Same,
    Not,
    Greater,
    Less,
    GreaterOrSame,
    LessOrSame,
    Tilde,
    Caret,
}

const PATTERN: &str = r"v?([0-9xX*]+)(?:\.([0-9xX*]+))?(?:\.([0-9xX*]+))?(?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?";

#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static COMPARISON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"^\s*(=>|=<|>=|<=|~>|!=|=|>|<|~|\^|)\s*({PATTERN})\s*")).unwrap());
#[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
static HYPHEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\s*({PATTERN})\s+-\s+({PATTERN})\s*")).unwrap());

impl Constraint {
    /// Reads a constraint. The error is the part that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rewritten = HYPHEN.replace_all(text, ">=$1, <=$7");
        let mut groups = Vec::new();
        for group in rewritten.split("||") {
            groups.push(parse_group(group).ok_or_else(|| text.to_owned())?);
        }
        Ok(Self { groups })
    }

    /// Whether a version is in range.
    pub fn matches(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            // Prereleases are in range only where the author thought of them.
            let allows_prerelease = group
                .iter()
                .any(|comparison| !comparison.version.prerelease.is_empty());
            group
                .iter()
                .all(|comparison| comparison.holds(version, allows_prerelease))
        })
    }
}

fn parse_group(group: &str) -> Option<Vec<Comparison>> {
    let mut comparisons = Vec::new();
    let mut rest = group;
    loop {
        let found = COMPARISON.captures(rest)?;
        let whole = found.get(0)?;
        let after = rest.get(whole.end()..)?;
        let ends_clean =
            after.is_empty() || after.starts_with(',') || whole.as_str().ends_with(char::is_whitespace);
        if !ends_clean {
            return None;
        }
        comparisons.push(comparison(&found)?);
        rest = after.strip_prefix(',').unwrap_or(after);
        if rest.trim().is_empty() {
            return (rest.len() == after.len()).then_some(comparisons);
        }
    }
}

fn comparison(found: &regex::Captures<'_>) -> Option<Comparison> {
    let part = |index| found.get(index).map(|part| part.as_str());
    let mut operator = match part(1)? {
        "" | "=" => Operator::Same,
        "!=" => Operator::Not,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        ">=" | "=>" => Operator::GreaterOrSame,
        "<=" | "=<" => Operator::LessOrSame,
        "~" | "~>" => Operator::Tilde,
        _ => Operator::Caret,
    };
    let mut numbers = [0; 3];
    let mut given = 0;
    for (index, number) in numbers.iter_mut().enumerate() {
        match part(3 + index) {
            None | Some("x" | "X" | "*") => break,
            Some(digits) => *number = digits.parse().ok()?,
        }
        given += 1;
    }
    if given == 0 {
        // `>*` and its kin: anything goes; `!=*` and `<*` are as good as nothing.
        operator = match operator {
            Operator::Not => Operator::Not,
            Operator::Less | Operator::Greater => Operator::GreaterOrSame,
            _ => Operator::Tilde,
        };
    } else if operator == Operator::Same && given < 3 {
        operator = Operator::Tilde;
    }
    let prerelease = if given == 3 || part(6).is_some() {
        part(6).unwrap_or("")
    } else {
        ""
    };
    Some(Comparison {
        operator,
        version: Version::of(numbers, prerelease, part(7).unwrap_or(""), ""),
        given,
    })
}

impl Comparison {
    fn holds(&self, version: &Version, allows_prerelease: bool) -> bool {
        let is_prerelease = !version.prerelease.is_empty();
        if is_prerelease && !allows_prerelease && self.version.prerelease.is_empty() {
            return false;
        }
        let order = version.order(&self.version);
        let [major, minor, _] = self.version.numbers;
        let [its_major, its_minor, its_patch] = version.numbers;
        match self.operator {
            Operator::Same => order.is_eq(),
            Operator::Not => match self.given {
                0 => false,
                1 => its_major != major,
                2 => its_major != major || its_minor != minor,
                _ => order.is_ne(),
            },
            Operator::Greater => match self.given {
                1 => its_major > major,
                2 => its_major > major || its_major == major && its_minor > minor,
                _ => order.is_gt(),
            },
            Operator::GreaterOrSame => order.is_ge(),
            Operator::Less => order.is_lt(),
            Operator::LessOrSame => match self.given {
                1 => its_major <= major,
                2 => its_major < major || its_major == major && its_minor <= minor,
                _ => order.is_le(),
            },
            Operator::Tilde => {
                order.is_ge()
                    && match self.given {
                        0 => true,
                        1 => its_major == major,
                        _ => its_major == major && its_minor == minor,
                    }
            }
            Operator::Caret => {
                if order.is_lt() {
                    return false;
                }
                let patch = self.version.numbers.get(2).copied().unwrap_or_default();
                if major > 0 || self.given < 2 {
                    return self.given == 0 || its_major == major;
                }
                if its_major > 0 {
                    return false;
                }
                if minor > 0 || self.given < 3 {
                    return its_minor == minor;
                }
                its_minor == 0 && its_patch == patch
            }
        }
    }
}
