//! Texts to objects, and lists of objects.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use kubescape_yaml::{Limits, Node, Profile, Value, load_manifests};

use crate::charts::RenderedChart;
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::id::Id;
use crate::object::Object;

/// Why an object cannot be added.
pub(crate) const REPEATED: &str = "may not add resource with an already registered id";

/// Objects of a build, in order, found by any name that they have or had.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    list: Vec<Object>,
    by_name: HashMap<String, Vec<usize>>,
    /// Names or places have changed since the index was made.
    is_stale: bool,
}

impl Objects {
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Object> {
        self.list.iter()
    }

    pub(crate) fn into_list(self) -> Vec<Object> {
        self.list
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Object> {
        self.list.get(index)
    }

    /// All objects, to change them.
    pub(crate) fn all_mut(&mut self) -> &mut Vec<Object> {
        self.is_stale = true;
        &mut self.list
    }

    /// Changes one object.
    pub(crate) fn change<T>(&mut self, index: usize, change: impl FnOnce(&mut Object) -> T) -> Option<T> {
        let object = self.list.get_mut(index)?;
        let before = object.name().into_owned();
        let result = change(object);
        if object.node.is_null() || object.name() != before {
            self.is_stale = true;
        }
        Some(result)
    }

    /// Objects that a patch deleted.
    pub(crate) fn drop_empty(&mut self) {
        if self.list.iter().any(|object| object.node.is_null()) {
            self.all_mut().retain(|object| !object.node.is_null());
        }
    }

    /// Adds an object; one of the same id must not be there yet.
    pub(crate) fn append(&mut self, path: &Path, object: Object) -> Result<()> {
        let id = object.id();
        let is_known = self.named(&id.name).iter().any(|index| {
            self.list
                .get(*index)
                .is_some_and(|other| other.name() == id.name && other.id().equals(&id))
        });
        if is_known {
            return Err(KustomizeError::invalid(path, format!("{REPEATED}: {id}")));
        }
        let place = self.list.len();
        for name in names(&object) {
            self.by_name.entry(name).or_default().push(place);
        }
        self.list.push(object);
        Ok(())
    }

    /// Places of the objects that have or had a name.
    pub(crate) fn named(&mut self, name: &str) -> Vec<usize> {
        if self.is_stale {
            self.by_name.clear();
            for (place, object) in self.list.iter().enumerate() {
                for name in names(object) {
                    self.by_name.entry(name).or_default().push(place);
                }
            }
            self.is_stale = false;
        }
        self.by_name.get(name).cloned().unwrap_or_default()
    }

    /// Objects one of whose ids, former ones included, is this.
    pub(crate) fn matching(&mut self, id: &Id) -> Vec<usize> {
        self.with_id(&id.name, |own| own.equals(id))
    }

    /// Objects with an id of a name that passes a test.
    pub(crate) fn with_id(&mut self, name: &str, test: impl Fn(&Id) -> bool) -> Vec<usize> {
        let mut found = self.named(name);
        found.retain(|index| {
            self.list
                .get(*index)
                .is_some_and(|object| object.ids().iter().any(|own| own.name == name && test(own)))
        });
        found
    }

    /// Places of objects that pass a test.
    pub(crate) fn indexes(&self, test: impl Fn(&Object) -> bool) -> Vec<usize> {
        self.list
            .iter()
            .enumerate()
            .filter(|(_, object)| test(object))
            .map(|(index, _)| index)
            .collect()
    }

    /// No two objects may have become the same.
    pub(crate) fn check_unique(&self, path: &Path, what: &str) -> Result<()> {
        let mut seen = HashSet::new();
        for object in &self.list {
            let id = object.id();
            let key = (
                id.gvk.clone(),
                id.name.clone(),
                id.effective_namespace().to_owned(),
            );
            if !seen.insert(key) {
                return Err(KustomizeError::invalid(path, format!("{what}: {id}")));
            }
        }
        Ok(())
    }
}

/// Every name that an object has or had, once.
fn names(object: &Object) -> Vec<String> {
    let mut names: Vec<String> = object.previous.iter().map(|id| id.name.clone()).collect();
    names.push(object.name().into_owned());
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads the objects of a text. Lists are replaced by their items.
pub(crate) fn read(files: &mut Files, path: &Path, text: &str) -> Result<Vec<Object>> {
    read_below(files, path, 0, text)
}

/// The same for a chart, whose lines come from files of their own.
pub(crate) fn read_rendered(files: &mut Files, chart: &Path, rendered: RenderedChart) -> Result<Vec<Object>> {
    let objects = read(files, chart, &rendered.text)?;
    files.set_origins(rendered.lines);
    Ok(objects)
}

/// The same for a text that starts below some lines of its file.
pub(crate) fn read_below(files: &mut Files, path: &Path, above: usize, text: &str) -> Result<Vec<Object>> {
    check_separators(path, text)?;
    // A comment may follow a separator at once.
    let spaced = text.replace("\n---#", "\n--- #");
    let text = spaced.as_str();
    let mut roots = Vec::new();
    for manifest in load_manifests(text, Profile::GoYamlV3, &Limits::default()) {
        let root = manifest
            .root
            .map_err(|error| KustomizeError::invalid(path, error.to_string()))?;
        if !is_nothing(&root) {
            roots.push(root);
        }
    }
    files.place_below(path, above, text, &mut roots)?;
    let mut objects = Vec::new();
    let mut items = Vec::new();
    for root in roots {
        take(path, root, &mut objects, &mut items, 0)?;
    }
    objects.append(&mut items);
    Ok(objects)
}

/// Only blanks and comments may stand behind a separator.
fn check_separators(path: &Path, text: &str) -> Result<()> {
    for (index, line) in text.split_inclusive('\n').enumerate().skip(1) {
        let Some(rest) = line.strip_suffix('\n').and_then(|line| line.strip_prefix("---")) else {
            continue;
        };
        let rest = rest.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(KustomizeError::invalid(
                path,
                format!(
                    "line {}: invalid document separator: {}",
                    index + 1,
                    line.trim_end()
                ),
            ));
        }
    }
    Ok(())
}

fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Mapping(map) => map.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        _ => false,
    }
}

