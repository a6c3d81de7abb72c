//! Files of exceptions: a list of policies, in JSON or YAML.

use std::sync::Arc;

use kubescape_model::{Designator, ExceptionPolicy, PosturePolicy};
use kubescape_yaml::{LineIndex, Node, Position, Profile, Value, YamlError};

use super::compiled::ATTRIBUTES;
use crate::suggest::closest;

/// What is wrong with a file of exceptions, and where.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{position}: {message}")]
pub struct ExceptionError {
    /// Line and column.
    pub position: Position,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl From<YamlError> for ExceptionError {
    fn from(error: YamlError) -> Self {
        Self {
            position: error.position,
            message: error.message,
        }
    }
}

/// Reads a file of exceptions. One mistake spoils the whole file: findings must neither come back nor stay away
/// because of a typo that nobody sees.
pub fn read_exceptions(text: &str) -> Result<Vec<Arc<ExceptionPolicy>>, ExceptionError> {
    let limits = kubescape_yaml::Limits::default();
    let is_json = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with(['[', '{']);
    let root = match is_json {
        true => kubescape_yaml::load_json(text, &limits)?,
        false => kubescape_yaml::load_one(text, Profile::SigsYaml, &limits)?,
    };
    let reader = Reader {
        lines: LineIndex::new(text),
    };
    match &root.value {
        Value::Sequence(policies) => policies
            .iter()
            .map(|node| reader.policy(node).map(Arc::new))
            .collect(),
        Value::Mapping(_) => Ok(vec![Arc::new(reader.policy(&root)?)]),
        Value::Null => Ok(Vec::new()),
        _ => Err(reader.error(&root, "a file of exceptions is a list of policies")),
    }
}

struct Reader<'text> {
    lines: LineIndex<'text>,
}

type Read<T> = Result<T, ExceptionError>;

