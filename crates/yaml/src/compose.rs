//! Events to nodes, without recursion: nesting costs heap, never stack.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::mapping::{Entry, Key, KeyKind};
use crate::open_mapping::{OpenMapping, Pending, identity};
use crate::scalar::{self, Profile, Style};
use crate::stream::{check_size, span};
use crate::syntax::{Collection, Event, EventKind, Parser, Scalar, Stage, SyntaxError};
use crate::{Limits, LineIndex, Mapping, Node, Span, Value, YamlError};

/// Reads one document after the other from a text.
pub(crate) struct Composer<'text> {
    parser: Parser<'text>,
    file: Rc<LineIndex<'text>>,
    /// Where the last document ends.
    end: usize,
    profile: Profile,
    limits: &'text Limits,
    /// Where the text starts in its file, from which offsets count.
    base: usize,
    /// Texts that are likely to come again.
    known: HashSet<Arc<str>, RandomState>,
    /// Keys that are no strings, as they were written, by their place.
    written: HashMap<u32, Arc<str>>,
}

/// What one document collects.
#[derive(Default)]
struct DocumentState<'text> {
    stack: Vec<Frame<'text>>,
    /// Items of the open lists, those of the innermost one behind the others.
    items: Vec<Node>,
    /// Entries of the open maps, in the same way.
    entries: Vec<Entry>,
    anchors: HashMap<&'text str, Anchored>,
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
struct Frame<'text> {
    start: usize,
    anchor: Option<&'text str>,
    /// Nodes below it.
    nodes: usize,
    flow: bool,
    /// Index of its first item or entry.
    first: usize,
    content: Content,
}

enum Content {
    Sequence,
    Mapping(OpenMapping),
}

/// Bytes of values that are kept once for all places that show them.
const SHORT: usize = 32;

impl<'text> Composer<'text> {
    /// Reads a whole text.
    pub(crate) fn new(text: &'text str, profile: Profile, limits: &'text Limits) -> Result<Self, YamlError> {
        check_size(text, limits)?;
        Ok(Self::of_part(
            &Rc::new(LineIndex::new(text)),
            0..text.len(),
            profile,
            limits,
        ))
    }

