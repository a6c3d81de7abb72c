//! The syntax of YAML 1.1: texts to events, as Go's decoders read them.
//!
//! The scanner cuts a text into tokens, the parser puts tokens together to events. Scalars that stand in one line are
//! parts of the text, not copies. Where Go's decoders leave the specification so does this: a single line of 1,024
//! characters may hold a key, `:` before a bracket belongs to a plain scalar, `\'` is an escape and `\/` is none. The
//! problems have the wording that users of Go's tools know.

mod block;
mod characters;
mod cursor;
mod directive;
mod fold;
mod parser;
mod plain;
mod quoted;
mod scanner;
mod tag;
mod token;

use std::borrow::Cow;

pub(crate) use parser::Parser;
pub(crate) use scanner::Scanner;
pub(crate) use token::{Token, TokenKind};

/// What a text consists of, with the bytes that wrote it.
#[derive(Debug)]
pub(crate) struct Event<'text> {
    pub(crate) kind: EventKind<'text>,
    /// Offset of the first byte.
    pub(crate) start: usize,
    /// Offset just behind the last byte.
    pub(crate) end: usize,
}

#[derive(Debug)]
pub(crate) enum EventKind<'text> {
    DocumentStart,
    DocumentEnd,
    StreamEnd,
    /// The name of an anchor.
    Alias(&'text str),
    Scalar(Scalar<'text>),
    SequenceStart(Collection<'text>),
    SequenceEnd,
    MappingStart(Collection<'text>),
    MappingEnd,
}

#[derive(Debug)]
pub(crate) struct Scalar<'text> {
    pub(crate) anchor: Option<&'text str>,
    /// With its handle resolved: `tag:yaml.org,2002:str`, `!own`, or `!`.
    pub(crate) tag: Option<Cow<'text, str>>,
    pub(crate) value: Cow<'text, str>,
    /// Without quotes, and no block.
    pub(crate) is_plain: bool,
}

#[derive(Debug)]
pub(crate) struct Collection<'text> {
    pub(crate) anchor: Option<&'text str>,
    /// In brackets.
    pub(crate) is_flow: bool,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) offset: usize,
    /// From 0.
    pub(crate) line: usize,
}

/// Why a text is no YAML.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SyntaxError {
    pub(crate) problem: &'static str,
    pub(crate) place: Mark,
    /// Where what is wrong began.
    pub(crate) context: Option<Mark>,
    pub(crate) stage: Stage,
}

/// What has found an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It knows offsets, no lines.
    Reader,
    Scanner,
    Parser,
}
