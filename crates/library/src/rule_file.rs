//! `rule.yaml`: one rule, or a family of rules that share a body of Rego.

use std::path::Path;

use kubescape_model::{Aggregator, ConfigInput, KindPattern, Parameters, Rule};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::LibraryError;
use crate::document::{read_value, typed};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RuleDocument {
    name: String,
    alias: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default, rename = "match")]
    matches: Vec<String>,
    #[serde(default)]
    external: Vec<String>,
    #[serde(default)]
    config: Vec<String>,
    aggregator: Option<Aggregator>,
    #[serde(default)]
    whole_cluster: bool,
    #[serde(default)]
    across: Vec<String>,
    #[serde(default = "default_rego")]
    rego: String,
    filter: Option<String>,
    #[serde(default)]
    parameters: Parameters,
    from: Option<String>,
    until: Option<String>,
}

fn default_rego() -> String {
    "rule.rego".to_owned()
}

/// The rules of a `rule.yaml` in `folder`. Keys of the document hold for every entry of its `rules` list unless the
/// entry has its own.
pub(crate) fn read_rules(path: &Path, folder: &str) -> Result<Vec<Rule>, LibraryError> {
    let shape = |message: &str| LibraryError::Shape {
        path: path.to_owned(),
        message: message.to_owned(),
    };
    let Value::Object(mut shared) = read_value(path)? else {
        return Err(shape("the document must be a map"));
    };
    let members = match shared.remove("rules") {
        None => vec![Map::new()],
        Some(Value::Array(entries)) => entries
            .into_iter()
            .map(|entry| match entry {
                Value::Object(entry) => Ok(entry),
                _ => Err(shape("every entry of `rules` must be a map")),
            })
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(shape("`rules` must be a list")),
    };
    members
        .into_iter()
        .map(|member| {
            let mut merged = shared.clone();
            merged.extend(member);
            let document: RuleDocument = typed(path, Value::Object(merged))?;
            rule(document, folder).map_err(|message| shape(&message))
        })
        .collect()
}

fn rule(document: RuleDocument, folder: &str) -> Result<Rule, String> {
    Ok(Rule {
        matches: kind_patterns(&document.matches)?,
        across: kind_patterns(&document.across)?,
        external: kind_patterns(&document.external)?,
        config: document
            .config
            .into_iter()
            .map(|key| ConfigInput {
                key,
                ..ConfigInput::default()
            })
            .collect(),
        module: format!("{folder}/{}", document.rego),
        filter: document.filter.map(|file| format!("{folder}/{file}")),
        name: document.name,
        alias: document.alias,
        description: document.description,
        aggregator: document.aggregator,
        whole_cluster: document.whole_cluster,
        parameters: document.parameters,
        from_version: document.from,
        until_version: document.until,
    })
}

pub(crate) fn kind_patterns(texts: &[String]) -> Result<Vec<KindPattern>, String> {
    let mut patterns = Vec::new();
    for text in texts {
        if text == "workloads" {
            patterns.extend(workloads());
        } else {
            patterns.push(kind_pattern(text)?);
        }
    }
    Ok(patterns)
}

/// `v1/Pod` (core group) or `group/version/Kind`; `core` names the core group.
fn kind_pattern(text: &str) -> Result<KindPattern, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let (group, version, kind) = match parts.as_slice() {
        [version, kind] => ("", *version, *kind),
        ["core", version, kind] => ("", *version, *kind),
        [group, version, kind] => (*group, *version, *kind),
        _ => {
            return Err(format!(
                "{text:?} is no kind: write `workloads`, `v1/Pod` or `group/version/Kind`"
            ));
        }
    };
    Ok(KindPattern {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
    })
}

/// The seven kinds that carry a pod spec.
fn workloads() -> impl Iterator<Item = KindPattern> {
    [
        ("", "v1", "Pod"),
        ("apps", "v1", "Deployment"),
        ("apps", "v1", "ReplicaSet"),
        ("apps", "v1", "DaemonSet"),
        ("apps", "v1", "StatefulSet"),
        ("batch", "*", "Job"),
        ("batch", "*", "CronJob"),
    ]
    .into_iter()
    .map(|(group, version, kind)| KindPattern {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
    })
}
