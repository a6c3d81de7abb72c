//! Events to nodes, without recursion: nesting costs heap, never stack.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Chain, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use libyaml_safer::{
    Error, ErrorKind, Event, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle,
};

use crate::mapping::{Entry, Key, KeyKind};
use crate::quotes;
use crate::scalar::{self, Profile, Style};
use crate::stream::{check_size, span};
use crate::{Limits, LineIndex, Mapping, Node, Position, Span, Value, YamlError};

/// Reads one document after the other from a text.
pub(crate) struct Composer<'text> {
    parser: Parser<Input<'text>>,
    text: &'text str,
    /// The text with stand-ins, when the parser needs some.
    hidden: Option<String>,
    /// Bytes that were read again because of them.
    reread: usize,
    /// What stopped the parser, when a stand-in may help it on.
    stop: Option<Stop>,
    /// What stands for colons that the parser does not expect.
    colon: Option<char>,
    /// Documents that are done.
    documents: usize,
    /// Where the last of them ends.
    end: usize,
    profile: Profile,
    limits: &'text Limits,
    /// Added to every span: where the text starts in its file.
    base: usize,
    keys: HashSet<Arc<str>>,
    /// Keys that are no strings, as they were written, by their place.
    written: HashMap<u32, Arc<str>>,
}

type Input<'text> = BufReader<Chain<Cursor<Cow<'text, [u8]>>, &'static [u8]>>;

/// What stops the parser though Go's decoders know it, with its place.
enum Stop {
    Escape(usize),
    Colon(usize),
}

/// What one document collects.
#[derive(Default)]
struct DocumentState {
    stack: Vec<Frame>,
    anchors: HashMap<String, Anchored>,
    /// Nodes that aliases have added.
    expanded: usize,
    root: Option<Node>,
}

/// An anchored node, ready to be copied.
struct Anchored {
    node: Node,
    key: Option<Key>,
    nodes: usize,
}

/// A list or map that is still open.
struct Frame {
    start: usize,
    anchor: Option<String>,
    /// Nodes below it.
    nodes: usize,
    flow: bool,
    content: Content,
}

#[expect(
    clippy::large_enum_variant,
    reason = "one for each open list or map, of which few are open at once"
)]
enum Content {
    Sequence(Vec<Node>),
    Mapping(OpenMapping),
}

#[derive(Default)]
struct OpenMapping {
    entries: Vec<Entry>,
    pending: Option<Pending>,
    merges: Vec<Node>,
    seen: Seen,
    /// Keys that are no strings, as what they mean: Go's maps know each once.
    typed: HashSet<(KeyKind, Arc<str>)>,
    /// Where each key stands, from the first duplicate on.
    places: HashMap<(KeyKind, Arc<str>), usize>,
}

enum Pending {
    /// A key, and whether the map has it already.
    Key(Key, bool),
    Merge(Span),
}

/// Key texts as they were written, to find duplicates without comparing each with each.
#[derive(Default)]
struct Seen {
    few: Vec<(Arc<str>, usize)>,
    many: HashMap<Arc<str>, usize>,
}

impl Seen {
    /// Remembers a key; gives the place of an earlier one with the same text.
    fn insert(&mut self, text: &Arc<str>, offset: usize) -> Option<usize> {
        const FEW: usize = 16;
        if self.few.len() < FEW {
            let earlier = self
                .few
                .iter()
                .find(|(known, _)| known == text)
                .map(|(_, offset)| *offset);
            self.few.push((Arc::clone(text), offset));
            return earlier;
        }
        if self.many.is_empty() {
            self.many.extend(self.few.iter().cloned());
        }
        self.many.insert(Arc::clone(text), offset)
    }
}

/// Bytes that the parser is given at once.
const PIECE: usize = 16 << 10;

