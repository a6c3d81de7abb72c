//! Names that other objects use follow when an object is renamed.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use kubescape_yaml::{Node, Value};

use crate::accumulate::State;
use crate::error::{KustomizeError, Result};
use crate::id::{Gvk, Id, NO_NAMESPACE};
use crate::tables::{FieldSpec, NameReference};
use crate::walk::each_field;

/// What the search knows of a renamed object.
struct Referent {
    previous: Vec<Id>,
    id: Id,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

/// Gives every field that names a renamed object its new name.
pub(crate) fn fix(path: &Path, state: &mut State) -> Result<()> {
    let referents: Vec<Referent> = state
        .objects
        .iter()
        .map(|object| Referent {
            previous: object.previous.clone(),
            id: object.id(),
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
        })
        .collect();
    // Only renamed objects matter, found by the names that they had.
    let mut by_name: HashMap<&str, Vec<&Referent>> = HashMap::new();
    for referent in &referents {
        let mut names: Vec<&str> = referent.previous.iter().map(|id| id.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            by_name.entry(name).or_default().push(referent);
        }
    }
    let namespaces: HashSet<(String, String)> = state
        .objects
        .iter()
        .map(|object| {
            let (original, current) = (object.original_id(), object.id());
            (
                original.effective_namespace().to_owned(),
                current.effective_namespace().to_owned(),
            )
        })
        .collect();
    let tables = state.fields.name_reference.clone();
    for object in state.objects.all_mut() {
        let original = object.original_id().gvk;
        let referrer = Referrer {
            id: object.id(),
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
            subject_namespaces: subject_namespaces(&object.node),
            role: role_reference(&object.node),
        };
        for table in &tables {
            for spec in table.fields.iter().filter(|spec| original.fits(spec)) {
                let search = Search {
                    referrer: &referrer,
                    table,
                    spec,
                    by_name: &by_name,
                    namespaces: &namespaces,
                };
                each_field(&mut object.node, &original, spec, &Value::Null, &mut |field| {
                    search.field(field)
                })
                .map_err(|message| KustomizeError::invalid(path, format!("{}: {message}", referrer.id)))?;
            }
        }
    }
    Ok(())
}

struct Referrer {
    id: Id,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    subject_namespaces: Vec<String>,
    role: Option<(String, String)>,
}

/// A role binding may name service accounts of other namespaces.
fn subject_namespaces(node: &Node) -> Vec<String> {
    let subjects = node
        .get("subjects")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    subjects
        .iter()
        .filter(|subject| subject.get("kind").and_then(Node::as_str) == Some("ServiceAccount"))
        .filter_map(|subject| subject.get("namespace")?.as_str().map(ToOwned::to_owned))
        .collect()
}

fn role_reference(node: &Node) -> Option<(String, String)> {
    let role = node.get("roleRef")?;
    let text = |key: &str| {
        role.get(key)
            .and_then(Node::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Some((text("apiGroup"), text("kind")))
}

struct Search<'a> {
    referrer: &'a Referrer,
    table: &'a NameReference,
    spec: &'a FieldSpec,
    by_name: &'a HashMap<&'a str, Vec<&'a Referent>>,
    /// The namespaces that objects had at first, and that they have.
    namespaces: &'a HashSet<(String, String)>,
}

impl Search<'_> {
    fn field(&self, field: &mut Node) -> std::result::Result<(), String> {
        match &mut field.value {
            Value::String(name) => {
                let old = name.to_string();
                if let Some(referent) = self.find(&old, None, false)? {
                    field.value = Value::String(referent.id.name.as_str().into());
                }
                Ok(())
            }
            Value::Mapping(_) => self.mapping(field),
            Value::Sequence(items) => items.iter_mut().try_for_each(|item| self.field(item)),
            _ => Ok(()),
        }
    }

    fn mapping(&self, field: &mut Node) -> std::result::Result<(), String> {
        let Some(name) = field.get("name").and_then(Node::as_str).map(ToOwned::to_owned) else {
            return Err(format!(
                "path config error; no 'name' field in node at {}",
                self.spec.path
            ));
        };
        let namespace = field
            .get("namespace")
            .and_then(Node::as_str)
            .map(ToOwned::to_owned);
        let Some(referent) = self.find(&name, namespace.as_deref(), true)? else {
            return Ok(());
        };
        let (name, namespace) = (referent.id.name.clone(), referent.id.namespace.clone());
        if let Some(map) = field.as_mapping_mut() {
            map.insert("name", Node::string(name));
            if !namespace.is_empty() {
                map.insert("namespace", Node::string(namespace));
            }
        }
        Ok(())
    }

    /// The one renamed object that a name means.
    fn find(
        &self,
        name: &str,
        namespace: Option<&str>,
        is_mapping: bool,
    ) -> std::result::Result<Option<&Referent>, String> {
        let mut found: Vec<&Referent> = self
            .by_name
            .get(name)
            .into_iter()
            .flatten()
            .copied()
            .filter(|referent| self.is_candidate(referent, name))
            .collect();
        match namespace {
            Some(namespace) => {
                let original = |one: &Referent| {
                    one.previous
                        .first()
                        .is_some_and(|id| id.effective_namespace() == effective(namespace))
                };
                let current = |one: &Referent| one.id.effective_namespace() == effective(namespace);
                if self.was_used(effective(namespace)) {
                    found.retain(|one| original(one));
                } else {
                    found.retain(|one| current(one));
                }
            }
            None => found.retain(|referent| self.is_near(referent)),
        }
        if found.len() > 1 {
            let ends_alike = |one: &Referent, allow_empty: bool| {
                alike(&one.prefixes, &self.referrer.prefixes, allow_empty)
                    && alike(&one.suffixes, &self.referrer.suffixes, allow_empty)
            };
            for allow_empty in [true, false] {
                let narrowed: Vec<&Referent> = found
                    .iter()
                    .copied()
                    .filter(|one| ends_alike(one, allow_empty))
                    .collect();
                if found.len() > 1 {
                    found = narrowed;
                }
            }
        }
        let Some(first) = found.first().copied() else {
            return Ok(None);
        };
        let same = found.iter().all(|one| {
            one.id.name == first.id.name && (!is_mapping || one.id.namespace == first.id.namespace)
        });
        if same {
            Ok(Some(first))
        } else {
            Err(format!(
                "{}: found multiple possible referrals of {name:?}",
                self.spec.path
            ))
        }
    }

    /// Whether any object that can be meant was in a namespace at first, whatever its name: then the namespace is meant
    /// as it was, and otherwise as it is.
    fn was_used(&self, namespace: &str) -> bool {
        let referrer = self.referrer;
        self.namespaces.iter().any(|(original, current)| {
            original == namespace
                && (referrer.id.gvk.is_cluster_scoped()
                    || current == NO_NAMESPACE
                    || current == referrer.id.effective_namespace()
                    || referrer
                        .subject_namespaces
                        .iter()
                        .any(|own| effective(own) == current))
        })
    }

    fn is_candidate(&self, referent: &Referent, name: &str) -> bool {
        let of_kind = |gvk: &Gvk| gvk.is_selected(&self.table.group, &self.table.version, &self.table.kind);
        let named = referent.previous.iter().any(|id| id.name == name);
        let kind = referent.previous.iter().any(|id| of_kind(&id.gvk));
        let role = !self.spec.path.ends_with("roleRef/name")
            || self.referrer.role.as_ref().is_none_or(|(group, kind)| {
                referent
                    .previous
                    .iter()
                    .any(|id| id.gvk.group == *group && id.gvk.kind == *kind)
            });
        named && kind && role
    }

    /// Whether the object can be meant without a namespace being named.
    fn is_near(&self, referent: &Referent) -> bool {
        let own = self.referrer.id.effective_namespace();
        self.referrer.id.gvk.is_cluster_scoped()
            || referent.id.gvk.is_cluster_scoped()
            || referent.id.effective_namespace() == own
            || referent.id.gvk.kind == "ServiceAccount"
                && self
                    .referrer
                    .subject_namespaces
                    .iter()
                    .any(|namespace| effective(namespace) == referent.id.effective_namespace())
    }
}

fn effective(namespace: &str) -> &str {
    if namespace.is_empty() {
        "default"
    } else {
        namespace
    }
}

/// Whether the shorter list is the end of the longer one. An empty list fits all, if that is allowed.
fn alike(one: &[String], other: &[String], allow_empty: bool) -> bool {
    if one.is_empty() || other.is_empty() {
        return allow_empty || one.is_empty() && other.is_empty();
    }
    one.iter()
        .rev()
        .zip(other.iter().rev())
        .all(|(one, other)| one == other)
}
