//! Config maps and secrets from texts and files, and charts.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kubescape_yaml::{Mapping, Node, Value};

use crate::accumulate::{Build, Root, State};
use crate::annotations::literal;
use crate::config::{Generator, GeneratorOptions, Texts};
use crate::error::{KustomizeError, Result};
use crate::files::Files;
use crate::metadata::{Configured, Origin};
use crate::object::{Object, insert_plain};
use crate::{charts, plugins};

/// Base64 of secrets is broken into lines of this length.
const LINE: usize = 70;

/// Runs the generators of a kustomization.
pub(crate) fn run(build: &mut Build<'_>, root: &Root, state: &mut State) -> Result<()> {
    for generator in &root.config.config_map_generator {
        if !generator.secret_type.is_empty() {
            return Err(KustomizeError::invalid(
                &root.file,
                "invalid Kustomization: configMapGenerator: unknown field `type`",
            ));
        }
        let origin = build.configured(root, "ConfigMapGenerator");
        texts(build, root, state, generator, false, origin)?;
    }
    for generator in &root.config.secret_generator {
        let origin = build.configured(root, "SecretGenerator");
        texts(build, root, state, generator, true, origin)?;
    }
    charts::run(build, root, state)?;
    plugins::generate(build, root, state)
}

/// Makes a config map or a secret.
pub(crate) fn texts(
    build: &mut Build<'_>,
    root: &Root,
    state: &mut State,
    generator: &Generator,
    is_secret: bool,
    origin: Configured,
) -> Result<()> {
    let (mut object, options) = generate(build, root, generator, is_secret)?;
    object.origin = Some(Arc::new(Origin::Generator(origin)));
    absorb(build.files, root, state, object, generator, &options)
}

/// The generator's own options over those of all generators.
fn options(root: &Root, generator: &Generator) -> GeneratorOptions {
    let mut own = generator.options.clone().unwrap_or_default();
    if let Some(all) = &root.config.generator_options {
        let fill = |into: &mut Texts, from: &Texts| {
            for (key, value) in from {
                into.entry(key.clone()).or_insert_with(|| value.clone());
            }
        };
        fill(&mut own.labels, &all.labels);
        fill(&mut own.annotations, &all.annotations);
        own.disable_name_suffix_hash |= all.disable_name_suffix_hash;
        own.immutable |= all.immutable;
    }
    own
}

fn generate(
    build: &mut Build<'_>,
    root: &Root,
    generator: &Generator,
    is_secret: bool,
) -> Result<(Object, GeneratorOptions)> {
    if generator.name.is_empty() {
        let field = if is_secret {
            "secretGenerator"
        } else {
            "configMapGenerator"
        };
        return Err(KustomizeError::invalid(
            &root.file,
            format!("{field}: a configmap must have a name"),
        ));
    }
    let options = options(root, generator);
    let mut node = Node::new(Value::Mapping(Mapping::new()));
    let Some(map) = node.as_mapping_mut() else {
        return Err(KustomizeError::invalid(&root.file, "no object"));
    };
    map.insert("apiVersion", Node::string("v1"));
    map.insert(
        "kind",
        Node::string(if is_secret { "Secret" } else { "ConfigMap" }),
    );
    let mut metadata = Mapping::new();
    metadata.insert("name", Node::string(generator.name.as_str()));
    if !generator.namespace.is_empty() {
        metadata.insert("namespace", Node::string(generator.namespace.as_str()));
    }
    for (field, texts) in [("labels", &options.labels), ("annotations", &options.annotations)] {
        if !texts.is_empty() {
            metadata.insert(field, text_map(texts));
        }
    }
    map.insert("metadata", Node::new(Value::Mapping(metadata)));
    let (mut data, mut binary) = (Mapping::new(), Mapping::new());
    let mut keys = std::collections::HashSet::new();
    for (key, bytes) in pairs(build, root, generator)? {
        if !keys.insert(key.clone()) {
            return Err(KustomizeError::invalid(
                &root.file,
                format!("configmap {} illegally repeats the key `{key}`", generator.name),
            ));
        }
        match (is_secret, String::from_utf8(bytes)) {
            (true, Ok(text)) => insert_plain(&mut data, &key, Node::string(base64_lines(text.as_bytes()))),
            (true, Err(error)) => {
                insert_plain(&mut data, &key, Node::string(base64_lines(error.as_bytes())));
            }
            (false, Ok(text)) => insert_plain(&mut data, &key, Node::string(text)),
            (false, Err(error)) => {
                insert_plain(&mut binary, &key, Node::string(base64_lines(error.as_bytes())));
            }
        }
    }
    if is_secret || !data.is_empty() {
        map.insert("data", Node::new(Value::Mapping(data)));
    }
    if !binary.is_empty() {
        map.insert("binaryData", Node::new(Value::Mapping(binary)));
    }
    if is_secret {
        let secret_type = if generator.secret_type.is_empty() {
            "Opaque"
        } else {
            &generator.secret_type
        };
        map.insert("type", Node::string(secret_type));
    }
    if options.immutable {
        map.insert("immutable", Node::new(Value::Bool(true)));
    }
    let mut object = Object::new(node);
    object.needs_hash = !options.disable_name_suffix_hash;
    Ok((object, options))
}

