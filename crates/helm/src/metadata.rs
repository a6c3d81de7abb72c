//! `Chart.yaml`.

use kubescape_gotemplate::format::float_text;
use kubescape_gotemplate::sprig::semver::{Constraint, Version};
use kubescape_gotemplate::{Map, Value};

use crate::values::path_value;

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
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// Its page.
    pub home: String,
    /// Where its sources are.
    pub sources: Vec<String>,
    /// Charts that it uses.
    pub dependencies: Vec<Dependency>,
    /// Who keeps it: name, email, URL.
    pub maintainers: Vec<[String; 3]>,
    /// Its picture.
    pub icon: String,
    /// Whether nobody keeps it any more.
    pub deprecated: bool,
    /// Whatever else.
    pub annotations: Vec<(String, String)>,
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
    pub tags: Vec<String>,
    /// Whether it is rendered.
    pub enabled: bool,
    /// Values that its parent takes from it.
    pub import_values: Vec<Value>,
    /// Another name for it.
    pub alias: String,
}

impl Metadata {
    /// Reads `Chart.yaml`.
    pub(crate) fn read(map: &Map) -> Result<Self, String> {
        let api_version = text(map, "apiVersion");
        let metadata = Self {
            api_version: if api_version.is_empty() {
                "v1".to_owned()
            } else {
                api_version
            },
            name: text(map, "name"),
            version: text(map, "version"),
            kube_version: text(map, "kubeVersion"),
            app_version: text(map, "appVersion"),
            description: text(map, "description"),
            kind: text(map, "type"),
            keywords: texts(map, "keywords"),
            home: text(map, "home"),
            sources: texts(map, "sources"),
            dependencies: dependencies(map),
            maintainers: maps(map, "maintainers")
                .iter()
                .map(|who| [text(who, "name"), text(who, "email"), text(who, "url")])
                .collect(),
            icon: text(map, "icon"),
            deprecated: matches!(map.get("deprecated"), Some(Value::Bool(true))),
            annotations: match map.get("annotations") {
                Some(Value::Map(annotations)) => annotations
                    .entries()
                    .iter()
                    .map(|(key, value)| (key.to_string(), scalar(value)))
                    .collect(),
                _ => Vec::new(),
            },
            condition: text(map, "condition"),
            tags: text(map, "tags"),
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

    /// Whether a chart of this version is meant.
    pub(crate) fn accepts(&self, version: &str) -> bool {
        match (Constraint::parse(&self.version), Version::parse(version)) {
            (Ok(constraint), Some(version)) => constraint.matches(&version),
            _ => false,
        }
    }
}

/// The `dependencies` of `Chart.yaml` or `requirements.yaml`.
pub(crate) fn dependencies(map: &Map) -> Vec<Dependency> {
    maps(map, "dependencies")
        .iter()
        .map(|entry| Dependency {
            name: text(entry, "name"),
            version: text(entry, "version"),
            repository: text(entry, "repository"),
            condition: text(entry, "condition"),
            tags: texts(entry, "tags"),
            enabled: false,
            import_values: match entry.get("import-values") {
                Some(Value::List(list)) => list.items().to_vec(),
                _ => Vec::new(),
            },
            alias: text(entry, "alias"),
        })
        .collect()
}

fn maps(map: &Map, key: &str) -> Vec<Map> {
    match path_value(map, key) {
        Some(Value::List(list)) => list.items().iter().filter_map(Value::as_map).cloned().collect(),
        _ => Vec::new(),
    }
}

fn texts(map: &Map, key: &str) -> Vec<String> {
    match map.get(key) {
        Some(Value::List(list)) => list.items().iter().map(scalar).collect(),
        _ => Vec::new(),
    }
}

fn text(map: &Map, key: &str) -> String {
    map.get(key).map(|value| scalar(&value)).unwrap_or_default()
}

/// A scalar as a string, without line breaks and characters that cannot be seen.
fn scalar(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Value::Float(number) => float_text(*number),
        _ => return String::new(),
    };
    text.chars()
        .filter_map(|character| match character {
            _ if character.is_whitespace() => Some(' '),
            _ if character.is_control() => None,
            other => Some(other),
        })
        .collect()
}