impl<'text> Composer<'text> {
    pub(crate) fn new(text: &'text str, profile: Profile, limits: &'text Limits) -> Result<Self, YamlError> {
        check_size(text, limits)?;
        // The parser skips a byte order mark without counting it.
        let (base, text) = text
            .strip_prefix('\u{feff}')
            .map_or((0, text), |rest| ('\u{feff}'.len_utf8(), rest));
        Ok(Self {
            parser: parser(Cow::Borrowed(text)),
            text,
            hidden: None,
            reread: 0,
            stop: None,
            colon: None,
            documents: 0,
            end: 0,
            profile,
            limits,
            base,
            keys: HashSet::new(),
            written: HashMap::new(),
        })
    }

    /// Counts spans from this offset.
    pub(crate) fn starting_at(mut self, base: usize) -> Self {
        self.base += base;
        self
    }

    /// The next document; `None` at the end of the text.
    pub(crate) fn document(&mut self) -> Result<Option<Node>, YamlError> {
        loop {
            match self.next_document() {
                Err(_) if self.read_again() => {}
                result => {
                    self.documents += 1;
                    return result;
                }
            }
        }
    }

    /// Starts over with a stand-in for what stopped the parser; false when no stand-in helps it on.
    fn read_again(&mut self) -> bool {
        const MOST: usize = 64 << 20;
        let Some(stop) = self.stop.take() else {
            return false;
        };
        self.reread += self.text.len();
        if self.reread > MOST.max(self.text.len()) || quotes::is_ambiguous(self.text) {
            return false;
        }
        let text = self.hidden.as_deref().unwrap_or(self.text);
        let hidden = match stop {
            Stop::Escape(place) => quotes::hide(text, place),
            Stop::Colon(place) => quotes::hide_colon(text, place, self.colon).map(|(hidden, stand_in)| {
                self.colon = Some(stand_in);
                hidden
            }),
        };
        let Some(hidden) = hidden else {
            return false;
        };
        self.parser = parser(Cow::Owned(hidden.clone()));
        self.hidden = Some(hidden);
        let mut done = 0;
        while done < self.documents {
            match self.next_event() {
                Ok(event) => done += usize::from(matches!(event.data, EventData::DocumentEnd { .. })),
                Err(_) => return false,
            }
        }
        true
    }

    /// Where the last document ends, in the text without a byte order mark.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// What a document means comes after its syntax: where both are wrong, the syntax is told. Bounds end all reading.
    fn next_document(&mut self) -> Result<Option<Node>, YamlError> {
        let mut is_final = false;
        let result = self.compose(&mut is_final);
        if result.is_err() && !is_final {
            while !matches!(
                self.next_event()?.data,
                EventData::DocumentEnd { .. } | EventData::StreamEnd
            ) {}
        }
        result
    }

    fn compose(&mut self, is_final: &mut bool) -> Result<Option<Node>, YamlError> {
        let mut state = DocumentState::default();
        loop {
            *is_final = true;
            let event = self.next_event()?;
            *is_final = false;
            let cut_off = offset(event.end_mark) > self.text.len();
            let (start, end) = (self.offset(event.start_mark), self.offset(event.end_mark));
            match event.data {
                EventData::StreamStart { .. } => {}
                EventData::StreamEnd => return Ok(None),
                EventData::DocumentStart {
                    version_directive, ..
                } => {
                    if version_directive.is_some_and(|version| (version.major, version.minor) != (1, 1)) {
                        return Err(self.error(start, "the document asks for another YAML version than 1.1"));
                    }
                }
                EventData::DocumentEnd { .. } => {
                    self.end = end;
                    return Ok(Some(state.root.unwrap_or_default()));
                }
                EventData::Alias { anchor } => {
                    let is_known = state.anchors.contains_key(&anchor);
                    let result = self.alias(&mut state, &anchor, start, end);
                    *is_final = !is_known || state.expanded > self.limits.alias_nodes;
                    result?;
                }
                EventData::Scalar { style, .. } => {
                    if style == ScalarStyle::Plain
                        && let Some(error) = self.question(&state, start, end)
                    {
                        *is_final = true;
                        return Err(error);
                    }
                    self.scalar(&mut state, event, start, end, cut_off)?;
                }
                EventData::SequenceStart { anchor, style, .. } => {
                    *is_final = true;
                    let flow = style == SequenceStyle::Flow;
                    self.open(&mut state, Content::Sequence(Vec::new()), anchor, start, flow)?;
                }
                EventData::MappingStart { anchor, style, .. } => {
                    *is_final = true;
                    let flow = style == MappingStyle::Flow;
                    self.open(
                        &mut state,
                        Content::Mapping(OpenMapping::default()),
                        anchor,
                        start,
                        flow,
                    )?;
                }
                EventData::SequenceEnd | EventData::MappingEnd => self.close(&mut state, end)?,
            }
        }
    }