impl Reader<'_> {
    fn policy(&self, node: &Node) -> Read<ExceptionPolicy> {
        const KEYS: [&str; 11] = [
            "name",
            "policyType",
            "actions",
            "reason",
            "expirationDate",
            "resources",
            "posturePolicies",
            "guid",
            "attributes",
            "creationTime",
            "updatedTime",
        ];
        self.keys(node, &KEYS)?;
        let expiration_date = self.text(node, "expirationDate")?.filter(|date| !date.is_empty());
        if let Some(date) = &expiration_date
            && date.parse::<jiff::Timestamp>().is_err()
        {
            let place = node.get("expirationDate").unwrap_or(node);
            return Err(self.error(
                place,
                format!("{date:?} is no RFC 3339 time such as 2030-01-31T00:00:00Z"),
            ));
        }
        Ok(ExceptionPolicy {
            name: self.text(node, "name")?.unwrap_or_default(),
            policy_type: self.text(node, "policyType")?.unwrap_or_default(),
            actions: self
                .list(node, "actions")?
                .iter()
                .filter_map(Node::as_str)
                .map(ToOwned::to_owned)
                .collect(),
            reason: self.text(node, "reason")?.unwrap_or_default(),
            expiration_date,
            resources: self
                .list(node, "resources")?
                .iter()
                .map(|node| self.designator(node))
                .collect::<Read<_>>()?,
            posture_policies: self
                .list(node, "posturePolicies")?
                .iter()
                .map(|node| self.posture(node))
                .collect::<Read<_>>()?,
        })
    }

    fn designator(&self, node: &Node) -> Read<Designator> {
        self.keys(node, &["designatorType", "attributes"])?;
        let designator_type = self.text(node, "designatorType")?.unwrap_or_default();
        if designator_type != ATTRIBUTES {
            let message = format!("designatorType is {designator_type:?}; only {ATTRIBUTES:?} is known");
            return Err(self.error(node.get("designatorType").unwrap_or(node), message));
        }
        let mut designator = Designator {
            designator_type,
            ..Designator::default()
        };
        let attributes = node
            .get("attributes")
            .and_then(Node::as_mapping)
            .map(kubescape_yaml::Mapping::entries)
            .unwrap_or_default();
        for entry in attributes {
            let key = entry.key.text.to_string();
            let Some(value) = entry.value.as_str() else {
                return Err(self.error(&entry.value, format!("the attribute {key:?} must be a string")));
            };
            self.expression(&entry.value, value)?;
            designator.attributes.insert(key, value.to_owned());
        }
        Ok(designator)
    }

    fn posture(&self, node: &Node) -> Read<PosturePolicy> {
        self.keys(
            node,
            &[
                "frameworkName",
                "controlID",
                "controlName",
                "ruleName",
                "severityScore",
            ],
        )?;
        let expression = |key: &str| -> Read<String> {
            let text = self.text(node, key)?.unwrap_or_default();
            self.expression(node.get(key).unwrap_or(node), &text)?;
            Ok(text)
        };
        Ok(PosturePolicy {
            framework_name: expression("frameworkName")?,
            control_id: expression("controlID")?,
            rule_name: expression("ruleName")?,
        })
    }

    fn expression(&self, node: &Node, text: &str) -> Read<()> {
        match regex::Regex::new(&format!("^(?:{text})$")) {
            Ok(_) => Ok(()),
            Err(_) => Err(self.error(node, format!("{text:?} is no regular expression"))),
        }
    }

    /// A key that looks like a known one is a typo; others belong to other tools.
    fn keys(&self, node: &Node, known: &[&str]) -> Read<()> {
        let Some(map) = node.as_mapping() else {
            return Err(self.error(node, "a map is expected here"));
        };
        for entry in map.entries() {
            let key = &*entry.key.text;
            if !known.contains(&key)
                && let Some(meant) = closest(key, known.iter().copied())
            {
                let position = self.lines.position(entry.key.span.start as usize);
                return Err(ExceptionError {
                    position,
                    message: format!("unknown key {key:?}; did you mean {meant:?}?"),
                });
            }
        }
        Ok(())
    }

    fn text(&self, node: &Node, key: &str) -> Read<Option<String>> {
        match node.get(key).map(|node| (node, &node.value)) {
            None | Some((_, Value::Null)) => Ok(None),
            Some((_, Value::String(text) | Value::Time(text))) => Ok(Some(text.to_string())),
            Some((place, _)) => Err(self.error(place, format!("{key} must be a string"))),
        }
    }

    fn list<'node>(&self, node: &'node Node, key: &str) -> Read<&'node [Node]> {
        match node.get(key).map(|node| (node, &node.value)) {
            None | Some((_, Value::Null)) => Ok(&[]),
            Some((_, Value::Sequence(items))) => Ok(items),
            Some((place, _)) => Err(self.error(place, format!("{key} must be a list"))),
        }
    }

    fn error(&self, node: &Node, message: impl Into<String>) -> ExceptionError {
        ExceptionError {
            position: self.lines.position(node.span.start as usize),
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match read_exceptions(text) {
            Ok(policies) => policies
                .iter()
                .map(|policy| policy.name.clone())
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn files() {
        check(
            r#"[{"name": "a", "resources": [], "posturePolicies": []}, {"name": "b"}]"#,
            "a b",
        );
        check("- name: a\n  expirationDate: 2030-01-01T00:00:00Z\n", "a");
        check("", "");
        check(
            "[{\"name\": \"a\",\n \"expirationDate\": \"soon\"}]",
            "2:20: \"soon\" is no RFC 3339 time such as 2030-01-31T00:00:00Z",
        );
        check(
            "[{\"posturePolices\": []}]",
            "1:3: unknown key \"posturePolices\"; did you mean \"posturePolicies\"?",
        );
        check(
            "- resources:\n  - designatorType: Wlid\n",
            "2:21: designatorType is \"Wlid\"; only \"Attributes\" is known",
        );
        check(
            "- posturePolicies:\n  - controlID: C-(\n",
            "2:16: \"C-(\" is no regular expression",
        );
        check("[{\"name\": 1}]", "1:11: name must be a string");
        check("hello", "1:1: a file of exceptions is a list of policies");
    }
}
