//! One file to its objects.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use kubescape_model::{FileType, GroupVersionKind, Resource, ResourceFilter, Source, parse_group_version};
use kubescape_yaml::{
    Limits, LineIndex, Mapping, Node, Profile, Value, YamlError, load_json, load_manifests, load_one,
};

use crate::kinds::is_possible;
use crate::path::Skipped;
use crate::structure::mistake;

/// Where a file stands, for the identity of its objects.
pub(crate) struct Place<'a> {
    /// The file on disk.
    pub file: &'a Path,
    /// Root that reports name.
    pub root: &'a str,
    /// The file, relative to the root.
    pub relative: &'a str,
}

/// What a file holds.
#[derive(Default)]
pub(crate) struct Loaded {
    /// Objects that pass the filter.
    pub resources: Vec<Resource>,
    /// Objects before the filter.
    pub objects: usize,
    /// Objects that the kind filter left.
    pub kept_by_kind: usize,
    /// What could not be used.
    pub skipped: Vec<Skipped>,
    /// What is worth knowing about what could be used.
    pub remarks: Vec<Skipped>,
}

/// Reads and parses a file.
pub(crate) fn load(place: &Place<'_>, limits: &Limits, filter: &ResourceFilter) -> Loaded {
    match read(place.file, limits) {
        Ok(text) => load_text(place, &text, limits, filter),
        Err(message) => Loaded {
            skipped: vec![Skipped::whole(place.file, message)],
            ..Loaded::default()
        },
    }
}

fn read(path: &Path, limits: &Limits) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if usize::try_from(size).is_ok_and(|size| size > limits.file_bytes) {
        return Err(format!(
            "file too large: {size} bytes, the limit is {}; raise KUBESCAPE_MAX_FILE_SIZE to read it",
            limits.file_bytes
        ));
    }
    // A file may grow while it is read, and some of the system's have no size to tell.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
    let most = u64::try_from(limits.file_bytes).unwrap_or(u64::MAX);
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "not a text file (invalid UTF-8)".to_owned())
}

/// Parses the text of a file.
pub(crate) fn load_text(place: &Place<'_>, text: &str, limits: &Limits, filter: &ResourceFilter) -> Loaded {
    let is_json = place
        .file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let source = Arc::new(Source {
        path: place.root.to_owned(),
        relative_path: place.relative.to_owned(),
        file_type: if is_json { FileType::Json } else { FileType::Yaml },
        file: place.file.to_owned(),
        ..Source::default()
    });
    let mut file = OpenFile {
        file: place.file,
        lines: Some(LineIndex::new(text)),
        numbered: Some(place.relative),
        source,
        filter,
        next: 0,
        loaded: Loaded::default(),
    };
    if is_json {
        file.document(1, load_json(text, limits));
    } else {
        for manifest in load_manifests(text, Profile::GoYamlV3, limits) {
            file.document(manifest.index, manifest.root);
        }
    }
    file.loaded
}

/// Parses a text that was rendered from a template, unless its value is known. All its objects have the template's path
/// for an identity.
pub(crate) fn load_rendered(
    source: Source,
    text: &str,
    value: Option<Node>,
    limits: &Limits,
    filter: &ResourceFilter,
) -> Loaded {
    let path = source.file.clone();
    let mut file = OpenFile {
        file: &path,
        lines: None,
        numbered: None,
        source: Arc::new(source),
        filter,
        next: 0,
        loaded: Loaded::default(),
    };
    if let Some(value) = value {
        file.document(1, Ok(value));
        return file.loaded;
    }
    for manifest in load_manifests(text, Profile::GoYamlV3, limits) {
        // What the stricter reader refuses (a key that stands twice) may still be what a cluster would accept.
        let root = manifest.root.or_else(|error| {
            let part = text.get(manifest.span.range()).unwrap_or_default();
            load_one(part, Profile::SigsYaml, limits).map_err(|_| error)
        });
        file.document(manifest.index, root);
    }
    file.loaded
}

/// Takes objects that were read from the text of something else than a manifest.
pub(crate) fn load_objects(
    source: Source,
    text: &str,
    numbered: &str,
    objects: Vec<Node>,
    filter: &ResourceFilter,
) -> Loaded {
    let path = source.file.clone();
    let mut file = OpenFile {
        file: &path,
        lines: Some(LineIndex::new(text)),
        numbered: Some(numbered),
        source: Arc::new(source),
        filter,
        next: 0,
        loaded: Loaded::default(),
    };
    for (index, object) in objects.into_iter().enumerate() {
        file.object(index + 1, object, None);
    }
    file.loaded
}

struct OpenFile<'a> {
    file: &'a Path,
    /// Its lines, in which problems are placed; `None` when it is a rendering of the file.
    lines: Option<LineIndex<'a>>,
    /// The path that objects are numbered under; `None` when they share the file's.
    numbered: Option<&'a str>,
    source: Arc<Source>,
    filter: &'a ResourceFilter,
    /// Index of the next object of the file.
    next: usize,
    loaded: Loaded,
}

