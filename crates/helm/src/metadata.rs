//! `Chart.yaml`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kubescape_gotemplate::format::{float_text, is_printable};
use kubescape_gotemplate::sprig::semver::{Constraint, Version};
use kubescape_gotemplate::{List, Map, Text, Value};

use crate::values::json_type;

/// What `Chart.yaml` says.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// `v1` or `v2`.
    pub api_version: String,
    /// The chart's name; an alias replaces it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Versions of Kubernetes that it is for.
    pub kube_version: String,
    /// Version of what it installs.
    pub app_version: String,
    /// In one sentence.
    pub description: String,
    /// `application` or `library`.
    pub kind: String,
    /// Words to find it by; templates can tell an empty list from none.
    pub keywords: Option<Vec<String>>,
    /// Its page.
    pub home: String,
    /// Where its sources are.
    pub sources: Option<Vec<String>>,
    /// Charts that it uses.
    pub dependencies: Vec<Dependency>,
    /// Who keeps it: name, email, URL.
    pub maintainers: Option<Vec<[String; 3]>>,
    /// Its picture.
    pub icon: String,
    /// Whether nobody keeps it any more.
    pub deprecated: bool,
    /// Whatever else.
    pub annotations: Option<Vec<(String, String)>>,
    /// Key that switches it, when it is a sub-chart.
    pub condition: String,
    /// Tags that switch it.
    pub tags: String,
}

/// A chart that another uses.
#[derive(Clone, Debug, Default)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Versions that are good.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Keys that switch it, the first that is set counts.
    pub condition: String,
    /// Tags that switch it.
    pub tags: Option<Vec<String>>,
    /// Whether it is rendered.
    pub enabled: bool,
    /// Values that its parent takes from it.
    pub import_values: Option<Vec<Value>>,
    /// Another name for it.
    pub alias: String,
    /// Whether the alias has taken the name's place, for this chart and all copies of it.
    renamed: Arc<AtomicBool>,
    /// Whether one of them has imported its values.
    imported: Arc<AtomicBool>,
}

impl Metadata {
    /// Reads `Chart.yaml`.
    pub(crate) fn read(map: &Map) -> Result<Self, String> {
        let api_version = text(map, "apiVersion")?;
        let metadata = Self {
            api_version: if api_version.is_empty() {
                "v1".to_owned()
            } else {
                api_version
            },
            name: text(map, "name")?,
            version: text(map, "version")?,
            kube_version: text(map, "kubeVersion")?,
            app_version: text(map, "appVersion")?,
            description: text(map, "description")?,
            kind: text(map, "type")?,
            keywords: texts(map, "keywords")?,
            home: text(map, "home")?,
            sources: texts(map, "sources")?,
            dependencies: dependencies(map)?,
            maintainers: maintainers(map)?,
            icon: text(map, "icon")?,
            deprecated: flag(map, "deprecated")?,
            annotations: annotations(map)?,
            condition: text(map, "condition")?,
            tags: text(map, "tags")?,
        };
        metadata.validate()?;
        Ok(metadata)
    }

    fn validate(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("chart.metadata.name is required".to_owned());
        }
        if self.name.contains('/') {
            return Err(format!("chart.metadata.name {:?} is invalid", self.name));
        }
        if self.version.is_empty() {
            return Err("chart.metadata.version is required".to_owned());
        }
        if Version::parse(&self.version).is_none() {
            return Err(format!("chart.metadata.version {:?} is invalid", self.version));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err("chart.metadata.type must be application or library".to_owned());
        }
        let mut names: Vec<&str> = Vec::new();
        for dependency in &self.dependencies {
            let well_formed = dependency
                .alias
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
            if !well_formed {
                return Err(format!(
                    "dependency {:?} has disallowed characters in the alias",
                    dependency.name
                ));
            }
            let name = dependency.name_in_chart();
            if names.contains(&name) {
                return Err(format!("more than one dependency with name or alias {name:?}"));
            }
            names.push(name);
        }
        Ok(())
    }

    /// Whether the chart is for this version of Kubernetes.
    pub(crate) fn fits(&self, kube_version: &str) -> bool {
        self.kube_version.is_empty()
            || match (
                Constraint::parse(&self.kube_version),
                Version::parse(kube_version),
            ) {
                (Ok(constraint), Some(version)) => constraint.matches(&version),
                _ => false,
            }
    }
}

impl Dependency {
    /// Under which name the parent knows it.
    pub fn name_in_chart(&self) -> &str {
        if self.alias.is_empty() {
            &self.name
        } else {
            &self.alias
        }
    }

    /// The name that counts now: the alias once the dependency was looked up under its own name. Copies of a chart share
    /// this, so that a second one finds its sub-chart under the alias no more, as in Helm.
    pub(crate) fn current_name(&self) -> &str {
        if self.renamed.load(Ordering::Relaxed) {
            self.name_in_chart()
        } else {
            &self.name
        }
    }

    /// Lets the alias take the name's place.
    pub(crate) fn rename(&self) {
        self.renamed.store(true, Ordering::Relaxed);
    }

