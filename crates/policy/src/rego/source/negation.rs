//! `not`: OPA looks at what an expression is given before it negates it. `not f(a.b)` holds when `f` does not, and not
//! when there is no `a.b` to ask about; only a reference that stands alone, or beside `==`, may be missing.

use std::borrow::Cow;

use super::{Edit, Kind, Token, closing, starts_statement};

/// Makes what a negated expression is given a condition of its own, with the builtins `kubescape_defined` and
/// `kubescape_false`.
pub(super) fn guards<'text>(text: &'text str, tokens: &[Token<'text>]) -> Vec<Edit<'text>> {
    let rules = rule_names(tokens);
    let mut edits = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let stands_alone = before.is_none_or(|before| before.text != ".");
        if token.kind == Kind::Name && token.text == "not" && stands_alone {
            let rest = tokens.get(index + 1..).unwrap_or_default();
            let after_if = before.is_some_and(|before| before.kind == Kind::Name && before.text == "if");
            edits.extend(guard(text, token, rest, &rules, after_if).unwrap_or_default());
        }
    }
    edits
}

/// The names that stand for rules of the module: they may be undefined, unlike variables.
fn rule_names<'text>(tokens: &[Token<'text>]) -> Vec<&'text str> {
    let starts = |index: &usize| starts_statement(tokens, *index);
    (0..tokens.len())
        .filter(starts)
        .filter_map(|index| tokens.get(index))
        .filter(|token| token.depth == 0 && token.kind == Kind::Name)
        .filter_map(|token| token.text.split('.').next())
        .collect()
}

fn guard<'text>(
    text: &'text str,
    not: &Token<'text>,
    rest: &[Token<'text>],
    rules: &[&str],
    after_if: bool,
) -> Option<Vec<Edit<'text>>> {
    let here = |token: &Token<'_>| token.depth == not.depth;
    let ends = |token: &Token<'_>| {
        let over = token.kind == Kind::Newline || [";", "else"].contains(&token.text);
        token.depth < not.depth || (here(token) && over)
    };
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let whole = rest.get(..length)?;
    let is_with = |token: &Token<'_>| here(token) && token.kind == Kind::Name && token.text == "with";
    let (expression, modifiers) = whole.split_at(whole.iter().position(is_with).unwrap_or(whole.len()));
    let end = whole.last()?.end;
    let is_operator = |token: &&Token<'_>| {
        here(token)
            && (["!", "<", ">"].contains(&token.text) || (token.kind == Kind::Name && token.text == "in"))
    };
    if expression.iter().any(|token| is_operator(&token)) {
        if !may_be_undefined(expression, rules) {
            return None;
        }
        let last = expression.last()?.end;
        return Some(vec![
            (not.start, not.end, Cow::Borrowed("kubescape_false((")),
            (last, last, Cow::Borrowed("))")),
        ]);
    }
    let given = given(expression, not.depth, rules)?;
    let with = match modifiers.is_empty() {
        true => String::new(),
        false => format!(" {}", joined(text, modifiers)?),
    };
    let condition = format!("kubescape_defined([{}]){with}; ", joined(text, given)?);
    Some(match after_if {
        true => vec![
            (not.start, not.start, Cow::Owned(format!("{{ {condition}"))),
            (end, end, Cow::Borrowed(" }")),
        ],
        false => vec![(not.start, not.start, Cow::Owned(condition))],
    })
}

