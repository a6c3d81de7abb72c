//! Which objects a patch or replacement is for.

use regex::Regex;

use crate::config::Selector;
use crate::object::Object;

type Result<T> = std::result::Result<T, String>;

/// A selector of patches: its texts are patterns for the whole value.
pub(crate) struct PatternSelector {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

impl PatternSelector {
    pub(crate) fn new(selector: &Selector) -> Result<Self> {
        let pattern = |text: &str| {
            if text.is_empty() {
                return Ok(None);
            }
            Regex::new(&format!("^(?:{text})$"))
                .map(Some)
                .map_err(|_| format!("error parsing regexp: {text:?}"))
        };
        Ok(Self {
            group: pattern(&selector.group)?,
            version: pattern(&selector.version)?,
            kind: pattern(&selector.kind)?,
            name: pattern(&selector.name)?,
            namespace: pattern(&selector.namespace)?,
            labels: requirements(&selector.label_selector)?,
            annotations: requirements(&selector.annotation_selector)?,
        })
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        let fits = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
        };
        let (gvk, id, original) = (object.gvk(), object.id(), object.original_id());
        fits(&self.group, &gvk.group)
            && fits(&self.version, &gvk.version)
            && fits(&self.kind, &gvk.kind)
            && (fits(&self.name, &original.name) || fits(&self.name, &id.name))
            && (fits(&self.namespace, original.effective_namespace())
                || fits(&self.namespace, id.effective_namespace()))
            && holds(&self.labels, &object.texts("labels"))
            && holds(&self.annotations, &object.texts("annotations"))
    }
}

/// Whether a selector of replacements, whose texts are exact, is for an object.
pub(crate) fn matches_exactly(selector: &Selector, object: &Object) -> bool {
    let fits = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
    object.ids().iter().any(|id| {
        id.gvk
            .is_selected(&selector.group, &selector.version, &selector.kind)
            && fits(&selector.name, &id.name)
            && (selector.namespace.is_empty()
                || selector.namespace == id.namespace
                || selector.namespace == id.effective_namespace())
    })
}

/// A condition on labels or annotations.
pub(crate) struct Requirement {
    key: String,
    operator: Operator,
}

enum Operator {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
}

/// The conditions of a selector in Kubernetes' syntax: `a=b,c!=d,e in (f,g),!h`.
pub(crate) fn requirements(text: &str) -> Result<Vec<Requirement>> {
    let mut found = Vec::new();
    for part in split(text) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let bad = || format!("unable to parse requirement: {part:?}");
        let list = |text: &str| -> Option<Vec<String>> {
            let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
            Some(inner.split(',').map(|value| value.trim().to_owned()).collect())
        };
        let requirement = |key: &str, operator| Requirement {
            key: key.trim().to_owned(),
            operator,
        };
        let one = |value: &str| vec![value.trim().to_owned()];
        found.push(if let Some(key) = part.strip_prefix('!') {
            requirement(key, Operator::Absent)
        } else if let Some((key, values)) = part.split_once(" notin ") {
            requirement(key, Operator::NotIn(list(values).ok_or_else(bad)?))
        } else if let Some((key, values)) = part.split_once(" in ") {
            requirement(key, Operator::In(list(values).ok_or_else(bad)?))
        } else if let Some((key, value)) = part.split_once("!=") {
            requirement(key, Operator::NotIn(one(value)))
        } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            requirement(key, Operator::In(one(value)))
        } else {
            requirement(part, Operator::Exists)
        });
    }
    Ok(found)
}

/// Splits at commas outside of parentheses.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts
}

pub(crate) fn holds(requirements: &[Requirement], texts: &[(String, String)]) -> bool {
    requirements.iter().all(|requirement| {
        let value = texts
            .iter()
            .find(|(key, _)| *key == requirement.key)
            .map(|(_, value)| value);
        match &requirement.operator {
            Operator::Exists => value.is_some(),
            Operator::Absent => value.is_none(),
            Operator::In(values) => value.is_some_and(|value| values.contains(value)),
            Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
        }
    })
}
