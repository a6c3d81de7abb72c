//! `images`.

use kubescape_yaml::{Node, Value};
use regex::Regex;

use crate::accumulate::{Root, State};
use crate::config::Image;
use crate::error::{KustomizeError, Result};
use crate::tables::TABLES;
use crate::walk::each_field;

pub(super) fn run(root: &Root, state: &mut State) -> Result<()> {
    let specs = state.fields.images.clone();
    for image in &root.config.images {
        let pattern = format!(
            r"^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$",
            image.name
        );
        let pattern = Regex::new(&pattern).map_err(|_| {
            KustomizeError::invalid(&root.file, format!("images: {:?} is no pattern", image.name))
        })?;
        let change = |node: &mut Node| {
            if let Some(text) = node.as_str().map(ToOwned::to_owned)
                && pattern.is_match(&text)
            {
                node.value = Value::String(changed(&text, image).into());
            }
        };
        for object in &mut state.objects.list {
            let gvk = object.gvk();
            if TABLES.skip.images.iter().any(|spec| gvk.fits(spec)) {
                continue;
            }
            containers(&mut object.node, &change);
            for spec in &specs {
                // A missing image is not made.
                let spec = crate::tables::FieldSpec {
                    create: false,
                    ..spec.clone()
                };
                each_field(&mut object.node, &gvk, &spec, &Value::Null, &mut |field| {
                    change(field);
                    Ok(())
                })
                .map_err(|message| KustomizeError::invalid(&root.file, message))?;
            }
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