/// The part of an expression that has to be defined before it is negated.
fn given<'tokens, 'text>(
    expression: &'tokens [Token<'text>],
    depth: usize,
    rules: &[&str],
) -> Option<&'tokens [Token<'text>]> {
    let needs = |part: &&[Token<'_>]| may_be_undefined(part, rules);
    if let Some(equals) = expression
        .iter()
        .position(|token| token.depth == depth && token.text == "=")
    {
        let (left, right) = expression.split_at(equals);
        let right = right.get(right.iter().take_while(|token| token.text == "=").count()..)?;
        return [left, right]
            .into_iter()
            .find(|side| !is_reference(side, depth) && may_be_undefined(side, rules));
    }
    let (name, call) = expression.split_first()?;
    let open = call
        .first()
        .filter(|open| open.text == "(" && open.start == name.end)?;
    let close = closing(call)?;
    let arguments = call
        .iter()
        .filter(|token| token.start > open.start && token.end < close.end)
        .count();
    (name.kind == Kind::Name)
        .then(|| call.get(1..=arguments))?
        .filter(needs)
}

/// Whether an expression is a reference or a scalar, without a call.
fn is_reference(expression: &[Token<'_>], depth: usize) -> bool {
    let (Some(first), rest) = (expression.first(), expression.get(1..).unwrap_or_default()) else {
        return true;
    };
    let starts = first.kind == Kind::Name || (first.kind == Kind::Other && rest.is_empty());
    let continues = |token: &Token<'_>| {
        token.depth > depth || ["[", "]", "."].contains(&token.text) || token.kind == Kind::Name
    };
    starts && rest.iter().all(continues)
}

/// Whether something in an expression may have no value: a path into something, a call, or a rule.
fn may_be_undefined(expression: &[Token<'_>], rules: &[&str]) -> bool {
    let mut before: Option<&Token<'_>> = None;
    let mut found = false;
    for token in expression {
        let attached = before.is_some_and(|before| {
            before.end == token.start && (before.kind == Kind::Name || before.kind == Kind::Close)
        });
        let number = token.text.starts_with(|first: char| first.is_ascii_digit());
        found |= match token.kind {
            Kind::Name => !number && (token.text.contains('.') || rules.contains(&token.text)),
            Kind::Open => attached && token.text != "{",
            _ => token.text == "." && attached,
        };
        before = Some(token);
    }
    found && !has_wildcard(expression)
}

/// Whether `_` stands outside of comprehensions. Nothing is bound by a negation, so that OPA refuses it there.
fn has_wildcard(expression: &[Token<'_>]) -> bool {
    let mut comprehensions: Vec<usize> = Vec::new();
    for token in expression {
        while comprehensions.last().is_some_and(|depth| token.depth < *depth) {
            comprehensions.pop();
        }
        match token.text {
            "|" => comprehensions.push(token.depth),
            "_" if comprehensions.is_empty() => return true,
            _ => {}
        }
    }
    false
}

/// The text of tokens on one line, without comments.
fn joined(text: &str, tokens: &[Token<'_>]) -> Option<String> {
    let mut joined = String::new();
    let mut last: Option<&Token<'_>> = None;
    for token in tokens.iter().filter(|token| token.kind != Kind::Newline) {
        // A raw string over several lines would move what follows.
        if token.text.contains('\n') {
            return None;
        }
        if last.is_some_and(|last| last.end < token.start) {
            joined.push(' ');
        }
        joined.push_str(text.get(token.start..token.end)?);
        last = Some(token);
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::super::{apply, tokenize};
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let tokens = tokenize(text);
        assert_eq!(apply(text, guards(text, &tokens)), expected);
    }

    #[test]
    fn what_is_given_must_be_there() {
        check(
            "p { not f(a.b, [c]) }",
            "p { kubescape_defined([a.b, [c]]); not f(a.b, [c]) }",
        );
        check("p { not f(a, 1.5, \"x.y\") }", "p { not f(a, 1.5, \"x.y\") }");
        check("p { not f(p) }", "p { kubescape_defined([p]); not f(p) }");
        check("p { not a.b; not a[c] }", "p { not a.b; not a[c] }");
        check(
            "p {\n  not f( # why\n    a.b,\n  )\n}",
            "p {\n  kubescape_defined([a.b,]); not f( # why\n    a.b,\n  )\n}",
        );
        check(
            "p if not f(g(x)) with input as {}\n",
            "p if { kubescape_defined([g(x)]) with input as {}; not f(g(x)) with input as {} }\n",
        );
        check(
            "p := 1 if not f(a.b) else := 2\n",
            "p := 1 if { kubescape_defined([a.b]); not f(a.b) } else := 2\n",
        );
        check(
            "q := [x | x := y; not f(x[0])]",
            "q := [x | x := y; kubescape_defined([x[0]]); not f(x[0])]",
        );
    }

    #[test]
    fn comparisons() {
        check(
            "p { not a.b == 1; not 1 == a[0].b }",
            "p { not a.b == 1; not 1 == a[0].b }",
        );
        check(
            "p { not g(x) == 1 }",
            "p { kubescape_defined([g(x)]); not g(x) == 1 }",
        );
        check(
            "p { not count(a.b) > 0 }",
            "p { kubescape_false(( count(a.b) > 0)) }",
        );
        check("p { not f(a.b[_]) }", "p { not f(a.b[_]) }");
        check(
            "p { not f(a.b, [x | x := c[_]]) }",
            "p { kubescape_defined([a.b, [x | x := c[_]]]); not f(a.b, [x | x := c[_]]) }",
        );
        check("p { not x in xs }", "p { not x in xs }");
        check("p { not x in a.b }\n", "p { kubescape_false(( x in a.b)) }\n");
        check("p { x.not == 1; notable.x }", "p { x.not == 1; notable.x }");
    }
}