impl OpenFile<'_> {
    fn document(&mut self, index: usize, root: Result<Node, YamlError>) {
        match root {
            Err(error) => {
                let mut skipped = Skipped::document(self.file, index, &error);
                if self
                    .lines
                    .as_ref()
                    .is_some_and(|lines| lines.text().contains("{{"))
                {
                    skipped
                        .message
                        .push_str(" (a template? scan the folder of its chart, or render it)");
                }
                self.loaded.skipped.push(skipped);
            }
            Ok(Node {
                value: Value::Sequence(items),
                ..
            }) => {
                for item in items {
                    self.object(index, item, None);
                }
            }
            Ok(root) => self.object(index, root, None),
        }
    }

    /// Takes an object, or the items of a list. Documents without `apiVersion` are none of ours.
    fn object(&mut self, document: usize, mut node: Node, parent: Option<&Node>) {
        if let (Some(parent), Some(map)) = (parent, node.as_mapping_mut()) {
            inherit(map, parent);
        }
        let text = |key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default();
        let (api_version, kind) = (text("apiVersion").to_owned(), text("kind").to_owned());
        if api_version.is_empty() {
            return;
        }
        if has_infinite(&node) {
            self.remark(
                document,
                &node,
                "`.inf` and `.nan` are no JSON numbers".to_owned(),
            );
            return;
        }
        let items = node.as_mapping_mut().and_then(|map| take_items(map, &kind));
        if let Some(items) = items {
            let header = list_header(&api_version, &kind);
            for item in items {
                if header.is_none() && item.get("apiVersion").is_none() {
                    let message = "invalid List: an item has no apiVersion".to_owned();
                    self.remark(document, &item, message);
                    continue;
                }
                self.object(document, item, header.as_ref());
            }
            return;
        }
        if kind.is_empty() {
            // Charts have an apiVersion of their own.
            if !self.file.ends_with("Chart.yaml") {
                self.remark(document, &node, format!("{api_version} object without a kind"));
            }
            return;
        }
        let kind = GroupVersionKind {
            group: parse_group_version(&api_version).0.to_owned(),
            kind,
            ..GroupVersionKind::default()
        };
        if !is_possible(&kind.group, &kind.kind) {
            let message = format!("{api_version} {:?} is not a valid Kubernetes kind", kind.kind);
            self.remark(document, &node, message);
        } else if let Some((place, mistake)) = mistake(&kind, &node) {
            let message = format!("{api_version} {:?} is structurally invalid: {mistake}", kind.kind);
            self.remark(document, place, message);
        }
        self.keep(node);
    }

    fn keep(&mut self, node: Node) {
        let path: Arc<str> = match self.numbered {
            Some(relative) => format!("{relative}:{}", self.next).into(),
            None => self.file.to_string_lossy().into(),
        };
        self.next += 1;
        self.loaded.objects += 1;
        let resource = Resource::new(Arc::new(node), Some(Arc::clone(&self.source)), Some(path));
        if !self.filter.kinds.keeps(&resource.kind) {
            return;
        }
        self.loaded.kept_by_kind += 1;
        if self.filter.namespaces.keeps(&resource) && self.filter.is_wanted(&resource) {
            self.loaded.resources.push(resource);
        }
    }

    /// Notes what is wrong with a node of a document.
    fn remark(&mut self, document: usize, node: &Node, message: String) {
        let file = match &self.lines {
            Some(lines) => {
                let position = lines.position(node.span.start as usize);
                format!("{}:{position}", self.file.display()).into()
            }
            None => self.file.to_owned(),
        };
        self.loaded.skipped.push(Skipped {
            file,
            message: format!("document {document}: {message}"),
        });
    }
}

/// The items of `kind: List`, and of other lists when the object has no name of its own.
fn take_items(map: &mut Mapping, kind: &str) -> Option<Vec<Node>> {
    let named = map
        .get("metadata")
        .and_then(|metadata| metadata.get("name"))
        .is_some();
    if kind != "List" && (!kind.ends_with("List") || named) {
        return None;
    }
    match map.get("items").map(|items| &items.value) {
        Some(Value::Sequence(_) | Value::Null) => {}
        _ => return None,
    }
    match map.remove("items")?.value {
        Value::Sequence(items) => Some(items),
        _ => Some(Vec::new()),
    }
}

/// What items of a typed list inherit: `PodList` holds pods.
fn list_header(api_version: &str, kind: &str) -> Option<Node> {
    let item_kind = kind.strip_suffix("List").filter(|kind| !kind.is_empty())?;
    let mut header = Mapping::new();
    header.insert("apiVersion", Node::string(api_version));
    header.insert("kind", Node::string(item_kind));
    Some(Node::new(Value::Mapping(header)))
}

fn inherit(item: &mut Mapping, parent: &Node) {
    for key in ["apiVersion", "kind"] {
        if item.get(key).is_none()
            && let Some(value) = parent.get(key)
        {
            item.insert(key, value.clone());
        }
    }
}

fn has_infinite(node: &Node) -> bool {
    match &node.value {
        Value::Float(number) => !number.is_finite(),
        Value::Sequence(items) => items.iter().any(has_infinite),
        Value::Mapping(map) => map.iter().any(|(_, value)| has_infinite(value)),
        _ => false,
    }
}
