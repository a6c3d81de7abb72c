//! Which commit touched which file last, for many files in one walk.
//!
//! Every path starts at the newest commit and moves on to the first parent that has the same under its name. Where no
//! parent has, the commit is the one that is looked for. So each commit is looked at once, its trees are compared
//! with those of its parents only where paths are still looked for, and the walk ends when all are found.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::{FindExt, tree::EntryMode};

use crate::commit::Commit;

/// Commits that are looked at. Files that none of them touched have no known last commit.
pub(crate) const MAX_COMMITS: usize = 20_000;
/// Bytes of unpacked objects that are kept, because others are stored as their differences.
const PACK_CACHE: usize = 32 << 20;
/// Trees that are kept: a parent's trees are the next commit's.
const KEPT_TREES: usize = 8192;

/// The history of a repository, from one commit on.
#[derive(Clone, Debug)]
pub struct History {
    /// Folder of the objects.
    pub(crate) objects: PathBuf,
    /// The newest commit.
    pub(crate) tip: ObjectId,
    /// Commits whose parents were not fetched: what they changed is not known.
    pub(crate) shallow: HashSet<ObjectId>,
}

impl History {
    /// The last commit of each path, in order. `None` where it is not known: the path is not in the newest commit, or
    /// the history does not reach far enough back.
    pub fn last_commits(&self, paths: &[String]) -> Vec<Option<Commit>> {
        let nothing = || paths.iter().map(|_| None).collect();
        let Ok(mut objects) = gix::odb::at(&self.objects, gix::hash::Kind::Sha1) else {
            return nothing();
        };
        objects.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(PACK_CACHE)));
        let found = Walk::new(&objects, &self.shallow, paths).run(self.tip);
        let mut commits: HashMap<ObjectId, Option<Commit>> = HashMap::new();
        found
            .into_iter()
            .map(|id| {
                let id = id?;
                commits
                    .entry(id)
                    .or_insert_with(|| Commit::read(&objects, id))
                    .clone()
            })
            .collect()
    }
}

/// Name to what stands there.
type Tree = HashMap<Vec<u8>, (ObjectId, EntryMode)>;

/// What is needed of a commit.
#[derive(Clone)]
struct Node {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    time: i64,
}

struct Walk<'a> {
    objects: &'a gix::odb::Handle,
    shallow: &'a HashSet<ObjectId>,
    /// Sorted, with their places in the request.
    paths: Vec<(&'a [u8], usize)>,
    trees: HashMap<ObjectId, Rc<Tree>>,
    nodes: HashMap<ObjectId, Option<Node>>,
    found: Vec<Option<ObjectId>>,
}

impl<'a> Walk<'a> {
    fn new(objects: &'a gix::odb::Handle, shallow: &'a HashSet<ObjectId>, paths: &'a [String]) -> Self {
        let mut sorted: Vec<(&[u8], usize)> = paths
            .iter()
            .enumerate()
            .map(|(index, path)| (path.as_bytes(), index))
            .collect();
        sorted.sort_unstable();
        Self {
            objects,
            shallow,
            paths: sorted,
            trees: HashMap::new(),
            nodes: HashMap::new(),
            found: vec![None; paths.len()],
        }
    }

