//! One finding as lines: what to do, and the place in the file.

use std::io::Write;
use std::sync::Arc;

use kubescape_model::{ControlResult, EvidencePath, PathRecord, RenderedLine, Resource, Source, SubStatus};
use kubescape_yaml::{LineIndex, Position};

use super::{Page, visible};
use crate::fields;

/// Findings of one control that are shown unless everything is asked for.
const SHOWN: usize = 6;

/// The text of an object's file, read once for all of its findings.
pub(super) struct Text(Option<Arc<str>>);

impl Text {
    pub(super) fn of(page: &Page<'_>, resource: &Resource) -> Self {
        Self(
            resource
                .source
                .as_ref()
                .and_then(|source| page.scan.words.file(source)),
        )
    }

    pub(super) fn lines(&self) -> Option<LineIndex<'_>> {
        self.0.as_deref().map(LineIndex::new)
    }
}

/// `web.yaml:12` of the object itself.
pub(super) fn place(page: &Page<'_>, resource: &Resource, lines: Option<&LineIndex<'_>>) -> String {
    let Some(source) = &resource.source else {
        return String::new();
    };
    let file = file(page, source);
    let Some(lines) = lines else {
        return file;
    };
    let line = lines.position(resource.object.node().span.start as usize).line;
    match origin(resource, line) {
        Some(origin) => visible(&format!("{}:{}", origin.file, origin.line)),
        None => format!("{file}:{line}"),
    }
}

/// The file as a path from where the user is; from the root of the input when it is elsewhere.
fn file(page: &Page<'_>, source: &Source) -> String {
    let folder = &page.style.folder;
    let near = (source.rendering.is_none() && !folder.as_os_str().is_empty())
        .then(|| source.file.strip_prefix(folder).ok())
        .flatten();
    match near {
        Some(path) => visible(&path.to_string_lossy()),
        None if source.relative_path.is_empty() => visible(&source.path),
        None => visible(&source.relative_path),
    }
}

/// What wrote a line of a rendered object.
fn origin(resource: &Resource, line: usize) -> Option<RenderedLine> {
    resource.source.as_ref()?.rendering.as_ref()?.line(line)
}

/// `Deployment shop/web`.
pub(super) fn name(resource: &Resource) -> String {
    let kind = if resource.kind.kind.is_empty() {
        "object"
    } else {
        &resource.kind.kind
    };
    visible(&if resource.namespace.is_empty() {
        format!("{kind} {}", resource.name)
    } else {
        format!("{kind} {}/{}", resource.namespace, resource.name)
    })
}

/// Writes what a control found in a resource.
pub(super) fn write(
    page: &Page<'_>,
    resource: &Resource,
    control: &ControlResult,
    lines: Option<&LineIndex<'_>>,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let paths = to_show(control);
    let most = if page.style.verbose { usize::MAX } else { SHOWN };
    for record in paths.iter().take(most) {
        step(page, resource, record, lines, output)?;
    }
    if paths.len() > most {
        let rest = format!("and {} more; -v shows them", paths.len() - most);
        writeln!(output, "      {}", page.paint.dim(rest))?;
    }
    if control.sub_status == SubStatus::Exceptions {
        writeln!(output, "      {}", page.paint.dim("accepted by an exception"))?;
    }
    Ok(())
}

/// The paths of all rules, each once; the older form only where nothing newer says the same.
fn to_show(control: &ControlResult) -> Vec<&PathRecord> {
    let all = || {
        control
            .rules
            .iter()
            .filter_map(|rule| rule.evidence.as_deref())
            .flat_map(|evidence| &evidence.paths)
    };
    let mut shown: Vec<&PathRecord> = Vec::new();
    for record in all() {
        let repeated = match &record.path {
            EvidencePath::Failed(path) | EvidencePath::Review(path) => all().any(|other| {
                let stronger = match &record.path {
                    EvidencePath::Failed(_) => !matches!(other.path, EvidencePath::Failed(_)),
                    _ => matches!(other.path, EvidencePath::Fix(_) | EvidencePath::Delete(_)),
                };
                stronger && other.resource_id == record.resource_id && other.path.path() == Some(path)
            }),
            _ => false,
        };
        let empty = record.path.path().is_some_and(str::is_empty);
        if !repeated && !empty && !shown.contains(&record) {
            shown.push(record);
        }
    }
    shown
}

fn step(
    page: &Page<'_>,
    resource: &Resource,
    record: &PathRecord,
    lines: Option<&LineIndex<'_>>,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let paint = page.paint;
    let words = match &record.path {
        EvidencePath::Fix(fix) => {
            let (path, value) = (visible(&fix.path), visible(&fix.value));
            format!("{} {path} = {value}", paint.good("set"))
        }
        EvidencePath::Delete(path) => format!("{} {}", paint.bad("delete"), visible(path)),
        EvidencePath::Review(path) | EvidencePath::Failed(path) => {
            format!("{} {}", paint.doubtful("review"), visible(path))
        }
        EvidencePath::Command(command) => format!("{} {}", paint.good("run"), visible(command)),
    };
    if !fields::is_own(&record.resource_id, resource) {
        return writeln!(
            output,
            "      {words} {}",
            paint.dim(format!("(in {})", visible(&record.resource_id)))
        );
    }
    let path = record.path.path();
    let current = path
        .filter(|_| page.style.evidence)
        .and_then(|path| fields::current_value(resource, path, page.style.secrets));
    match current {
        Some(value) => writeln!(
            output,
            "      {words} {}",
            paint.dim(format!("(now: {})", visible(&value)))
        )?,
        None => writeln!(output, "      {words}")?,
    }
    let (Some(path), Some(lines)) = (path, lines) else {
        return Ok(());
    };
    let hidden = fields::is_secret(resource, path) && !page.style.secrets;
    let position = fields::position(&resource.object.node(), path, lines);
    quote(
        page,
        position,
        origin(resource, position.line).zip(
            resource
                .source
                .as_ref()
                .map(|source| source.relative_path.as_str()),
        ),
        hidden,
        lines,
        output,
    )
}

/// The line of the file that the path leads to, with its number. A rendered line is followed by what wrote it, unless
/// that is the object's own template.
fn quote(
    page: &Page<'_>,
    position: Position,
    origin: Option<(RenderedLine, &str)>,
    hidden: bool,
    lines: &LineIndex<'_>,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let Some(line) = lines.line(position.line) else {
        return Ok(());
    };
    let line = match line.split_once(':') {
        Some((key, _)) if hidden => format!("{key}: {}", fields::REDACTED),
        _ => line.to_owned(),
    };
    let text = visible(&line.replace('\t', "  "));
    let room = page.width.saturating_sub(16);
    let text: String = text.trim_end().chars().take(room).collect();
    let number = origin
        .as_ref()
        .map_or(position.line, |(origin, _)| origin.line as usize);
    writeln!(
        output,
        "      {}",
        page.paint.dim(format!("{number:>5} │ {text}"))
    )?;
    let Some((origin, file)) = origin else {
        return Ok(());
    };
    let from = match &origin.values_key {
        Some(key) => format!("{}, from .Values.{key}", origin.file),
        None if *origin.file == *file => return Ok(()),
        None => origin.file.to_string(),
    };
    writeln!(output, "      {}", page.paint.dim(format!("      └ {from}")))
}
