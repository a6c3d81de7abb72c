//! `resources`: the objects, without what is secret or noise.

use std::collections::BTreeMap;

use kubescape_model::{Report, Resource, Source};
use kubescape_yaml::{JsonStyle, Mapping, Node, Value, write_json};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// What stands for a secret value.
const REDACTED: &str = "XXXXXX";

/// The list; each entry is made when it is written.
pub(super) struct Resources<'a>(pub(super) &'a [Resource]);

impl Resources<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Resources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ResourceObject::new))
    }
}

#[derive(Serialize)]
struct ResourceObject<'a> {
    #[serde(rename = "resourceID")]
    resource_id: &'a str,
    #[serde(serialize_with = "sanitised")]
    object: &'a Resource,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
}

impl<'a> ResourceObject<'a> {
    fn new(resource: &'a Resource) -> Self {
        Self {
            resource_id: &resource.id,
            object: resource,
            source: resource.source.as_deref(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn sanitised<S: Serializer>(resource: &&Resource, serializer: S) -> Result<S::Ok, S::Error> {
    let place = match resource.kind.kind.as_str() {
        "Secret" => Place::SecretRoot,
        "ConfigMap" => Place::ConfigMapRoot,
        _ => Place::Root,
    };
    Sanitised {
        node: &resource.object.node(),
        place,
        source_path: resource.source_path.as_deref(),
    }
    .serialize(serializer)
}

/// Labels of all resources, restricted to the asked ones.
pub(super) fn labels<'a>(
    report: &'a Report,
    asked: &'a [String],
) -> BTreeMap<&'a str, BTreeMap<&'a str, String>> {
    if asked.is_empty() {
        return BTreeMap::new();
    }
    report
        .resources
        .iter()
        .filter_map(|resource| {
            let object = resource.object.node();
            let labels = object.at("metadata.labels")?;
            let found: BTreeMap<&str, String> = asked
                .iter()
                .filter_map(|key| Some((key.as_str(), labels.get(key).and_then(Node::as_str)?.to_owned())))
                .collect();
            (!found.is_empty()).then_some((&*resource.id, found))
        })
        .collect()
}

/// Where in an object a node stands, as far as it matters for what may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    SecretRoot,
    ConfigMapRoot,
    Metadata,
    Annotations,
    /// All values below are hidden.
    Hidden,
    /// Entries of a container's `env`.
    Environment,
    Container,
    Other,
}

/// A node written without status, managed fields and secret values, keys sorted.
struct Sanitised<'a> {
    node: &'a Node,
    place: Place,
    source_path: Option<&'a str>,
}

impl Serialize for Sanitised<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.node.value {
            Value::Mapping(map) => self.mapping(map, serializer),
            Value::Sequence(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&Sanitised {
                        node: item,
                        place: self.place,
                        source_path: None,
                    })?;
                }
                sequence.end()
            }
            Value::Null => serializer.serialize_unit(),
            _ if self.place == Place::Hidden => serializer.serialize_str(REDACTED),
            Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
                serializer.serialize_i64(*number as i64)
            }
            Value::Number(_) => {
                let mut text = String::new();
                write_json(self.node, JsonStyle::default(), &mut text);
                match serde_json::from_str::<serde_json::Number>(&text) {
                    Ok(number) => number.serialize(serializer),
                    // A number that no double holds must not cost the report.
                    Err(_) => serializer.serialize_str(&text),
                }
            }
            _ => self.node.serialize(serializer),
        }
    }
}

impl Sanitised<'_> {
    fn mapping<S: Serializer>(&self, map: &Mapping, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries: Vec<(&str, Option<&Node>)> = map
            .iter()
            .map(|(key, value)| (&**key, Some(value)))
            .filter(|(key, _)| !self.drops(key))
            .collect();
        if self.source_path.is_some() {
            entries.retain(|(key, _)| *key != "sourcePath");
            entries.push(("sourcePath", None));
        }
        entries.sort_by(|a, b| a.0.cmp(b.0));
        let mut output = serializer.serialize_map(Some(entries.len()))?;
        for (key, value) in entries {
            match value {
                Some(node) => output.serialize_entry(
                    key,
                    &Sanitised {
                        node,
                        place: self.below(key),
                        source_path: None,
                    },
                )?,
                None => output.serialize_entry(key, self.source_path.unwrap_or_default())?,
            }
        }
        if self.place == Place::Environment && map.get("valueFrom").is_some() && map.get("value").is_none() {
            output.serialize_entry("value", REDACTED)?;
        }
        output.end()
    }

    fn drops(&self, key: &str) -> bool {
        match self.place {
            Place::Root | Place::SecretRoot | Place::ConfigMapRoot => key == "status",
            Place::Metadata => key == "managedFields",
            Place::Annotations => key == "kubectl.kubernetes.io/last-applied-configuration",
            Place::Environment => key == "valueFrom",
            Place::Container => key == "envFrom",
            Place::Hidden | Place::Other => false,
        }
    }

    fn below(&self, key: &str) -> Place {
        match (self.place, key) {
            (Place::SecretRoot, "data" | "stringData") | (Place::ConfigMapRoot, "data" | "binaryData") => {
                Place::Hidden
            }
            (Place::Root | Place::SecretRoot | Place::ConfigMapRoot, "metadata") => Place::Metadata,
            (Place::Metadata, "annotations") => Place::Annotations,
            (Place::Hidden, _) => Place::Hidden,
            (Place::Container, "env") => Place::Environment,
            (Place::Environment, "value") => Place::Hidden,
            (Place::Root | Place::Other, "containers" | "initContainers" | "ephemeralContainers") => {
                Place::Container
            }
            _ => Place::Other,
        }
    }
}