    fn run(mut self, tip: ObjectId) -> Vec<Option<ObjectId>> {
        // Indexes into `paths`, ascending, by the commit that has to be looked at for them.
        let mut pending: HashMap<ObjectId, Vec<usize>> = HashMap::new();
        let mut queue: BinaryHeap<(i64, ObjectId)> = BinaryHeap::new();
        if let Some(node) = self.node(tip) {
            let all: Vec<usize> = (0..self.paths.len()).collect();
            let mut missing = Vec::new();
            self.changed(None, Some(node.tree), &all, 0, &mut missing);
            // What "changed" from nothing is there.
            missing.sort_unstable();
            pending.insert(tip, missing);
            queue.push((node.time, tip));
        }
        let mut looked_at = 0;
        while let Some((_, id)) = queue.pop() {
            let Some(mut paths) = pending.remove(&id).filter(|paths| !paths.is_empty()) else {
                continue;
            };
            looked_at += 1;
            if looked_at > MAX_COMMITS {
                break;
            }
            let Some(node) = self.node(id) else { continue };
            self.nodes.remove(&id);
            if self.shallow.contains(&id) {
                continue;
            }
            let mut known = true;
            for parent in &node.parents {
                let Some(other) = self.node(*parent) else {
                    known = false;
                    continue;
                };
                let mut changed = Vec::new();
                self.changed(Some(other.tree), Some(node.tree), &paths, 0, &mut changed);
                changed.sort_unstable();
                let mut same = paths.clone();
                same.retain(|path| changed.binary_search(path).is_err());
                if !same.is_empty() {
                    queue.push((other.time, *parent));
                    let there = pending.entry(*parent).or_default();
                    there.extend(same);
                    there.sort_unstable();
                }
                paths = changed;
                if paths.is_empty() {
                    break;
                }
            }
            if known {
                for path in paths {
                    if let Some((_, index)) = self.paths.get(path)
                        && let Some(found) = self.found.get_mut(*index)
                    {
                        *found = Some(id);
                    }
                }
            }
        }
        self.found
    }

    fn node(&mut self, id: ObjectId) -> Option<Node> {
        let objects = self.objects;
        self.nodes
            .entry(id)
            .or_insert_with(|| {
                let mut buffer = Vec::new();
                let commit = objects.find_commit(&id, &mut buffer).ok()?;
                Some(Node {
                    tree: commit.tree(),
                    parents: commit.parents().collect(),
                    time: commit.time().map_or(0, |time| time.seconds),
                })
            })
            .clone()
    }

    /// Which of the paths differ between two trees. `start` is where the part of the paths begins that the trees have.
    fn changed(
        &mut self,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        paths: &[usize],
        start: usize,
        changed: &mut Vec<usize>,
    ) {
        if old == new || paths.is_empty() {
            return;
        }
        let (old, new) = (self.tree(old), self.tree(new));
        let mut rest = paths;
        while let Some(first) = rest.first() {
            let (name, is_last) = self.part(*first, start);
            let count = if is_last {
                1
            } else {
                rest.iter()
                    .take_while(|path| self.part(**path, start) == (name, false))
                    .count()
                    .max(1)
            };
            let (group, after) = rest.split_at(count.min(rest.len()));
            rest = after;
            let there = |tree: &Option<Rc<Tree>>| tree.as_ref().and_then(|tree| tree.get(name).copied());
            let (before, now) = (there(&old), there(&new));
            if before == now {
                continue;
            }
            if is_last {
                changed.extend_from_slice(group);
                continue;
            }
            let folder = |entry: Option<(ObjectId, EntryMode)>| {
                entry.filter(|(_, mode)| mode.is_tree()).map(|(id, _)| id)
            };
            let next = start + name.len() + 1;
            self.changed(folder(before), folder(now), group, next, changed);
        }
    }

    /// The name that a path has at a place, and whether it ends there.
    fn part(&self, path: usize, start: usize) -> (&'a [u8], bool) {
        let path: &'a [u8] = self.paths.get(path).map_or(&[], |(path, _)| path);
        let rest = path.get(start..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'/') {
            Some(end) => (rest.get(..end).unwrap_or_default(), false),
            None => (rest, true),
        }
    }

    fn tree(&mut self, id: Option<ObjectId>) -> Option<Rc<Tree>> {
        let id = id?;
        if let Some(tree) = self.trees.get(&id) {
            return Some(Rc::clone(tree));
        }
        let mut buffer = Vec::new();
        let entries = self.objects.find_tree_iter(&id, &mut buffer).ok()?;
        let tree: Rc<Tree> = Rc::new(
            entries
                .filter_map(std::result::Result::ok)
                .map(|entry| (entry.filename.to_vec(), (entry.oid.to_owned(), entry.mode)))
                .collect(),
        );
        if self.trees.len() >= KEPT_TREES {
            self.trees.clear();
        }
        self.trees.insert(id, Rc::clone(&tree));
        Some(tree)
    }
}
