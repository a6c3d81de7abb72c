//! What is bridged by looking at whole statements.

use std::borrow::Cow;

use super::{Edit, Kind, Token, called_with, closing, starts_statement};

/// Words at the start of a statement that name no rule.
const KEYWORDS: [&str; 4] = ["package", "import", "default", "else"];

/// Heads for the bodies that follow the first one of a set: `p[x] { ... } { ... }`.
pub(super) fn more_bodies<'text>(text: &'text str, tokens: &[Token<'text>]) -> Vec<Edit<'text>> {
    let mut edits = Vec::new();
    let mut head: Option<&str> = None;
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.depth == 0) {
        if token.kind == Kind::Name && starts_statement(tokens, index) {
            head = set_head(text, tokens.get(index..).unwrap_or_default());
        }
        let after_body = token.text == "{" && index > 0 && {
            let before = tokens.get(..index).unwrap_or_default();
            before
                .iter()
                .rev()
                .find(|token| token.kind != Kind::Newline)
                .is_some_and(|token| token.text == "}" && token.depth == 0)
        };
        if after_body && let Some(head) = head {
            edits.push((token.start, token.start, Cow::Owned(format!("{head} "))));
        }
    }
    edits
}

/// `p[x]`, when the tokens start with such a head and its body.
fn set_head<'text>(text: &'text str, tokens: &[Token<'text>]) -> Option<&'text str> {
    let name = tokens.first()?;
    let close = closing(tokens.get(1..)?).filter(|close| close.text == "]")?;
    let after = tokens.iter().find(|token| token.start >= close.end)?;
    (after.text == "{").then(|| text.get(name.start..close.end))?
}

/// `[ELEMENT | name = other; ...]` where nothing else uses `name`: it takes the element, which puts `other` in order.
pub(super) fn unused_variables<'text>(text: &'text str, tokens: &[Token<'text>]) -> Vec<Edit<'text>> {
    let mut edits = Vec::new();
    for (index, window) in tokens.windows(5).enumerate() {
        let [before, name, equals, other, after] = window else {
            continue;
        };
        let is_statement = ["|", ";"].contains(&before.text)
            && is_variable(name)
            && equals.text == "="
            && is_variable(other)
            && (after.text == ";" || after.kind == Kind::Newline || after.kind == Kind::Close);
        if !is_statement || uses(tokens, name.text) > 1 {
            continue;
        }
        let Some((start, end)) = element(tokens, index, name.depth) else {
            continue;
        };
        let element = text.get(start..end).unwrap_or_default();
        edits.push((start, end, Cow::Borrowed(name.text)));
        edits.push((
            name.start,
            other.end,
            Cow::Owned(format!("{} := {element}", name.text)),
        ));
    }
    edits
}

/// `walk(x)` and `walk(x, pattern)` as entries of a list; `call` are the tokens behind the name.
pub(super) fn walk<'text>(
    text: &'text str,
    name: &Token<'_>,
    call: &[Token<'text>],
) -> Option<Vec<Edit<'text>>> {
    let close = closing(call)?;
    let renamed = |before: &str| {
        (
            name.start,
            name.end,
            Cow::Owned(format!("{before}kubescape_walk")),
        )
    };
    let entry = (close.end, close.end, Cow::Borrowed("[_]"));
    match called_with(call)? {
        1 => Some(vec![renamed(""), entry]),
        2 => {
            let comma = call
                .iter()
                .find(|token| token.kind == Kind::Comma && token.depth == close.depth + 1)?;
            let pattern = text.get(comma.end..close.start)?.trim();
            let without = (comma.start, close.start, Cow::Borrowed(""));
            Some(vec![renamed(&format!("{pattern} = ")), without, entry])
        }
        _ => None,
    }
}

fn is_variable(token: &Token<'_>) -> bool {
    token.kind == Kind::Name && !token.text.contains('.') && token.text != "_"
}

fn uses(tokens: &[Token<'_>], name: &str) -> usize {
    tokens
        .iter()
        .filter(|token| {
            token.kind == Kind::Name && token.text.split('.').next().is_some_and(|first| first == name)
        })
        .count()
}

/// The element of the comprehension of this depth around a place: between its bracket and its bar.
fn element(tokens: &[Token<'_>], index: usize, depth: usize) -> Option<(usize, usize)> {
    let before = tokens.get(..=index)?;
    let bar = before
        .iter()
        .rposition(|token| token.text == "|" && token.depth == depth)?;
    let open = before
        .iter()
        .rposition(|token| token.kind == Kind::Open && token.depth + 1 == depth)?;
    let inside = tokens.get(open + 1..bar)?;
    // `{key: value | ...}` has no single element.
    if inside.is_empty()
        || inside
            .iter()
            .any(|token| token.text == ":" && token.depth == depth)
    {
        return None;
    }
    Some((inside.first()?.start, inside.last()?.end))
}

/// See [`super::finding_rules`].
pub(super) fn finding_rules(text: &str, tokens: &[Token<'_>]) -> Vec<String> {
    let starts: Vec<usize> = (0..tokens.len())
        .filter(|index| {
            tokens
                .get(*index)
                .is_some_and(|token| token.depth == 0 && token.kind == Kind::Name)
                && starts_statement(tokens, *index)
        })
        .collect();
    let mut has_deny = false;
    let mut others: Vec<String> = Vec::new();
    for (place, index) in starts.iter().enumerate() {
        let (Some(name), Some(next)) = (tokens.get(*index), tokens.get(index + 1)) else {
            continue;
        };
        if KEYWORDS.contains(&name.text) || next.text == "(" {
            continue;
        }
        if name.text == "deny" {
            has_deny = true;
            continue;
        }
        let end = starts.get(place + 1).and_then(|next| tokens.get(*next));
        let whole = text
            .get(name.start..end.map_or(text.len(), |token| token.start))
            .unwrap_or_default();
        let is_set = next.text == "contains" || (next.text == "[" && !name.text.contains('.'));
        if is_set
            && whole.to_lowercase().contains("alertobject")
            && !others.iter().any(|known| known == name.text)
        {
            others.push(name.text.to_owned());
        }
    }
    if !has_deny {
        return Vec::new();
    }
    std::iter::once("deny".to_owned()).chain(others).collect()
}