    /// The parser panics on a few texts that it does not expect (`[!,`): for us they are errors like others.
    fn next_event(&mut self) -> Result<Event, YamlError> {
        match catch_unwind(AssertUnwindSafe(|| self.parser.parse())) {
            Ok(event) => event.map_err(|error| {
                let place = error.problem_mark().map(offset);
                self.stop = match error.problem() {
                    "found unknown escape character" => place.map(Stop::Escape),
                    "found unexpected ':'" => place.map(Stop::Colon),
                    _ => None,
                };
                self.syntax_error(&error)
            }),
            Err(_) => Err(YamlError::new(
                Position::default(),
                "the document cannot be parsed; does it use unusual tags?",
            )),
        }
    }

    fn open(
        &self,
        state: &mut DocumentState,
        content: Content,
        anchor: Option<String>,
        start: usize,
        flow: bool,
    ) -> Result<(), YamlError> {
        if state.stack.len() >= self.limits.depth {
            let message = format!("nested deeper than {} levels", self.limits.depth);
            return Err(self.error(start, message));
        }
        state.stack.push(Frame {
            start,
            anchor,
            nodes: 1,
            flow,
            content,
        });
        Ok(())
    }

    fn close(&mut self, state: &mut DocumentState, end: usize) -> Result<(), YamlError> {
        let Some(frame) = state.stack.pop() else {
            return Ok(());
        };
        let value = match frame.content {
            Content::Sequence(mut items) => {
                items.shrink_to_fit();
                Value::Sequence(items)
            }
            Content::Mapping(open) => Value::Mapping(self.merge(open)),
        };
        // A block ends where the next one starts; its last child tells where its own text ends.
        let end = if frame.flow {
            end + self.base
        } else {
            last_end(&value).unwrap_or(end + self.base)
        };
        let node = Node {
            value,
            span: span(frame.start + self.base, end),
        };
        if expects_key(state) {
            return Err(self.bad_key(&node, frame.start));
        }
        self.add(state, node, None, frame.anchor, frame.nodes)
    }

    /// A plain scalar of a flow collection ends before a question mark for Go's decoders, and nothing may follow it.
    fn question(&self, state: &DocumentState, start: usize, end: usize) -> Option<YamlError> {
        let frame = state.stack.last().filter(|frame| frame.flow)?;
        let text = self.text.get(start..end)?;
        let place = start + text.find('?').filter(|place| *place > 0)?;
        let closing = match frame.content {
            Content::Sequence(_) => ']',
            Content::Mapping(_) => '}',
        };
        let index = LineIndex::new(self.text);
        let line_of = |offset| index.position(offset).line.saturating_sub(1);
        let expected = format!("did not find expected ',' or '{closing}'");
        let go = match (line_of(place), line_of(frame.start)) {
            (0, 0) => expected.clone(),
            (0, line) | (line, _) => format!("line {line}: {expected}"),
        };
        let message = format!("{expected}; quote texts with a question mark");
        Some(self.error(place, message).with_go(go))
    }

