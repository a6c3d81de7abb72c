//! Tokens to events (the productions of YAML 1.1, section 4).

use std::borrow::Cow;
use std::collections::HashMap;

use super::scanner::Scanner;
use super::token::{Tag, TokenKind};
use super::{Collection, Event, EventKind, Mark, Scalar, Stage, SyntaxError};

/// Reads one event after the other. Nesting costs heap, never stack.
pub(crate) struct Parser<'text> {
    scanner: Scanner<'text>,
    state: State,
    /// What comes behind the nodes that are open.
    states: Vec<State>,
    /// Where the open collections begin.
    starts: Vec<Mark>,
    /// What handles of tags stand for.
    handles: HashMap<&'text str, Cow<'text, str>>,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A document, which the first one alone may be without `---`.
    FirstDocument,
    Document,
    /// Its content, unless it is empty.
    DocumentContent,
    /// Content that is there.
    Node,
    DocumentEnd,
    BlockSequence(Place),
    /// A list in a map that is indented no deeper than the map.
    IndentlessSequence,
    BlockMapping(Place),
    BlockMappingValue,
    FlowSequence(Place),
    /// The only entry of a map that stands in a list without braces, as in `[a: b]`.
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMapping(Place),
    FlowMappingValue,
    /// The value of a key without `:`.
    FlowMappingNoValue,
    StreamEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Next,
}

/// What may stand where a node is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Block,
    BlockOrIndentlessSequence,
    Flow,
}