pub(crate) fn text_map(texts: &Texts) -> Node {
    let mut map = Mapping::new();
    for (key, value) in texts {
        insert_plain(&mut map, key, Node::string(value.as_str()));
    }
    Node::new(Value::Mapping(map))
}

fn base64_lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    if encoded.len() <= LINE {
        return encoded;
    }
    let mut out = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for line in encoded.as_bytes().chunks(LINE) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out
}

/// Keys and contents: environment files, literals, files.
fn pairs(build: &mut Build<'_>, root: &Root, generator: &Generator) -> Result<Vec<(String, Vec<u8>)>> {
    let mut pairs = Vec::new();
    for name in &generator.envs {
        let (path, bytes) = build.files.read(&root.folder, name)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| KustomizeError::invalid(&path, "not a text file (invalid UTF-8)"))?;
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            if key.is_empty() {
                continue;
            }
            pairs.push((key.to_owned(), value.trim_end_matches('\r').as_bytes().to_vec()));
        }
    }
    for literal in &generator.literals {
        let (key, value) = literal
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| {
                KustomizeError::invalid(
                    &root.file,
                    format!("invalid literal source {literal}, expected key=value"),
                )
            })?;
        pairs.push((key.to_owned(), unquoted(value).as_bytes().to_vec()));
    }
    for file in &generator.files {
        let (key, name) = file_key(file).map_err(|message| KustomizeError::invalid(&root.file, message))?;
        let (_, bytes) = build.files.read(&root.folder, name)?;
        pairs.push((key, bytes));
    }
    Ok(pairs)
}

/// One pair of quotes around a value is taken off.
fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

fn file_key(file: &str) -> std::result::Result<(String, &str), String> {
    match file.matches('=').count() {
        0 => {
            let base = Path::new(file)
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            Ok((base.unwrap_or_default(), file))
        }
        1 => match file.split_once('=') {
            Some(("", _)) => Err(format!("missing key name for file path '{file}'")),
            Some((_, "")) => Err(format!("missing file path for key name '{file}'")),
            Some((key, path)) => Ok((key.to_owned(), path)),
            None => Err(String::new()),
        },
        _ => Err(format!("key name or file path contains '=': '{file}'")),
    }
}

/// Adds a generated object, or joins it with the one that it is meant to change.
fn absorb(
    files: &Files,
    root: &Root,
    state: &mut State,
    mut object: Object,
    generator: &Generator,
    options: &GeneratorOptions,
) -> Result<()> {
    let id = object.id();
    let found = state.objects.matching(&id);
    let failed = |message: String| Err(KustomizeError::invalid(&root.file, message));
    let joins = matches!(generator.behavior.as_str(), "merge" | "replace");
    let index = match (found.as_slice(), joins) {
        ([], true) => return failed(format!("id {id} does not exist; cannot merge or replace")),
        ([], false) => return state.objects.append(&root.file, object),
        ([_], false) => return failed(format!("id {id} exists; behavior must be merge or replace")),
        ([index], true) => *index,
        _ => return failed(format!("found multiple objects that could accept merge of {id}")),
    };
    state.objects.change(index, |old| {
        for field in ["labels", "annotations"] {
            let of = |node: &Node| {
                node.get("metadata")
                    .and_then(|metadata| metadata.get(field))
                    .cloned()
            };
            if let Some(mut joined) = joined(of(&old.node), of(&object.node)) {
                each_text(&mut joined, |value| literal(value, files));
                crate::object::set(&mut object.node, &["metadata", field], joined);
            }
        }
        if generator.behavior == "merge" {
            for field in ["data", "binaryData"] {
                let of = |node: &Node| node.get(field).cloned();
                if let Some(mut joined) = joined(of(&old.node), of(&object.node)) {
                    each_text(&mut joined, |value| {
                        if value.is_null() {
                            String::new()
                        } else {
                            literal(value, files)
                        }
                    });
                    crate::object::set(&mut object.node, &[field], joined);
                }
            }
        }
        object.set_name(&old.name());
        if !old.namespace().is_empty() {
            object.set_namespace(&old.namespace());
        }
        old.needs_hash = old.needs_hash && !options.disable_name_suffix_hash;
        old.node = object.node;
        // What is left of the old object are texts that were put together anew.
        old.is_rewritten = true;
        if generator.behavior == "replace" {
            old.origin = object.origin;
        }
    });
    Ok(())
}

/// A map with the keys of another over it.
fn joined(old: Option<Node>, new: Option<Node>) -> Option<Node> {
    let (Some(mut old), Some(new)) = (old.clone().filter(|old| !old.is_null()), new.clone()) else {
        return new.or(old);
    };
    if let (Some(map), Some(new)) = (old.as_mapping_mut(), new.as_mapping()) {
        for entry in new.entries() {
            match map.get_mut(&entry.key.text) {
                Some(value) => *value = entry.value.clone(),
                None => map.entries_mut().push(entry.clone()),
            }
        }
    }
    Some(old)
}

/// Data, labels and annotations are texts, whatever they were written as.
fn each_text(node: &mut Node, text: impl Fn(&Node) -> String) {
    if let Some(map) = node.as_mapping_mut() {
        for entry in map.entries_mut() {
            if !matches!(entry.value.value, Value::String(_)) {
                entry.value.value = Value::String(text(&entry.value).into());
            }
        }
    }
}