    /// `cut_off`: the end of the text ends the scalar.
    fn scalar(
        &mut self,
        state: &mut DocumentState,
        event: Event,
        start: usize,
        end: usize,
        cut_off: bool,
    ) -> Result<(), YamlError> {
        let EventData::Scalar {
            anchor,
            tag,
            mut value,
            plain_implicit,
            style,
            ..
        } = event.data
        else {
            return Ok(());
        };
        if cut_off
            && matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
            && value.ends_with('\n')
            && owes_line_end(self.text.get(start..).unwrap_or_default())
        {
            value.pop();
        }
        if self.hidden.is_some() && style == ScalarStyle::DoubleQuoted {
            value = quotes::restore(value);
        }
        if let Some(stand_in) = self.colon
            && style == ScalarStyle::Plain
        {
            value = quotes::restore_colons(value, stand_in);
        }
        if style == ScalarStyle::DoubleQuoted
            && has_slash_escape(self.text.get(start..end).unwrap_or_default())
        {
            return Err(self.error(start, "`\\/` is no escape that YAML 1.1 knows; write `/`"));
        }
        let style = if style == ScalarStyle::Plain {
            Style::Plain
        } else {
            Style::Quoted
        };
        let bare_tag = style == Style::Plain && has_bare_tag(self.text.get(start..end).unwrap_or_default());
        let tag = tag
            .as_deref()
            .filter(|_| !plain_implicit || style == Style::Quoted)
            .or(bare_tag.then_some("!"));
        let place = span(start + self.base, end + self.base);
        let as_key = expects_key(state);
        if as_key && scalar::is_merge(&value, tag, style) {
            return self.merge_key(state, place, start);
        }
        let raw = if as_key { Some(self.intern(&value)) } else { None };
        let resolved =
            scalar::resolve(value, tag, style, self.profile).map_err(|message| self.error(start, message))?;
        let node = Node {
            value: resolved,
            span: place,
        };
        let Some(raw) = raw else {
            return self.add(state, node, None, anchor, 1);
        };
        let key = self.key(&node, &raw, start)?;
        if key.kind != KeyKind::String {
            self.written.insert(key.span.start, Arc::clone(&raw));
        }
        self.add(state, node, Some((key, raw)), anchor, 1)
    }

    fn alias(
        &mut self,
        state: &mut DocumentState,
        name: &str,
        start: usize,
        end: usize,
    ) -> Result<(), YamlError> {
        let Some(anchored) = state.anchors.get(name) else {
            let message = format!("the anchor {name:?} is not defined above");
            return Err(self
                .error(start, message)
                .with_go(format!("unknown anchor '{name}' referenced")));
        };
        state.expanded += anchored.nodes;
        if state.expanded > self.limits.alias_nodes {
            let message = format!(
                "aliases expand to more than {} nodes; write the values out or split the document",
                self.limits.alias_nodes
            );
            return Err(self.error(start, message));
        }
        let (mut node, nodes, key) = (anchored.node.clone(), anchored.nodes, anchored.key.clone());
        node.span = span(start + self.base, end + self.base);
        if !expects_key(state) {
            return self.add(state, node, None, None, nodes);
        }
        let raw = match (&key, &node.value) {
            (Some(key), _) => Arc::clone(&key.text),
            (None, Value::Sequence(_) | Value::Mapping(_)) => return Err(self.bad_key(&node, start)),
            (None, _) => self.intern(&scalar::go_text(&node.value)),
        };
        let key = self.key(&node, &raw, start)?;
        self.add(state, node, Some((key, raw)), None, nodes)
    }

    fn merge_key(&self, state: &mut DocumentState, place: Span, start: usize) -> Result<(), YamlError> {
        let Some(Frame {
            content: Content::Mapping(open),
            ..
        }) = state.stack.last_mut()
        else {
            return Ok(());
        };
        let raw: Arc<str> = "<<".into();
        if let Some(earlier) = open.seen.insert(&raw, start)
            && self.profile == Profile::GoYamlV3
        {
            return Err(self.duplicate(&raw, start, earlier));
        }
        open.pending = Some(Pending::Merge(place));
        Ok(())
    }

