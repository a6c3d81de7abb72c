//! Equality as `reflect.DeepEqual` has it: same types all the way down.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use crate::Value;

/// Deeper values are not compared.
const MAX_DEPTH: usize = 500;
/// Values that a fingerprint looks at.
const FINGERPRINT_NODES: usize = 256;

pub(crate) fn deep_equal(left: &Value, right: &Value) -> bool {
    Comparison::default().equal(left, right, MAX_DEPTH)
}

/// The pairs of lists and maps that were met. A pair that is met again differs nowhere, or the comparison ends where it
/// was met first: so values that hold themselves, and those that hold one list a million times, take no longer.
#[derive(Default)]
struct Comparison {
    met: HashSet<(usize, usize)>,
}

impl Comparison {
    #[expect(clippy::float_cmp, reason = "equal means equal, as in Go")]
    fn equal(&mut self, left: &Value, right: &Value, depth: usize) -> bool {
        if depth == 0 {
            return true;
        }
        match (left, right) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Int(left), Value::Int(right)) | (Value::Int64(left), Value::Int64(right)) => {
                left == right
            }
            (Value::Uint8(left), Value::Uint8(right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left == right,
            (Value::Complex(a, b), Value::Complex(c, d)) => a == c && b == d,
            (Value::String(left), Value::String(right)) | (Value::Bytes(left), Value::Bytes(right)) => {
                left == right
            }
            (Value::List(left), Value::List(right)) => {
                self.is_settled(left.identity(), right.identity())
                    || std::ptr::eq(left.class(), right.class())
                        && left.is_nil() == right.is_nil()
                        && left.items().len() == right.items().len()
                        && left
                            .items()
                            .iter()
                            .zip(right.items())
                            .all(|(left, right)| self.equal(left, right, depth - 1))
            }
            (Value::Map(left), Value::Map(right)) => {
                self.is_settled(left.identity(), right.identity())
                    || std::ptr::eq(left.class(), right.class()) && left.len() == right.len() && {
                        let (left, right) = (left.entries(), right.entries());
                        left.iter().zip(&right).all(|(left, right)| {
                            left.0 == right.0 && self.equal(&left.1, &right.1, depth - 1)
                        })
                    }
            }
            (Value::Object(left), Value::Object(right)) => {
                Rc::ptr_eq(left, right)
                    || left.type_name() == right.type_name() && left.print() == right.print()
            }
            _ => false,
        }
    }

    fn is_settled(&mut self, left: usize, right: usize) -> bool {
        left == right || !self.met.insert((left, right))
    }
}

/// A number that equal values share; it looks at the first parts of large ones only.
pub(crate) fn fingerprint(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut nodes = FINGERPRINT_NODES;
    add(value, &mut nodes, &mut hasher);
    hasher.finish()
}

fn add(value: &Value, nodes: &mut usize, hasher: &mut DefaultHasher) {
    let Some(left) = nodes.checked_sub(1) else {
        return;
    };
    *nodes = left;
    value.type_name().hash(hasher);
    match value {
        Value::Nil => {}
        Value::Bool(flag) => flag.hash(hasher),
        Value::Int(number) | Value::Int64(number) => number.hash(hasher),
        Value::Uint8(number) => number.hash(hasher),
        Value::Float(number) => add_float(*number, hasher),
        Value::Complex(real, imaginary) => {
            add_float(*real, hasher);
            add_float(*imaginary, hasher);
        }
        Value::String(text) | Value::Bytes(text) => text.as_bytes().hash(hasher),
        Value::List(list) => {
            list.items().len().hash(hasher);
            for item in list.items().iter().take(*nodes) {
                add(item, nodes, hasher);
            }
        }
        Value::Map(map) => {
            map.len().hash(hasher);
            for (key, item) in map.entries().into_iter().take(*nodes) {
                key.as_bytes().hash(hasher);
                add(&item, nodes, hasher);
            }
        }
        Value::Object(object) => object.print().hash(hasher),
    }
}

/// Both zeros are equal.
fn add_float(number: f64, hasher: &mut DefaultHasher) {
    (if number == 0.0 { 0.0 } else { number }).to_bits().hash(hasher);
}