    /// The entries of `import-values`; of several copies of a chart only the first gets any, as in Helm.
    pub(crate) fn take_imports(&self) -> &[Value] {
        if self.imported.swap(true, Ordering::Relaxed) {
            return &[];
        }
        self.import_values.as_deref().unwrap_or_default()
    }

    /// What an entry of `import-values` takes, and where the parent puts it.
    pub(crate) fn import_paths(import: &Value) -> Option<(String, String)> {
        match import {
            Value::String(name) => Some((format!("exports.{name}"), ".".to_owned())),
            Value::Map(map) => {
                let part = |key: &str| map.get(key).map(|value| format!("{value:?}")).unwrap_or_default();
                Some((part("child"), part("parent")))
            }
            _ => None,
        }
    }

    /// Whether a chart of this version is meant.
    pub(crate) fn accepts(&self, version: &str) -> bool {
        match (Constraint::parse(&self.version), Version::parse(version)) {
            (Ok(constraint), Some(version)) => constraint.matches(&version),
            _ => false,
        }
    }
}

/// The `dependencies` of `Chart.yaml` or `requirements.yaml`.
pub(crate) fn dependencies(map: &Map) -> Result<Vec<Dependency>, String> {
    let Some(entries) = maps(map, "dependencies")? else {
        return Ok(Vec::new());
    };
    let dependency = |entry: &Map| -> Result<Dependency, String> {
        Ok(Dependency {
            name: text(entry, "name")?,
            version: text(entry, "version")?,
            repository: text(entry, "repository")?,
            condition: text(entry, "condition")?,
            tags: texts(entry, "tags")?,
            enabled: flag(entry, "enabled")?,
            import_values: list(entry, "import-values")?.map(|list| list.items().to_vec()),
            alias: text(entry, "alias")?,
            renamed: Arc::default(),
            imported: Arc::default(),
        })
    };
    entries.iter().map(dependency).collect()
}

fn maintainers(map: &Map) -> Result<Option<Vec<[String; 3]>>, String> {
    let Some(entries) = maps(map, "maintainers")? else {
        return Ok(None);
    };
    let maintainer = |who: &Map| Ok([text(who, "name")?, text(who, "email")?, text(who, "url")?]);
    entries.iter().map(maintainer).collect::<Result<_, _>>().map(Some)
}

fn annotations(map: &Map) -> Result<Option<Vec<(String, String)>>, String> {
    match map.get("annotations") {
        None | Some(Value::Nil) => Ok(None),
        Some(Value::Map(annotations)) => {
            let entry = |(key, value): (Text, Value)| {
                let text = scalar(&value).ok_or_else(|| wrong(&value, "annotations", "string"))?;
                Ok((key.to_string(), text))
            };
            annotations
                .entries()
                .into_iter()
                .map(entry)
                .collect::<Result<_, _>>()
                .map(Some)
        }
        Some(other) => Err(wrong(&other, "annotations", "map[string]string")),
    }
}

fn wrong(value: &Value, key: &str, wanted: &str) -> String {
    format!(
        "cannot unmarshal {} into {key}, which is of type {wanted}",
        json_type(value)
    )
}

fn list(map: &Map, key: &str) -> Result<Option<List>, String> {
    match map.get(key) {
        None | Some(Value::Nil) => Ok(None),
        Some(Value::List(list)) => Ok(Some(list)),
        Some(other) => Err(wrong(&other, key, "list")),
    }
}

fn maps(map: &Map, key: &str) -> Result<Option<Vec<Map>>, String> {
    let Some(list) = list(map, key)? else {
        return Ok(None);
    };
    let entry = |item: &Value| match item {
        Value::Map(entry) => Ok(entry.clone()),
        Value::Nil => Err(format!("{key} must not contain empty or null nodes")),
        other => Err(wrong(other, key, "object")),
    };
    list.items().iter().map(entry).collect::<Result<_, _>>().map(Some)
}

fn texts(map: &Map, key: &str) -> Result<Option<Vec<String>>, String> {
    let Some(list) = list(map, key)? else {
        return Ok(None);
    };
    let entry = |item: &Value| {
        let text = scalar(item).ok_or_else(|| wrong(item, key, "string"))?;
        Ok(visible(&text))
    };
    list.items().iter().map(entry).collect::<Result<_, _>>().map(Some)
}

fn text(map: &Map, key: &str) -> Result<String, String> {
    let Some(value) = map.get(key) else {
        return Ok(String::new());
    };
    let text = scalar(&value).ok_or_else(|| wrong(&value, key, "string"))?;
    Ok(visible(&text))
}

fn flag(map: &Map, key: &str) -> Result<bool, String> {
    match map.get(key) {
        None | Some(Value::Nil) => Ok(false),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(other) => Err(wrong(&other, key, "bool")),
    }
}

/// A scalar as a string.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::Nil => String::new(),
        Value::String(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Value::Float(number) => float_text(*number),
        _ => return None,
    };
    Some(text)
}

/// Without line breaks and characters that cannot be seen.
fn visible(text: &str) -> String {
    text.chars()
        .filter_map(|character| match character {
            _ if character.is_whitespace() => Some(' '),
            _ if is_printable(character) => Some(character),
            _ => None,
        })
        .collect()
}
