//! Paths, as Go's `path` and `path/filepath` clean them.

use super::arguments::text;
use crate::functions::{Functions, Param};

pub(super) fn register(functions: &mut Functions) {
    let string = &[Param::String];
    for name in ["base", "osBase"] {
        functions.add(name, string, |a| Ok(base(&text(a, 0)).into()));
    }
    for name in ["dir", "osDir"] {
        functions.add(name, string, |a| {
            let path = text(a, 0);
            let end = path.rfind('/').map_or(0, |at| at + 1);
            Ok(clean(path.get(..end).unwrap_or_default()).into())
        });
    }
    for name in ["clean", "osClean"] {
        functions.add(name, string, |a| Ok(clean(&text(a, 0)).into()));
    }
    for name in ["ext", "osExt"] {
        functions.add(name, string, |a| {
            let path = text(a, 0);
            let file = path.rsplit('/').next().unwrap_or_default();
            let dot = file.rfind('.').unwrap_or(file.len());
            Ok(file.get(dot..).unwrap_or_default().into())
        });
    }
    for name in ["isAbs", "osIsAbs"] {
        functions.add(name, string, |a| Ok(text(a, 0).starts_with('/').into()));
    }
}

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/".to_owned();
    }
    trimmed.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The shortest name of the same path, by its text alone.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
