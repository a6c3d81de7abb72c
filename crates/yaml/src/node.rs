//! The value tree: a JSON-like value in which every node knows the bytes of the file that wrote it.

use std::sync::Arc;

/// Byte range `start..end` in the text that a node was read from.
///
/// 32 bits are enough: a file over [`crate::Limits::file_bytes`] (far below 4 GiB) is never parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just behind the last byte.
    pub end: u32,
}

/// A value and where it stands in its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its bytes in the file; empty for nodes that no file wrote.
    pub span: Span,
}

/// A YAML or JSON value with the types that Go's decoders give.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer that fits 64 signed bits.
    Int(i64),
    /// An integer over `i64::MAX` that fits 64 unsigned bits.
    UInt(u64),
    /// A floating point number; may be infinite or not a number in YAML.
    Float(f64),
    /// A JSON number kept as it was written because no other variant would write it back the same.
    Number(Box<str>),
    /// A string.
    String(Arc<str>),
    /// A list.
    Sequence(Vec<Node>),
    /// A map, in the order of the file.
    Mapping(Mapping),
}
