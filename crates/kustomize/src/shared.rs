//! Values that several fields of an object share: a label that one transformer puts into several fields is one value
//! there, and whatever changes it in place later changes it in all of them.
//!
//! A shared value is known by a span without a start, which no file gives; its end is the number of the value.

use std::collections::HashMap;

use kubescape_yaml::{Node, Span, Value};

use crate::object::Object;

/// A value that fields are going to share.
pub(crate) fn new(object: &mut Object, text: &str) -> Node {
    object.shared += 1;
    Node {
        value: Value::String(text.into()),
        span: Span {
            start: 0,
            end: object.shared,
        },
    }
}

/// Runs a change of an object, and takes what it did to shared values to all their places.
pub(crate) fn through<T>(object: &mut Object, change: impl FnOnce(&mut Object) -> T) -> T {
    let mut before = HashMap::new();
    if object.shared > 0 {
        collect(&object.node, &mut before);
    }
    let result = change(object);
    if before.is_empty() {
        return result;
    }
    let mut changed = HashMap::new();
    differing(&object.node, &before, &mut changed);
    if !changed.is_empty() {
        settle(&mut object.node, &changed);
    }
    result
}

/// No value is shared any longer.
pub(crate) fn forget(object: &mut Object) {
    if object.shared > 0 {
        object.shared = 0;
        clear(&mut object.node);
    }
}

fn number(node: &Node) -> Option<u32> {
    (node.span.start == 0 && node.span.end > 0).then_some(node.span.end)
}

fn collect(node: &Node, found: &mut HashMap<u32, Value>) {
    match &node.value {
        Value::Mapping(map) => map.iter().for_each(|(_, value)| collect(value, found)),
        Value::Sequence(items) => items.iter().for_each(|item| collect(item, found)),
        value => {
            if let Some(number) = number(node) {
                found.insert(number, value.clone());
            }
        }
    }
}

fn differing(node: &Node, before: &HashMap<u32, Value>, changed: &mut HashMap<u32, Value>) {
    match &node.value {
        Value::Mapping(map) => map
            .iter()
            .for_each(|(_, value)| differing(value, before, changed)),
        Value::Sequence(items) => items.iter().for_each(|item| differing(item, before, changed)),
        value => {
            if let Some(number) = number(node)
                && before.get(&number).is_some_and(|old| old != value)
            {
                changed.insert(number, value.clone());
            }
        }
    }
}

fn settle(node: &mut Node, changed: &HashMap<u32, Value>) {
    let own = number(node).and_then(|number| changed.get(&number));
    match &mut node.value {
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                settle(&mut entry.value, changed);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| settle(item, changed)),
        value => {
            if let Some(own) = own {
                *value = own.clone();
            }
        }
    }
}

/// Nothing within a node that goes elsewhere is shared any longer.
pub(crate) fn clear(node: &mut Node) {
    if number(node).is_some() {
        node.span = Span::default();
    }
    match &mut node.value {
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                clear(&mut entry.value);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(clear),
        _ => {}
    }
}

/// The patch's value in place of an old one, which stays shared if it was.
pub(crate) fn replaced(old: &Node, new: &Node) -> Node {
    let mut node = new.clone();
    if number(old).is_some() {
        node.span = old.span;
    }
    node
}