    /// Puts a finished node where it belongs: below the open list or map, or at the root.
    fn add(
        &self,
        state: &mut DocumentState,
        node: Node,
        key: Option<(Key, Arc<str>)>,
        anchor: Option<String>,
        nodes: usize,
    ) -> Result<(), YamlError> {
        if let Some(anchor) = anchor {
            let key = key.as_ref().map(|(key, _)| key.clone());
            state.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    key,
                    nodes,
                },
            );
        }
        let Some(frame) = state.stack.last_mut() else {
            state.root = Some(node);
            return Ok(());
        };
        frame.nodes += nodes;
        match (&mut frame.content, key) {
            (Content::Sequence(items), _) => items.push(node),
            (Content::Mapping(open), Some((key, raw))) => {
                let start = (key.span.start as usize).saturating_sub(self.base);
                let known = match self.profile {
                    Profile::GoYamlV3 => {
                        if let Some(earlier) = open.seen.insert(&raw, start) {
                            return Err(self.duplicate(&raw, start, earlier));
                        }
                        key.kind != KeyKind::String && !open.typed.insert((key.kind, Arc::clone(&key.text)))
                    }
                    Profile::SigsYaml => open.seen.insert(&key.text, start).is_some(),
                };
                open.pending = Some(Pending::Key(key, known));
            }
            (Content::Mapping(open), None) => match open.pending.take() {
                Some(Pending::Merge(place)) => self.take_merge(open, node, place)?,
                Some(Pending::Key(key, known)) => push_entry(open, Entry { key, value: node }, known),
                None => {}
            },
        }
        Ok(())
    }

    fn take_merge(&self, open: &mut OpenMapping, node: Node, place: Span) -> Result<(), YamlError> {
        let bad = || {
            let start = (place.start as usize).saturating_sub(self.base);
            self.error(start, "`<<` takes a map, or a list of maps, to merge")
                .with_go("map merge requires map or sequence of maps as the value")
        };
        match node.value {
            Value::Mapping(_) => open.merges.push(node),
            Value::Sequence(items) if items.iter().all(|item| matches!(item.value, Value::Mapping(_))) => {
                open.merges.extend(items);
            }
            _ => return Err(bad()),
        }
        if self.profile == Profile::SigsYaml {
            // The older decoder merges where the key stands: what follows wins, of one list the first.
            for map in std::mem::take(&mut open.merges).into_iter().rev() {
                let Value::Mapping(mut map) = map.value else {
                    continue;
                };
                for entry in map.entries_mut().drain(..) {
                    let start = entry.key.span.start as usize;
                    let known = open.seen.insert(&entry.key.text, start).is_some();
                    push_entry(open, entry, known);
                }
            }
        }
        Ok(())
    }

    /// The map with its merges applied: its own keys win, then the earlier of several merged maps.
    ///
    /// A map whose own keys are all strings takes other keys as they were written, and has no place for `null`.
    fn merge(&self, open: OpenMapping) -> Mapping {
        let OpenMapping {
            mut entries, merges, ..
        } = open;
        if merges.is_empty() {
            return Mapping::from_entries(entries);
        }
        let of_strings = entries.iter().all(|entry| entry.key.kind == KeyKind::String);
        let mut known: HashSet<(KeyKind, Arc<str>)> = entries.iter().map(identity).collect();
        for node in merges {
            let Value::Mapping(mut map) = node.value else {
                continue;
            };
            for mut entry in map.entries_mut().drain(..) {
                let key = &mut entry.key;
                if of_strings && key.kind != KeyKind::String {
                    if key.kind == KeyKind::Null {
                        continue;
                    }
                    if let Some(written) = self.written.get(&key.span.start) {
                        key.text = Arc::clone(written);
                    }
                    key.kind = KeyKind::String;
                }
                if known.insert(identity(&entry)) {
                    entries.push(entry);
                }
            }
        }
        Mapping::from_entries(entries)
    }

    fn key(&mut self, node: &Node, raw: &Arc<str>, start: usize) -> Result<Key, YamlError> {
        let key = |text: Arc<str>, kind| Key {
            text,
            kind,
            span: node.span,
        };
        let kind = match &node.value {
            Value::String(text) if **text == **raw => return Ok(key(Arc::clone(raw), KeyKind::String)),
            Value::String(text) => return Ok(key(Arc::clone(text), KeyKind::String)),
            Value::Time(text) if self.profile == Profile::SigsYaml => {
                return Ok(key(Arc::clone(text), KeyKind::String));
            }
            Value::Null if self.profile == Profile::SigsYaml => {
                return Err(self.error(start, "`null` cannot be the key of a map"));
            }
            Value::UInt(_) if self.profile == Profile::SigsYaml => {
                return Err(self.error(
                    start,
                    "a number over 9223372036854775807 cannot be the key of a map",
                ));
            }
            Value::Int(_) | Value::UInt(_) => KeyKind::Int,
            Value::Float(_) | Value::Number(_) => KeyKind::Float,
            Value::Bool(_) => KeyKind::Bool,
            Value::Time(_) => KeyKind::Time,
            Value::Null => KeyKind::Null,
            Value::Sequence(_) | Value::Mapping(_) => return Err(self.bad_key(node, start)),
        };
        Ok(match self.profile {
            Profile::GoYamlV3 => key(self.intern(&scalar::go_text(&node.value)), kind),
            Profile::SigsYaml => key(self.intern(&scalar::json_key(&node.value)), KeyKind::String),
        })
    }

    fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.keys.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.keys.insert(Arc::clone(&text));
        text
    }

    fn duplicate(&self, key: &str, start: usize, earlier: usize) -> YamlError {
        let first = LineIndex::new(self.text).position(earlier);
        self.error(
            start,
            format!(
                "the key {key:?} is already defined in line {}; remove one of them",
                first.line
            ),
        )
    }

    fn bad_key(&self, node: &Node, start: usize) -> YamlError {
        self.error(start, "a list or map cannot be the key of a map")
            .with_go(format!("invalid map key: {}", scalar::go_syntax(node)))
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> YamlError {
        YamlError::new(LineIndex::new(self.text).position(offset), message)
    }

    fn syntax_error(&self, error: &Error) -> YamlError {
        let position = error.problem_mark().map_or(Position::default(), |mark| {
            let offset = offset(mark);
            LineIndex::new(self.text).position(offset)
        });
        let problem = match error.problem() {
            "" => error.to_string(),
            problem => problem.to_owned(),
        };
        let hint = match problem.as_str() {
            "found character that cannot start any token" if self.tab_at(position) => {
                "; indent with spaces instead of a tab"
            }
            "found unexpected end of stream" => "; is a quote or bracket not closed?",
            _ => "",
        };
        YamlError::new(position, format!("{problem}{hint}")).with_go(self.go_text(error))
    }

    /// A syntax error in the words of Go's reader: it counts lines from 0, adds one for what the scanner finds, and
    /// falls back to the place where the construct began.
    fn go_text(&self, error: &Error) -> String {
        let problem = match error.problem() {
            "" => error.to_string(),
            problem => problem.to_owned(),
        };
        let line_of = |mark: Option<Mark>| mark.map_or(0, |mark| mark.line);
        let mut line = line_of(error.problem_mark());
        if problem == "found unexpected end of stream" {
            // The line end that was added to the text does not count.
            line = line.min(self.text.bytes().filter(|byte| *byte == b'\n').count() as u64);
        }
        if line == 0 {
            line = line_of(error.context_mark());
        } else if error.kind() == ErrorKind::Scanner {
            line += 1;
        }
        match line {
            0 => problem,
            line => format!("line {line}: {problem}"),
        }
    }

    /// Where a mark stands in the text; the line end that is added to it does not count.
    fn offset(&self, mark: Mark) -> usize {
        offset(mark).min(self.text.len())
    }

    fn tab_at(&self, position: Position) -> bool {
        LineIndex::new(self.text)
            .line(position.line)
            .and_then(|line| line.chars().nth(position.column - 1))
            .is_some_and(|character| character == '\t')
    }
}

