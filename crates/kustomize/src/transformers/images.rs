//! `images`.

use std::path::Path;

use kubescape_yaml::{Node, Value};

use crate::accumulate::State;
use crate::config::Image;
use crate::error::{KustomizeError, Result};
use crate::object::scalar_text;
use crate::patterns;
use crate::tables::{FieldSpec, TABLES};
use crate::walk::each_field;

/// Changes the images that a rule names, in all containers and in the fields of a table.
pub(crate) fn run(path: &Path, state: &mut State, image: &Image, specs: &[FieldSpec]) -> Result<()> {
    let pattern = format!(
        r"^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$",
        image.name
    );
    let pattern = patterns::compile(&pattern).map_err(|_| {
        KustomizeError::invalid(path, format!("images: name {:?} is no valid pattern", image.name))
    })?;
    let change = |node: &mut Node| {
        let text = scalar_text(node);
        if pattern.is_match(&text) {
            node.value = Value::String(changed(&text, image).into());
        }
    };
    // A missing image is not made.
    let specs: Vec<FieldSpec> = specs
        .iter()
        .map(|spec| FieldSpec {
            create: false,
            ..spec.clone()
        })
        .collect();
    for object in state.objects.all_mut() {
        let gvk = object.gvk();
        if TABLES.skip.images.iter().any(|spec| gvk.fits(spec)) {
            continue;
        }
        containers(&mut object.node, &change);
        for spec in &specs {
            each_field(&mut object.node, &gvk, spec, &Value::Null, &mut |field| {
                change(field);
                Ok(())
            })
            .map_err(|message| KustomizeError::invalid(path, format!("images: {message}")))?;
        }
    }
    Ok(())
}

/// Images of everything that is called containers, at any depth.
fn containers(node: &mut Node, change: &dyn Fn(&mut Node)) {
    match &mut node.value {
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                let is_list = matches!(&*entry.key.text, "containers" | "initContainers");
                if let (true, Value::Sequence(items)) = (is_list, &mut entry.value.value) {
                    for item in items {
                        if let Some(image) = item.as_mapping_mut().and_then(|map| map.get_mut("image")) {
                            change(image);
                        }
                    }
                }
                containers(&mut entry.value, change);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| containers(item, change)),
        _ => {}
    }
}

fn changed(text: &str, image: &Image) -> String {
    let (name, tag, digest) = split(text);
    let name = if image.new_name.is_empty() {
        name
    } else {
        &image.new_name
    };
    let (new_tag, new_digest) = (&image.new_tag, &image.digest);
    if !new_tag.is_empty() && !new_digest.is_empty() {
        return format!("{name}:{new_tag}@{new_digest}");
    }
    if !new_tag.is_empty() {
        return format!("{name}:{new_tag}");
    }
    if !new_digest.is_empty() {
        return format!("{name}@{new_digest}");
    }
    if !image.tag_suffix.is_empty() {
        return format!("{name}:{tag}{}", image.tag_suffix);
    }
    let tag = if tag.is_empty() {
        String::new()
    } else {
        format!(":{tag}")
    };
    let digest = if digest.is_empty() {
        String::new()
    } else {
        format!("@{digest}")
    };
    format!("{name}{tag}{digest}")
}

/// Name, tag and digest: a colon before the first slash belongs to the registry.
fn split(text: &str) -> (&str, &str, &str) {
    let (before, digest) = text.split_once('@').unwrap_or((text, ""));
    let slash = before.find('/').unwrap_or(0);
    match before.get(slash..).and_then(|rest| rest.find(':')) {
        Some(colon) => {
            let (name, tag) = before.split_at(slash + colon);
            (name, tag.trim_start_matches(':'), digest)
        }
        None => (before, "", digest),
    }
}