fn take(
    path: &Path,
    node: Node,
    objects: &mut Vec<Object>,
    items: &mut Vec<Object>,
    depth: usize,
) -> Result<()> {
    let invalid = |message: String| Err(KustomizeError::invalid(path, message));
    let kind = node
        .get("kind")
        .and_then(Node::as_str)
        .unwrap_or_default()
        .to_owned();
    let is_list = kind.ends_with("List");
    let metadata = node
        .get("metadata")
        .filter(|metadata| metadata.as_mapping().is_some());
    if metadata.is_none() && !is_list {
        return invalid(format!("missing Resource metadata{}", of_kind(&kind)));
    }
    if kind.is_empty() {
        return invalid("missing kind in object".to_owned());
    }
    if is_list && depth < 20 {
        match node.get("items").map(|items| &items.value) {
            Some(Value::Sequence(list)) => {
                for item in list.iter().filter(|item| !is_nothing(item)) {
                    let mut found = Vec::new();
                    take(path, item.clone(), &mut found, items, depth + 1)?;
                    items.append(&mut found);
                }
                return Ok(());
            }
            Some(Value::Null) => return Ok(()),
            Some(_) => return invalid(format!("expected a list in {kind}/items")),
            None => {}
        }
    }
    let mut object = Object::new(node);
    if object.name().is_empty() && !is_list {
        return invalid(format!("missing metadata.name in object{}", of_kind(&kind)));
    }
    object.needs_hash = object
        .annotation("internal.config.kubernetes.io/needsHashSuffix")
        .is_some_and(|value| value == "enabled");
    objects.push(object);
    Ok(())
}

fn of_kind(kind: &str) -> String {
    if kind.is_empty() {
        String::new()
    } else {
        format!(" of kind {kind}")
    }
}