/// Reads a text and, where it lacks one, a line end.
fn parser(text: Cow<'_, str>) -> Parser<Input<'_>> {
    let mut parser = Parser::new();
    // The parser cannot read a block scalar that the end of the text cuts off; `scalar` takes the line end back.
    let line_end: &'static [u8] = if text.ends_with('\n') { b"" } else { b"\n" };
    let bytes = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    // In pieces, because the parser keeps what it is given as characters of four bytes.
    parser.set_input(BufReader::with_capacity(
        PIECE,
        Cursor::new(bytes).chain(line_end),
    ));
    parser
}

fn offset(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}

/// Whether the next node is the key of a map.
fn expects_key(state: &DocumentState) -> bool {
    matches!(
        state.stack.last(),
        Some(Frame {
            content: Content::Mapping(OpenMapping { pending: None, .. }),
            ..
        })
    )
}

/// Adds an entry; where duplicates are allowed the last one wins, at the place of the first.
fn push_entry(open: &mut OpenMapping, entry: Entry, known: bool) {
    if known && open.places.is_empty() {
        open.places = open
            .entries
            .iter()
            .enumerate()
            .map(|(place, entry)| (identity(entry), place))
            .collect();
    }
    if open.places.is_empty() {
        open.entries.push(entry);
        return;
    }
    let place = *open.places.entry(identity(&entry)).or_insert(open.entries.len());
    match open.entries.get_mut(place) {
        Some(earlier) => *earlier = entry,
        None => open.entries.push(entry),
    }
}

fn identity(entry: &Entry) -> (KeyKind, Arc<str>) {
    (entry.key.kind, Arc::clone(&entry.key.text))
}

fn last_end(value: &Value) -> Option<usize> {
    let end = match value {
        Value::Sequence(items) => items.last()?.span.end,
        Value::Mapping(map) => map
            .entries()
            .iter()
            .map(|entry| entry.value.span.end.max(entry.key.span.end))
            .max()?,
        _ => return None,
    };
    usize::try_from(end).ok()
}

/// Whether a block scalar that the end of the text cuts off has its last line end from the parser's input alone: a
/// last line of blanks counts only where all line ends are kept, or where it is indented deeper than the text.
fn owes_line_end(raw: &str) -> bool {
    let keeps = |header: &str| {
        header
            .split('#')
            .next()
            .is_some_and(|header| header.contains('+'))
    };
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let is_blank = |line: &&str| line.trim_matches([' ', '\t', '\r']).is_empty();
    let last = raw.rsplit('\n').next().unwrap_or_default();
    let mut lines = raw.lines();
    let header = lines.next().unwrap_or_default();
    let indent = lines.find(|line| !is_blank(line)).map(blanks);
    !is_blank(&last) || keeps(header) || indent.is_some_and(|indent| last.len() > indent)
}

/// Whether a scalar has the tag `!`, which the parser does not pass on.
fn has_bare_tag(raw: &str) -> bool {
    let mut words = raw.split_ascii_whitespace();
    raw.starts_with(['!', '&']) && words.find(|word| !word.starts_with('&')) == Some("!")
}

/// `\/` inside a double-quoted scalar: JSON and YAML 1.2 know it, Go's decoders do not.
fn has_slash_escape(raw: &str) -> bool {
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.next() == Some(b'/') {
            return true;
        }
    }
    false
}