    /// Reads a part of a file, which must be within the limits.
    pub(crate) fn of_part(
        file: &Rc<LineIndex<'text>>,
        part: Range<usize>,
        profile: Profile,
        limits: &'text Limits,
    ) -> Self {
        let text = file.text().get(part.clone()).unwrap_or_default();
        // The parser knows no byte order marks.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            parser: Parser::new(text),
            file: Rc::clone(file),
            end: 0,
            profile,
            limits,
            base: part.end - text.len(),
            known: HashSet::default(),
            written: HashMap::new(),
        }
    }

    /// Where the last document ends, in the text without a byte order mark.
    pub(crate) fn end(&self) -> usize {
        self.end.saturating_sub(self.base)
    }

    /// The next document; `None` at the end of the text.
    ///
    /// What a document means comes after its syntax: where both are wrong, the syntax is told. Bounds end all reading.
    pub(crate) fn document(&mut self) -> Result<Option<Node>, YamlError> {
        let mut is_final = false;
        let result = self.compose(&mut is_final);
        if result.is_err() && !is_final {
            while !matches!(
                self.next_event()?.kind,
                EventKind::DocumentEnd | EventKind::StreamEnd
            ) {}
        }
        result
    }

    fn compose(&mut self, is_final: &mut bool) -> Result<Option<Node>, YamlError> {
        let mut state = DocumentState::default();
        loop {
            *is_final = true;
            let Event { kind, start, end } = self.next_event()?;
            let (start, end) = (start + self.base, end + self.base);
            *is_final = false;
            match kind {
                EventKind::StreamEnd => return Ok(None),
                EventKind::DocumentStart => {}
                EventKind::DocumentEnd => {
                    self.end = end;
                    return Ok(Some(state.root.unwrap_or_default()));
                }
                EventKind::Alias(anchor) => {
                    let is_known = state.anchors.contains_key(anchor);
                    let result = self.alias(&mut state, anchor, start, end);
                    *is_final = !is_known || state.expanded > self.limits.alias_nodes;
                    result?;
                }
                EventKind::Scalar(scalar) => self.scalar(&mut state, scalar, start, end)?,
                EventKind::SequenceStart(collection) => {
                    *is_final = true;
                    self.open(&mut state, Content::Sequence, collection, start)?;
                }
                EventKind::MappingStart(collection) => {
                    *is_final = true;
                    let content = Content::Mapping(OpenMapping::default());
                    self.open(&mut state, content, collection, start)?;
                }
                EventKind::SequenceEnd | EventKind::MappingEnd => self.close(&mut state, end)?,
            }
        }
    }

    fn next_event(&mut self) -> Result<Event<'text>, YamlError> {
        self.parser.next_event().map_err(|error| self.syntax_error(error))
    }

    fn open(
        &self,
        state: &mut DocumentState<'text>,
        content: Content,
        collection: Collection<'text>,
        start: usize,
    ) -> Result<(), YamlError> {
        if state.stack.len() >= self.limits.depth {
            let message = format!("nested deeper than {} levels", self.limits.depth);
            return Err(self.error(start, message));
        }
        let first = match content {
            Content::Sequence => state.items.len(),
            Content::Mapping(_) => state.entries.len(),
        };
        state.stack.push(Frame {
            start,
            anchor: collection.anchor,
            nodes: 1,
            flow: collection.is_flow,
            first,
            content,
        });
        Ok(())
    }

    fn close(&mut self, state: &mut DocumentState<'text>, end: usize) -> Result<(), YamlError> {
        let Some(frame) = state.stack.pop() else {
            return Ok(());
        };
        let value = match frame.content {
            Content::Sequence => Value::Sequence(state.items.drain(frame.first..).collect()),
            Content::Mapping(open) => {
                let entries = state.entries.drain(frame.first..).collect();
                Value::Mapping(self.merge(open, entries))
            }
        };
        // A block ends where the next one starts; its last child tells where its own text ends.
        let end = if frame.flow {
            end
        } else {
            last_end(&value).unwrap_or(end)
        };
        let node = Node {
            value,
            span: span(frame.start, end),
        };
        if expects_key(state) {
            return Err(self.bad_key(&node, frame.start));
        }
        self.add(state, node, None, frame.anchor, frame.nodes)
    }

    fn scalar(
        &mut self,
        state: &mut DocumentState<'text>,
        scalar: Scalar<'text>,
        start: usize,
        end: usize,
    ) -> Result<(), YamlError> {
        let Scalar {
            anchor, tag, value, ..
        } = scalar;
        let tag = tag.as_deref();
        let style = if scalar.is_plain {
            Style::Plain
        } else {
            Style::Quoted
        };
        let place = span(start, end);
        let as_key = expects_key(state);
        if as_key && scalar::is_merge(&value, tag, style) {
            return self.merge_key(state, place, start);
        }
        let resolved = scalar::resolve(&value, tag, style, self.profile)
            .map_err(|message| self.error(start, message))?;
        let text = if as_key || value.len() <= SHORT {
            self.intern(&value)
        } else {
            value.into()
        };
        let node = Node {
            value: resolved.unwrap_or_else(|| Value::String(Arc::clone(&text))),
            span: place,
        };
        if !as_key {
            return self.add(state, node, None, anchor, 1);
        }
        let key = self.key(&node, start)?;
        if key.kind != KeyKind::String {
            self.written.insert(key.span.start, Arc::clone(&text));
        }
        self.add(state, node, Some((key, text)), anchor, 1)
    }

    fn alias(
        &mut self,
        state: &mut DocumentState<'text>,
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
        node.span = span(start, end);
        if !expects_key(state) {
            return self.add(state, node, None, None, nodes);
        }
        let raw = match (&key, &node.value) {
            (Some(key), _) => Arc::clone(&key.text),
            (None, Value::Sequence(_) | Value::Mapping(_)) => return Err(self.bad_key(&node, start)),
            (None, _) => self.intern(&scalar::go_text(&node.value)),
        };
        let key = self.key(&node, start)?;
        self.add(state, node, Some((key, raw)), None, nodes)
    }

    fn merge_key(
        &self,
        state: &mut DocumentState<'text>,
        place: Span,
        start: usize,
    ) -> Result<(), YamlError> {
        let Some(Frame {
            content: Content::Mapping(open),
            first,
            ..
        }) = state.stack.last_mut()
        else {
            return Ok(());
        };
        let raw: Arc<str> = "<<".into();
        let own = state.entries.get(*first..).unwrap_or_default();
        if let Some(earlier) = open.see_written(&raw, place.start, own)
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
        state: &mut DocumentState<'text>,
        node: Node,
        key: Option<(Key, Arc<str>)>,
        anchor: Option<&'text str>,
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
        let own = state.entries.get(frame.first..).unwrap_or_default();
        match (&mut frame.content, key) {
            (Content::Sequence, _) => state.items.push(node),
            (Content::Mapping(open), Some((key, raw))) => {
                let is_known = self.see(open, &key, &raw, own)?;
                open.pending = Some(Pending::Key(key, is_known));
            }
            (Content::Mapping(open), None) => match open.pending.take() {
                Some(Pending::Merge(place)) => {
                    self.take_merge(open, node, place, &mut state.entries, frame.first)?;
                }
                Some(Pending::Key(key, is_known)) => {
                    let entry = Entry { key, value: node };
                    open.push(entry, is_known, &mut state.entries, frame.first);
                }
                None => {}
            },
        }
        Ok(())
    }

    /// Remembers a key; says whether the map has it already, where that is allowed. `own`: its entries so far.
    fn see(
        &self,
        open: &mut OpenMapping,
        key: &Key,
        raw: &Arc<str>,
        own: &[Entry],
    ) -> Result<bool, YamlError> {
        let place = key.span.start;
        if self.profile == Profile::SigsYaml {
            return Ok(open.see(&key.text, place, own).is_some());
        }
        let earlier = if key.kind == KeyKind::String && Arc::ptr_eq(&key.text, raw) {
            open.see(raw, place, own)
        } else {
            open.see_written(raw, place, own)
        };
        match earlier {
            Some(earlier) => Err(self.duplicate(raw, place as usize, earlier)),
            None => Ok(key.kind != KeyKind::String && !open.see_typed(key, own)),
        }
    }

    fn take_merge(
        &self,
        open: &mut OpenMapping,
        node: Node,
        place: Span,
        entries: &mut Vec<Entry>,
        first: usize,
    ) -> Result<(), YamlError> {
        let maps = match node.value {
            Value::Mapping(_) => vec![node],
            Value::Sequence(items) if items.iter().all(|item| matches!(item.value, Value::Mapping(_))) => {
                items
            }
            _ => {
                return Err(self
                    .error(
                        place.start as usize,
                        "`<<` takes a map, or a list of maps, to merge",
                    )
                    .with_go("map merge requires map or sequence of maps as the value"));
            }
        };
        if self.profile == Profile::GoYamlV3 {
            let own = entries.get(first..).unwrap_or_default();
            for map in maps {
                open.add_merge(map, own);
            }
            return Ok(());
        }
        // The older decoder merges where the key stands: what follows wins, of one list the first.
        for map in maps.into_iter().rev() {
            let Value::Mapping(mut map) = map.value else {
                continue;
            };
            for entry in map.entries_mut().drain(..) {
                let own = entries.get(first..).unwrap_or_default();
                let is_known = open.see(&entry.key.text, entry.key.span.start, own).is_some();
                open.push(entry, is_known, entries, first);
            }
        }
        Ok(())
    }

    /// The map with its merges applied: its own keys win, then the earlier of several merged maps.
    ///
    /// A map whose own keys are all strings takes other keys as they were written, and has no place for `null`.
    fn merge(&self, mut open: OpenMapping, mut entries: Vec<Entry>) -> Mapping {
        let merges = open.take_merges();
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

    fn key(&mut self, node: &Node, start: usize) -> Result<Key, YamlError> {
        let key = |text: Arc<str>, kind| Key {
            text,
            kind,
            span: node.span,
        };
        let kind = match &node.value {
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
        if let Some(known) = self.known.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.known.insert(Arc::clone(&text));
        text
    }

    fn duplicate(&self, key: &str, start: usize, earlier: u32) -> YamlError {
        let first = self.file.position(earlier as usize);
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

    /// `offset`: in the file.
    fn error(&self, offset: usize, message: impl Into<String>) -> YamlError {
        YamlError::new(self.file.position(offset), message)
    }

    fn syntax_error(&self, error: SyntaxError) -> YamlError {
        let hint = self.hint(error).unwrap_or_default();
        self.error(self.base + error.place.offset, format!("{}{hint}", error.problem))
            .with_go(go_text(error))
    }

    /// What to do about an error of syntax, where that can be told.
    fn hint(&self, error: SyntaxError) -> Option<String> {
        let rest = self.file.text().get(self.base + error.place.offset..);
        let rest = rest.unwrap_or_default();
        let begin = error.context.unwrap_or(error.place);
        let line = self.file.position(self.base + begin.offset).line;
        Some(match error.problem {
            "found character that cannot start any token" if rest.starts_with('\t') => {
                "; indent with spaces instead of a tab".to_owned()
            }
            "found character that cannot start any token" if rest.starts_with(['@', '`', '%']) => {
                "; quote texts that begin with it".to_owned()
            }
            "mapping values are not allowed in this context" => {
                "; quote a text that holds `: `, or indent the line as those around it".to_owned()
            }
            "found unknown escape character" if rest.starts_with("\\/") => {
                "; YAML 1.1 knows no `\\/`, write `/`".to_owned()
            }
            "found incompatible YAML document" => "; only %YAML 1.1 is read".to_owned(),
            "found unexpected end of stream" => format!("; is the quote of line {line} not closed?"),
            "did not find expected ',' or ']'" => format!("; is the list of line {line} not closed?"),
            "did not find expected ',' or '}'" => format!("; is the map of line {line} not closed?"),
            "did not find expected key" => {
                format!("; is it indented as the map that begins in line {line}?")
            }
            "did not find expected '-' indicator" => {
                format!("; is it indented as the list that begins in line {line}?")
            }
            "could not find expected ':'" => format!("; does line {line} lack one?"),
            _ => return None,
        })
    }
}

/// A syntax error in the words of Go's reader: it counts lines from 0, adds one for what the scanner finds, and
/// falls back to the place where the construct began.
fn go_text(error: SyntaxError) -> String {
    let line = match (error.place.line, error.stage) {
        (0, _) => error.context.map_or(0, |context| context.line),
        (line, Stage::Scanner) => line + 1,
        (line, _) => line,
    };
    match line {
        0 => error.problem.to_owned(),
        line => format!("line {line}: {}", error.problem),
    }
}

/// Whether the next node is the key of a map.
fn expects_key(state: &DocumentState<'_>) -> bool {
    matches!(
        state.stack.last(),
        Some(Frame {
            content: Content::Mapping(OpenMapping { pending: None, .. }),
            ..
        })
    )
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
