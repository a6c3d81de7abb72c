//! What the scanner cuts texts into.

use std::borrow::Cow;

use super::Mark;

#[derive(Debug)]
pub(crate) struct Token<'text> {
    pub(crate) kind: TokenKind<'text>,
    pub(crate) start: Mark,
    /// Offset just behind its last byte.
    pub(crate) end: usize,
}

/// The names of YAML 1.1; tokens without text (ends of blocks, keys without `?`) stand where the next one begins.
#[derive(Debug)]
pub(crate) enum TokenKind<'text> {
    StreamEnd,
    /// `%YAML`, and whether it asks for 1.1.
    Version(bool),
    TagDirective(Box<TagDirective<'text>>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'text str),
    Anchor(&'text str),
    Tag(Box<Tag<'text>>),
    Scalar {
        value: Cow<'text, str>,
        is_plain: bool,
    },
}

/// `%TAG`: what a handle stands for.
#[derive(Debug)]
pub(crate) struct TagDirective<'text> {
    pub(crate) handle: &'text str,
    pub(crate) prefix: Cow<'text, str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Tag<'text> {
    /// Empty for a tag that is written out.
    pub(crate) handle: &'text str,
    pub(crate) suffix: Cow<'text, str>,
}
