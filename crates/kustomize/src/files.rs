//! Files of a build: what may be read, and which bytes stand in which file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kubescape_yaml::{Node, Span, Value};

use crate::error::{KustomizeError, Result};
use crate::origins::LineOrigin;

/// Largest file, in bytes.
const MAX_FILE: u64 = 32 << 20;
/// All files of a build together.
const MAX_TOTAL: u32 = 1 << 30;

/// Which files a kustomization may read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LoadRestriction {
    /// Only those in or below its own folder.
    #[default]
    RootOnly,
    /// Those, and any in or below this folder.
    Below(PathBuf),
    /// Any.
    None,
}

/// Everything that was read. Every file has a range of offsets of its own, so that each node tells where it stands
/// even after patches from other files.
#[derive(Debug, Default)]
pub(crate) struct Files {
    restriction: LoadRestriction,
    /// The repository that must not be left.
    confinement: Option<PathBuf>,
    texts: Vec<Placed>,
    next: u32,
    pub read: BTreeSet<PathBuf>,
}

/// A text and where its bytes are counted from.
#[derive(Debug)]
struct Placed {
    base: u32,
    path: PathBuf,
    text: String,
    /// Offsets at which its lines start, from the second line on.
    lines: Vec<u32>,
    /// Lines of the file above the text.
    above: usize,
    /// Where each line comes from, if not from the file.
    origins: Vec<LineOrigin>,
}

impl Files {
    pub(crate) fn new(restriction: LoadRestriction) -> Self {
        Self {
            restriction,
            // Offset 0 is "no file wrote this".
            next: 1,
            ..Self::default()
        }
    }

    /// The bytes of a file that a kustomization in `root` names.
    pub(crate) fn read(&mut self, root: &Path, name: &str) -> Result<(PathBuf, Vec<u8>)> {
        let path = root.join(name);
        let failed = |source| KustomizeError::Read {
            path: path.clone(),
            root: root.to_owned(),
            source,
        };
        let real = fs::canonicalize(&path).map_err(failed)?;
        let is_below = |folder: &Path| fs::canonicalize(folder).is_ok_and(|folder| real.starts_with(folder));
        let allowed = match (&self.confinement, &self.restriction) {
            // What comes from elsewhere reads its own files only.
            (Some(repository), _) => is_below(repository),
            (None, LoadRestriction::RootOnly) => is_below(root),
            (None, LoadRestriction::Below(folder)) => is_below(root) || is_below(folder),
            (None, LoadRestriction::None) => true,
        };
        if !allowed {
            return Err(KustomizeError::Outside {
                file: path,
                root: root.to_owned(),
            });
        }
        let size = fs::metadata(&real).map_err(failed)?.len();
        if size > MAX_FILE {
            return Err(KustomizeError::invalid(
                &path,
                format!("the file is larger than {MAX_FILE} bytes"),
            ));
        }
        let bytes = fs::read(&real).map_err(failed)?;
        self.read.insert(path.clone());
        Ok((path, bytes))
    }

    /// Sets the repository that must not be left, and gives the one before.
    pub(crate) fn confine(&mut self, repository: Option<PathBuf>) -> Option<PathBuf> {
        std::mem::replace(&mut self.confinement, repository)
    }

    /// The repository that must not be left.
    pub(crate) fn confinement(&self) -> Option<&Path> {
        self.confinement.as_deref()
    }

    /// The text of a file.
    pub(crate) fn read_text(&mut self, root: &Path, name: &str) -> Result<(PathBuf, String)> {
        let (path, bytes) = self.read(root, name)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok((path, text.replace("\r\n", "\n"))),
            Err(_) => Err(KustomizeError::invalid(&path, "not a text file (invalid UTF-8)")),
        }
    }

    /// Gives a text its range of offsets, and moves the spans of its nodes there. Some lines of its file may stand above
    /// the text.
    pub(crate) fn place_below(
        &mut self,
        path: &Path,
        above: usize,
        text: &str,
        nodes: &mut [Node],
    ) -> Result<()> {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let next = self.next.saturating_add(length).saturating_add(1);
        if next > MAX_TOTAL {
            return Err(KustomizeError::invalid(
                path,
                "the files of the build are too large together",
            ));
        }
        let base = self.next;
        self.next = next;
        for node in nodes {
            shift(node, base);
        }
        self.texts.push(Placed {
            base,
            path: path.to_owned(),
            text: text.to_owned(),
            lines: (0..length)
                .zip(text.bytes())
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(offset, _)| offset + 1)
                .collect(),
            above,
            origins: Vec::new(),
        });
        Ok(())
    }

    /// Says where the lines of the last text come from.
    pub(crate) fn set_origins(&mut self, origins: Vec<LineOrigin>) {
        if let Some(placed) = self.texts.last_mut() {
            placed.origins = origins;
        }
    }

    /// File and line of an offset.
    pub(crate) fn locate(&self, offset: u32) -> Option<(&Path, usize)> {
        let placed = self.placed(offset)?;
        let offset = offset - placed.base;
        let line = placed.lines.partition_point(|start| *start <= offset) + 1;
        match placed.origins.get(line - 1) {
            Some(origin) => Some((&origin.file, origin.line)),
            None => Some((&placed.path, line + placed.above)),
        }
    }

    /// What a file says at a span.
    pub(crate) fn literal(&self, span: Span) -> Option<&str> {
        let placed = self.placed(span.start)?;
        let start = (span.start - placed.base) as usize;
        placed
            .text
            .get(start..(span.end.checked_sub(placed.base)?) as usize)
    }

    /// Whether a node starts with a character, behind its anchor and tag.
    pub(crate) fn starts_with(&self, span: Span, character: char) -> bool {
        self.literal(span).is_some_and(|text| {
            text.split_whitespace()
                .find(|word| !word.starts_with(['&', '!']))
                .is_some_and(|word| word.starts_with(character))
        })
    }

    fn placed(&self, offset: u32) -> Option<&Placed> {
        let index = self
            .texts
            .partition_point(|placed| placed.base <= offset)
            .checked_sub(1)?;
        self.texts.get(index)
    }
}

fn shift(node: &mut Node, by: u32) {
    let moved = |span: Span| Span {
        start: span.start + by,
        end: span.end + by,
    };
    node.span = moved(node.span);
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Mapping(map) => {
            for entry in map.entries_mut() {
                entry.key.span = moved(entry.key.span);
                shift(&mut entry.value, by);
            }
        }
        _ => {}
    }
}
