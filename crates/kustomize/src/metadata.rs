//! What `buildMetadata` writes into objects: what made them, and what changed them.

use std::fmt::Write as _;
use std::path::{Component, Path};

use kubescape_yaml::{Node, to_yaml};

use crate::object::{self, Object};

/// Where a generator or transformer was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configured {
    /// The file, from the folder of the build on.
    pub file: String,
    pub kind: String,
    /// Its name, if it has a file of its own.
    pub name: String,
}

/// What made an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file, from the folder of the build on.
    File(String),
    Generator(Configured),
}

/// What a build writes.
pub(crate) fn annotate(object: &mut Object, options: &[String]) {
    let asks_for = |name: &str| options.iter().any(|option| option == name);
    if asks_for("originAnnotations")
        && let Some(origin) = object.origin.clone()
    {
        let text = match &*origin {
            Origin::File(path) => format!("path: {path}\n"),
            Origin::Generator(configured) => describe(configured, "", ""),
        };
        set(object, "config.kubernetes.io/origin", text);
    }
    if asks_for("transformerAnnotations") && !object.trace.is_empty() {
        let text = object
            .trace
            .iter()
            .map(|configured| describe(configured, "- ", "  "))
            .collect();
        set(object, "alpha.config.kubernetes.io/transformations", text);
    }
}

fn set(object: &mut Object, annotation: &str, text: String) {
    object::set(
        &mut object.node,
        &["metadata", "annotations", annotation],
        Node::string(text),
    );
}

fn describe(configured: &Configured, first: &str, rest: &str) -> String {
    let mut text = format!(
        "{first}configuredIn: {}\n{rest}configuredBy:\n{rest}  apiVersion: builtin\n{rest}  kind: {}\n",
        configured.file, configured.kind
    );
    if !configured.name.is_empty() {
        // Writing to a string cannot fail.
        let name = to_yaml(&Node::string(configured.name.as_str()));
        let _ = write!(text, "{rest}  name: {name}");
    }
    text
}

/// A path from a folder on.
pub(crate) fn relative(folder: &Path, path: &Path) -> String {
    let clean = |path: &Path| crate::accumulate::clean(path);
    let (folder, path) = (clean(folder), clean(path));
    let parts = |path: &Path| -> Vec<String> {
        path.components()
            .filter(|part| !matches!(part, Component::CurDir))
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (folder, path) = (parts(&folder), parts(&path));
    let common = folder
        .iter()
        .zip(&path)
        .take_while(|(one, other)| one == other)
        .count();
    let up = folder.iter().skip(common).map(|_| "..");
    let down = path.iter().skip(common).map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}
