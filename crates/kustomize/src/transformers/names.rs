//! `namePrefix` and `nameSuffix`.

use crate::accumulate::{Root, State};
use crate::object::Object;
use crate::tables::TABLES;

pub(super) fn run(root: &Root, state: &mut State) {
    let (prefix, suffix) = (&root.config.name_prefix, &root.config.name_suffix);
    if !prefix.is_empty() {
        change(state, |object| {
            object.prefixes.push(prefix.clone());
            let name = format!("{prefix}{}", object.name());
            object.set_name(&name);
        });
    }
    if !suffix.is_empty() {
        change(state, |object| {
            object.suffixes.push(suffix.clone());
            let name = format!("{}{suffix}", object.name());
            object.set_name(&name);
        });
    }
}

fn change(state: &mut State, rename: impl Fn(&mut Object)) {
    for object in &mut state.objects.list {
        let gvk = object.original_id().gvk;
        let is_skipped = TABLES.skip.name_prefix_suffix.iter().any(|spec| gvk.fits(spec));
        object.remember();
        if !is_skipped {
            rename(object);
        }
    }
}
