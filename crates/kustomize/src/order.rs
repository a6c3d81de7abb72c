//! The order of the output.

use crate::config::SortOptions;
use crate::object::Object;
use crate::tables::{KindOrder, TABLES};

/// Sorts objects as the outermost kustomization asks for.
pub(crate) fn sort(objects: &mut [Object], options: Option<&SortOptions>) -> Result<(), String> {
    let order = match options {
        None => &TABLES.legacy_sort,
        Some(options) => match options.order.as_str() {
            "fifo" if options.legacy_sort_options.is_some() => {
                return Err(
                    "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'"
                        .to_owned(),
                );
            }
            "fifo" => return Ok(()),
            "legacy" => options
                .legacy_sort_options
                .as_ref()
                .unwrap_or(&TABLES.legacy_sort),
            _ => return Err("the field 'sortOptions.order' must be one of [fifo, legacy]".to_owned()),
        },
    };
    objects.sort_by_cached_key(|object| {
        let id = object.id();
        let or = |part: &str, none: &str| {
            if part.is_empty() {
                none.to_owned()
            } else {
                part.to_owned()
            }
        };
        let gvk = format!(
            "{}_{}_{}",
            or(&id.gvk.group, "~G"),
            or(&id.gvk.version, "~V"),
            or(&id.gvk.kind, "~K")
        );
        let name = format!("{}|{}|{}", id.gvk, or(&id.namespace, "~X"), or(&id.name, "~N"));
        (rank(order, &id.gvk.kind), gvk, name)
    });
    Ok(())
}

fn rank(order: &KindOrder, kind: &str) -> i64 {
    let place = |kinds: &[String]| kinds.iter().position(|known| known == kind);
    let number = |index: usize| i64::try_from(index).unwrap_or(i64::MAX);
    match (place(&order.order_first), place(&order.order_last)) {
        (Some(index), _) => number(index) - number(order.order_first.len()),
        (None, Some(index)) => number(index) + 1,
        (None, None) => 0,
    }
}