/// What stands before the content of a node.
struct Properties<'text> {
    anchor: Option<&'text str>,
    tag: Option<Cow<'text, str>>,
    /// Offset just behind them.
    end: usize,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'text> Parser<'text> {
    /// `text` must have no byte order mark.
    pub(crate) fn new(text: &'text str) -> Self {
        Self {
            scanner: Scanner::new(text),
            state: State::FirstDocument,
            states: Vec::new(),
            starts: Vec::new(),
            handles: HashMap::new(),
        }
    }

    /// The next event. Behind the end of the stream there are ends without end.
    pub(crate) fn next_event(&mut self) -> Result<Event<'text>> {
        match self.state {
            State::FirstDocument => self.first_document(),
            State::Document => self.document(),
            State::DocumentContent => self.document_content(),
            State::Node => self.node(Context::Block),
            State::DocumentEnd => self.document_end(),
            State::BlockSequence(place) => self.block_sequence(place),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMapping(place) => self.block_mapping(place),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequence(place) => self.flow_sequence(place),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => self.flow_pair_end(),
            State::FlowMapping(place) => self.flow_mapping(place),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingNoValue => {
                let start = self.place()?.offset;
                Ok(self.nothing(start, State::FlowMapping(Place::Next)))
            }
            State::StreamEnd => self.event(EventKind::StreamEnd),
        }
    }

    fn first_document(&mut self) -> Result<Event<'text>> {
        if matches!(
            self.kind()?,
            TokenKind::Version(_)
                | TokenKind::TagDirective(_)
                | TokenKind::DocumentStart
                | TokenKind::StreamEnd
        ) {
            return self.document();
        }
        self.directives()?;
        self.states.push(State::DocumentEnd);
        self.state = State::Node;
        self.event(EventKind::DocumentStart)
    }

    fn document(&mut self) -> Result<Event<'text>> {
        if self.state == State::Document {
            while matches!(self.kind()?, TokenKind::DocumentEnd) {
                self.scanner.skip();
            }
        }
        if matches!(self.kind()?, TokenKind::StreamEnd) {
            self.state = State::StreamEnd;
            return self.event(EventKind::StreamEnd);
        }
        let start = self.place()?;
        self.directives()?;
        if !matches!(self.kind()?, TokenKind::DocumentStart) {
            return Err(error(
                "did not find expected <document start>",
                self.place()?,
                None,
            ));
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        self.take(EventKind::DocumentStart, start)
    }

    /// The directives before a document, and what handles mean without any.
    fn directives(&mut self) -> Result<()> {
        const DEFAULTS: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];
        let mut has_version = false;
        loop {
            let token = self.scanner.peek()?;
            let place = token.start;
            match &token.kind {
                TokenKind::Version(_) if has_version => {
                    return Err(error("found duplicate %YAML directive", place, None));
                }
                TokenKind::Version(false) => {
                    return Err(error("found incompatible YAML document", place, None));
                }
                TokenKind::Version(true) => has_version = true,
                TokenKind::TagDirective(directive) => {
                    let (handle, prefix) = (directive.handle, directive.prefix.clone());
                    if self.handles.insert(handle, prefix).is_some() {
                        return Err(error("found duplicate %TAG directive", place, None));
                    }
                }
                _ => break,
            }
            self.scanner.skip();
        }
        for (handle, prefix) in DEFAULTS {
            self.handles.entry(handle).or_insert(Cow::Borrowed(prefix));
        }
        Ok(())
    }

    fn document_content(&mut self) -> Result<Event<'text>> {
        match self.kind()? {
            TokenKind::Version(_)
            | TokenKind::TagDirective(_)
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                let start = self.place()?.offset;
                let next = self.leave();
                Ok(self.nothing(start, next))
            }
            _ => self.node(Context::Block),
        }
    }

    fn document_end(&mut self) -> Result<Event<'text>> {
        self.handles.clear();
        self.state = State::Document;
        let start = self.place()?;
        if matches!(self.kind()?, TokenKind::DocumentEnd) {
            return self.take(EventKind::DocumentEnd, start);
        }
        Ok(Event {
            kind: EventKind::DocumentEnd,
            start: start.offset,
            end: start.offset,
        })
    }

    /// A node, with its anchor and tag.
    fn node(&mut self, context: Context) -> Result<Event<'text>> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if let TokenKind::Alias(name) = token.kind {
            self.state = self.leave();
            return self.take(EventKind::Alias(name), start);
        }
        let properties = self.properties(start)?;
        self.content(context, start, properties)
    }

    /// The anchor and the tag of a node, in either order.
    fn properties(&mut self, node: Mark) -> Result<Properties<'text>> {
        let mut end = node.offset;
        let (mut anchor, mut tag) = (None, None);
        loop {
            let token = self.scanner.peek()?;
            match &token.kind {
                TokenKind::Anchor(name) if anchor.is_none() => anchor = Some(*name),
                TokenKind::Tag(of_node) if tag.is_none() => tag = Some((Tag::clone(of_node), token.start)),
                _ => break,
            }
            end = token.end;
            self.scanner.skip();
        }
        let tag = tag
            .map(|(tag, place)| self.resolve(tag, place, node))
            .transpose()?;
        Ok(Properties { anchor, tag, end })
    }

    /// What a node holds; nothing when its properties are all there is.
    fn content(
        &mut self,
        context: Context,
        start: Mark,
        properties: Properties<'text>,
    ) -> Result<Event<'text>> {
        let Properties { anchor, tag, end } = properties;
        let is_flow = matches!(
            self.kind()?,
            TokenKind::FlowSequenceStart | TokenKind::FlowMappingStart
        );
        let collection = Collection { anchor, is_flow };
        let token = self.scanner.peek()?;
        let token_end = token.end;
        let kind = match &mut token.kind {
            TokenKind::Scalar { value, is_plain } => {
                let (value, is_plain) = (std::mem::take(value), *is_plain);
                self.state = self.leave();
                self.scanner.skip();
                EventKind::Scalar(Scalar {
                    anchor,
                    tag,
                    value,
                    is_plain,
                })
            }
            TokenKind::BlockEntry if context == Context::BlockOrIndentlessSequence => {
                self.state = State::IndentlessSequence;
                EventKind::SequenceStart(collection)
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequence(Place::First);
                EventKind::SequenceStart(collection)
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMapping(Place::First);
                EventKind::MappingStart(collection)
            }
            TokenKind::BlockSequenceStart if context != Context::Flow => {
                self.state = State::BlockSequence(Place::First);
                EventKind::SequenceStart(collection)
            }
            TokenKind::BlockMappingStart if context != Context::Flow => {
                self.state = State::BlockMapping(Place::First);
                EventKind::MappingStart(collection)
            }
            _ if anchor.is_some() || tag.is_some() => {
                self.state = self.leave();
                let kind = EventKind::Scalar(Scalar {
                    anchor,
                    tag,
                    value: Cow::Borrowed(""),
                    is_plain: true,
                });
                return Ok(Event {
                    kind,
                    start: start.offset,
                    end,
                });
            }
            _ => {
                return Err(error(
                    "did not find expected node content",
                    token.start,
                    Some(start),
                ));
            }
        };
        Ok(Event {
            kind,
            start: start.offset,
            end: token_end,
        })
    }

    /// What a tag means.
    fn resolve(&self, tag: Tag<'text>, place: Mark, node: Mark) -> Result<Cow<'text, str>> {
        if tag.handle.is_empty() {
            return Ok(tag.suffix);
        }
        match self.handles.get(tag.handle) {
            Some(prefix) => Ok(Cow::Owned(format!("{prefix}{}", tag.suffix))),
            None => Err(error("found undefined tag handle", place, Some(node))),
        }
    }

    fn block_sequence(&mut self, place: Place) -> Result<Event<'text>> {
        self.enter(place)?;
        match self.kind()? {
            TokenKind::BlockEntry => {
                let end = self.skip()?;
                if matches!(self.kind()?, TokenKind::BlockEntry | TokenKind::BlockEnd) {
                    return Ok(self.nothing(end, State::BlockSequence(Place::Next)));
                }
                self.states.push(State::BlockSequence(Place::Next));
                self.node(Context::Block)
            }
            TokenKind::BlockEnd => self.close(EventKind::SequenceEnd),
            _ => Err(self.unexpected("did not find expected '-' indicator")?),
        }
    }

    fn indentless_sequence(&mut self) -> Result<Event<'text>> {
        if !matches!(self.kind()?, TokenKind::BlockEntry) {
            self.state = self.leave();
            return self.event(EventKind::SequenceEnd);
        }
        let end = self.skip()?;
        if matches!(
            self.kind()?,
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
        ) {
            return Ok(self.nothing(end, State::IndentlessSequence));
        }
        self.states.push(State::IndentlessSequence);
        self.node(Context::Block)
    }

    fn block_mapping(&mut self, place: Place) -> Result<Event<'text>> {
        self.enter(place)?;
        match self.kind()? {
            TokenKind::Key => {
                let end = self.skip()?;
                self.block_mapping_node(end, State::BlockMappingValue)
            }
            TokenKind::BlockEnd => self.close(EventKind::MappingEnd),
            _ => Err(self.unexpected("did not find expected key")?),
        }
    }

    fn block_mapping_value(&mut self) -> Result<Event<'text>> {
        let next = State::BlockMapping(Place::Next);
        if !matches!(self.kind()?, TokenKind::Value) {
            let start = self.place()?.offset;
            return Ok(self.nothing(start, next));
        }
        let end = self.skip()?;
        self.block_mapping_node(end, next)
    }

    /// A key or value behind its sign, which may have nothing behind it.
    fn block_mapping_node(&mut self, sign_end: usize, next: State) -> Result<Event<'text>> {
        if matches!(
            self.kind()?,
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
        ) {
            return Ok(self.nothing(sign_end, next));
        }
        self.states.push(next);
        self.node(Context::BlockOrIndentlessSequence)
    }

    fn flow_sequence(&mut self, place: Place) -> Result<Event<'text>> {
        let is_end = |kind: &TokenKind<'_>| matches!(kind, TokenKind::FlowSequenceEnd);
        self.flow_entry(place, is_end, "did not find expected ',' or ']'")?;
        match self.kind()? {
            TokenKind::FlowSequenceEnd => self.close(EventKind::SequenceEnd),
            TokenKind::Key => {
                self.state = State::FlowPairKey;
                let start = self.place()?;
                let pair = Collection {
                    anchor: None,
                    is_flow: true,
                };
                self.take(EventKind::MappingStart(pair), start)
            }
            _ => {
                self.states.push(State::FlowSequence(Place::Next));
                self.node(Context::Flow)
            }
        }
    }

    /// Goes to the next entry of a collection in brackets, or to its end, which may stand behind a comma.
    fn flow_entry(
        &mut self,
        place: Place,
        is_end: fn(&TokenKind<'_>) -> bool,
        problem: &'static str,
    ) -> Result<()> {
        self.enter(place)?;
        if place == Place::First || is_end(self.kind()?) {
            return Ok(());
        }
        if !matches!(self.kind()?, TokenKind::FlowEntry) {
            return Err(self.unexpected(problem)?);
        }
        self.scanner.skip();
        Ok(())
    }

    fn flow_pair_key(&mut self) -> Result<Event<'text>> {
        if matches!(
            self.kind()?,
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd
        ) {
            // As in Go's decoders, which pass over what ends the empty key.
            let end = self.skip()?;
            return Ok(self.nothing(end, State::FlowPairValue));
        }
        self.states.push(State::FlowPairValue);
        self.node(Context::Flow)
    }

    fn flow_pair_value(&mut self) -> Result<Event<'text>> {
        if matches!(self.kind()?, TokenKind::Value) {
            self.scanner.skip();
            if !matches!(self.kind()?, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::FlowPairEnd);
                return self.node(Context::Flow);
            }
        }
        let start = self.place()?.offset;
        Ok(self.nothing(start, State::FlowPairEnd))
    }

    fn flow_pair_end(&mut self) -> Result<Event<'text>> {
        self.state = State::FlowSequence(Place::Next);
        self.event(EventKind::MappingEnd)
    }

    fn flow_mapping(&mut self, place: Place) -> Result<Event<'text>> {
        let is_end = |kind: &TokenKind<'_>| matches!(kind, TokenKind::FlowMappingEnd);
        self.flow_entry(place, is_end, "did not find expected ',' or '}'")?;
        match self.kind()? {
            TokenKind::FlowMappingEnd => self.close(EventKind::MappingEnd),
            TokenKind::Key => {
                self.scanner.skip();
                self.flow_mapping_node(State::FlowMappingValue)
            }
            _ => {
                self.states.push(State::FlowMappingNoValue);
                self.node(Context::Flow)
            }
        }
    }

    fn flow_mapping_value(&mut self) -> Result<Event<'text>> {
        let next = State::FlowMapping(Place::Next);
        if matches!(self.kind()?, TokenKind::Value) {
            self.scanner.skip();
            return self.flow_mapping_node(next);
        }
        let start = self.place()?.offset;
        Ok(self.nothing(start, next))
    }

    /// A key or value, which may be left out.
    fn flow_mapping_node(&mut self, next: State) -> Result<Event<'text>> {
        let is_nothing = match self.kind()? {
            TokenKind::FlowEntry | TokenKind::FlowMappingEnd => true,
            TokenKind::Value => next == State::FlowMappingValue,
            _ => false,
        };
        if is_nothing {
            let start = self.place()?.offset;
            return Ok(self.nothing(start, next));
        }
        self.states.push(next);
        self.node(Context::Flow)
    }

    fn kind(&mut self) -> Result<&TokenKind<'text>> {
        Ok(&self.scanner.peek()?.kind)
    }

    fn place(&mut self) -> Result<Mark> {
        Ok(self.scanner.peek()?.start)
    }

    /// Passes a token, and gives where it ends.
    fn skip(&mut self) -> Result<usize> {
        let end = self.scanner.peek()?.end;
        self.scanner.skip();
        Ok(end)
    }

    /// The event of the next token, which stays.
    fn event(&mut self, kind: EventKind<'text>) -> Result<Event<'text>> {
        let token = self.scanner.peek()?;
        Ok(Event {
            kind,
            start: token.start.offset,
            end: token.end,
        })
    }

    /// The event that the next token ends.
    fn take(&mut self, kind: EventKind<'text>, start: Mark) -> Result<Event<'text>> {
        Ok(Event {
            kind,
            start: start.offset,
            end: self.skip()?,
        })
    }

    /// A node that nothing wrote.
    fn nothing(&mut self, start: usize, next: State) -> Event<'text> {
        self.state = next;
        Event {
            kind: EventKind::Scalar(Scalar {
                anchor: None,
                tag: None,
                value: Cow::Borrowed(""),
                is_plain: true,
            }),
            start,
            end: start,
        }
    }

    /// Goes into a collection at its first token.
    fn enter(&mut self, place: Place) -> Result<()> {
        if place == Place::First {
            let start = self.place()?;
            self.starts.push(start);
            self.scanner.skip();
        }
        Ok(())
    }

    /// Goes out of a collection at its last token.
    fn close(&mut self, kind: EventKind<'text>) -> Result<Event<'text>> {
        self.state = self.leave();
        self.starts.pop();
        let start = self.place()?;
        self.take(kind, start)
    }

    /// What comes behind the node that ends.
    fn leave(&mut self) -> State {
        self.states.pop().unwrap_or(State::StreamEnd)
    }

    /// The error that the next token is none of those that may stand in the open collection.
    fn unexpected(&mut self, problem: &'static str) -> Result<SyntaxError> {
        let start = self.starts.pop();
        Ok(error(problem, self.place()?, start))
    }
}

fn error(problem: &'static str, place: Mark, context: Option<Mark>) -> SyntaxError {
    SyntaxError {
        problem,
        place,
        context,
        stage: Stage::Parser,
    }
}
