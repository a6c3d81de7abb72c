//! Commits, as reports tell of them.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::{CommitRef, FindExt};

/// A commit and its author.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Its hash.
    pub hash: String,
    /// RFC 3339 time of its author.
    pub date: String,
    /// Name of its author.
    pub author: String,
    /// Mail address of its author.
    pub email: String,
    /// First line of its message.
    pub title: String,
}

impl Commit {
    /// Reads a commit; `None` if it is not there.
    pub(crate) fn read(objects: &gix::odb::Handle, id: ObjectId) -> Option<Self> {
        let mut buffer = Vec::new();
        let commit = objects.find_commit(&id, &mut buffer).ok()?;
        Some(Self::of(id, &commit))
    }

    fn of(id: ObjectId, commit: &CommitRef<'_>) -> Self {
        let author = commit.author().ok();
        let text = |text: &gix::bstr::BStr| text.to_str_lossy().trim().to_owned();
        Self {
            hash: id.to_string(),
            date: author
                .as_ref()
                .and_then(|author| author.time().ok())
                .and_then(|time| time.format(gix::date::time::format::ISO8601_STRICT).ok())
                .map(|date| {
                    date.strip_suffix("+00:00")
                        .map_or(date.clone(), |utc| format!("{utc}Z"))
                })
                .unwrap_or_default(),
            author: author
                .as_ref()
                .map(|author| text(author.name))
                .unwrap_or_default(),
            email: author
                .as_ref()
                .map(|author| text(author.email))
                .unwrap_or_default(),
            title: commit
                .message
                .to_str_lossy()
                .lines()
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        }
    }
}
