//! Preparing policy text for the engine.
//!
//! The engine differs from OPA in a few places that real policies use. They are bridged in the source, so that no
//! fork of the engine is needed:
//! - `sprintf` formats octal numbers with a prefix, `regex.*` and `glob.*` have another syntax and refuse large
//!   expressions, `base64.*` refuses broken lines and `yaml.*` reads another YAML than Go does: calls are renamed to
//!   builtins of ours ([`super::builtins`]); so are calls that take all memory for a large range, or panic;
//! - `some x in c` and `every x in c` fail when `c` is no collection, where OPA finds nothing: `c` goes through a
//!   builtin that makes anything else undefined;
//! - a function head without value or body (`f("x")`) is not accepted: it gets the value `true` that it means;
//! - `not f(a.b)` holds when there is no `a.b`, where OPA finds nothing: what is negated must have what it is given;
//! - `walk(x)` is only known with a second argument, and there not every pattern binds: it goes through every
//!   `[path, value]` of a list;
//! - `p[x] { ... } { ... }` is not accepted: the second body gets the head of the first;
//! - `[a[i] | unused = i; ...]` cannot be put in order: the unused variable takes the element.

mod negation;
mod statements;

use std::borrow::Cow;

/// Builtins that are replaced by ours, with the number of their arguments; a call with one more binds its result and
/// stays as it is.
pub(super) const REPLACED: [(&str, &str, usize); 28] = [
    ("sprintf", "kubescape_sprintf", 2),
    ("regex.match", "kubescape_regex_match", 2),
    ("regex.is_valid", "kubescape_regex_is_valid", 1),
    ("regex.split", "kubescape_regex_split", 2),
    ("regex.find_n", "kubescape_regex_find_n", 3),
    (
        "regex.find_all_string_submatch_n",
        "kubescape_regex_find_submatch",
        3,
    ),
    ("regex.replace", "kubescape_regex_replace", 3),
    ("glob.match", "kubescape_glob_match", 3),
    ("glob.quote_meta", "kubescape_glob_quote", 1),
    ("indexof", "kubescape_indexof", 2),
    ("object.union_n", "kubescape_union_n", 1),
    ("replace", "kubescape_replace", 3),
    ("strings.replace_n", "kubescape_replace_n", 2),
    ("net.cidr_expand", "kubescape_cidr_expand", 1),
    ("bits.lsh", "kubescape_bits_lsh", 2),
    ("graph.reachable_paths", "kubescape_reachable_paths", 2),
    ("strings.count", "kubescape_strings_count", 2),
    ("numbers.range", "kubescape_numbers_range", 2),
    ("numbers.range_step", "kubescape_numbers_range_step", 3),
    ("base64.decode", "kubescape_base64_decode", 1),
    ("base64.is_valid", "kubescape_base64_is_valid", 1),
    ("yaml.unmarshal", "kubescape_yaml_unmarshal", 1),
    ("yaml.is_valid", "kubescape_yaml_is_valid", 1),
    ("yaml.marshal", "kubescape_yaml_marshal", 1),
    ("json.marshal", "kubescape_json_marshal", 1),
    ("time.add_date", "kubescape_time_add_date", 4),
    ("urlquery.decode", "kubescape_urlquery_decode", 1),
    ("trace", "kubescape_trace", 1),
];

/// The names of the rules that make findings: `deny` first when it is there, then other sets of what looks like
/// findings. Empty: the text does not say, and every rule of the package counts.
pub(super) fn finding_rules(text: &str) -> Vec<String> {
    statements::finding_rules(text, &tokenize(text))
}

/// The text with the bridges applied. Lines stay where they are, so that positions in errors hold.
pub(super) fn prepare(text: &str) -> String {
    let tokens = tokenize(text);
    let guards = negation::guards(text, &tokens);
    if guards.is_empty() {
        return bridged(text, &tokens);
    }
    let guarded = apply(text, guards);
    bridged(&guarded, &tokenize(&guarded))
}

/// The text with all bridges but the guards of negations.
fn bridged(text: &str, tokens: &[Token<'_>]) -> String {
    let mut edits: Vec<Edit<'_>> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Name {
            continue;
        }
        let call = tokens.get(index + 1..).unwrap_or_default();
        if let Some((_, replacement, arity)) = REPLACED.iter().find(|(name, ..)| *name == token.text)
            && called_with(call) == Some(*arity)
        {
            edits.push((token.start, token.end, (*replacement).into()));
        }
        if (token.text == "units.parse" || token.text == "units.parse_bytes")
            && called_with(call) == Some(1)
            && let (Some(open), Some(close)) = (call.first(), closing(call))
        {
            edits.push((open.end, open.end, "kubescape_quantity(".into()));
            edits.push((close.start, close.start, ")".into()));
        }
        if token.text == "walk" {
            edits.extend(statements::walk(text, token, call).unwrap_or_default());
        }
        if (token.text == "some" || token.text == "every")
            && let Some((start, end)) = collection(tokens, index)
        {
            edits.push((start, start, "kubescape_collection(".into()));
            edits.push((end, end, ")".into()));
        }
        if token.depth == 0
            && starts_statement(tokens, index)
            && let Some(end) = bodyless_head(tokens, index)
        {
            edits.push((end, end, " := true".into()));
        }
    }
    edits.extend(statements::more_bodies(text, tokens));
    edits.extend(statements::unused_variables(text, tokens));
    apply(text, edits)
}

/// The text with the edits.
fn apply(text: &str, mut edits: Vec<Edit<'_>>) -> String {
    edits.sort_by_key(|edit| edit.0);
    let mut prepared = String::with_capacity(text.len() + 16 * edits.len());
    let mut position = 0;
    for (start, end, replacement) in edits {
        // An edit within what another one replaces is part of it already.
        if start < position {
            continue;
        }
        prepared.push_str(text.get(position..start).unwrap_or_default());
        prepared.push_str(&replacement);
        position = end;
    }
    prepared.push_str(text.get(position..).unwrap_or_default());
    prepared
}

/// Whether the text can only be version 1 of the language: a rule's `if` without the import that version 0 needs for it.
pub(super) fn is_version_1(text: &str) -> bool {
    let imports = |line: &str| {
        let path = line.trim().strip_prefix("import ").unwrap_or_default().trim();
        path.starts_with("rego.v1") || path.starts_with("future.keywords")
    };
    let has_if = |token: &Token<'_>| token.kind == Kind::Name && token.depth == 0 && token.text == "if";
    !text.lines().any(imports) && tokenize(text).iter().any(has_if)
}

/// How many brackets are open at the most at once. The engine's parser takes stack for each.
pub(super) fn deepest(text: &str) -> usize {
    tokenize(text).iter().map(|token| token.depth).max().unwrap_or(0)
}

/// A part of the text, from one byte to another, and what stands there instead.
type Edit<'text> = (usize, usize, Cow<'text, str>);

/// Whether a text uses a name that starts so.
pub(super) fn calls(text: &str, start: &str) -> bool {
    tokenize(text)
        .iter()
        .any(|token| token.kind == Kind::Name && token.text.starts_with(start))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Name,
    Open,
    Close,
    Comma,
    Newline,
    Other,
}

struct Token<'text> {
    kind: Kind,
    text: &'text str,
    start: usize,
    end: usize,
    /// Brackets of any kind that are open before it.
    depth: usize,
}

/// Names (with dots), brackets, commas and line ends; strings are one token, comments none.
fn tokenize(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let (mut position, mut depth) = (0usize, 0usize);
    while let Some(byte) = bytes.get(position) {
        let start = position;
        let kind = match byte {
            b'#' => {
                position = find(bytes, position, |b| b == b'\n');
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                position += 1;
                continue;
            }
            b'"' => {
                position = string_end(bytes, position + 1);
                Kind::Other
            }
            b'`' => {
                position = find(bytes, position + 1, |b| b == b'`')
                    .saturating_add(1)
                    .min(bytes.len());
                Kind::Other
            }
            b'\n' => {
                position += 1;
                Kind::Newline
            }
            b'(' | b'[' | b'{' => {
                position += 1;
                Kind::Open
            }
            b')' | b']' | b'}' => {
                position += 1;
                depth = depth.saturating_sub(1);
                Kind::Close
            }
            b',' => {
                position += 1;
                Kind::Comma
            }
            b if b.is_ascii_alphanumeric() || *b == b'_' => {
                position = find(bytes, position, |b| {
                    !(b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
                });
                Kind::Name
            }
            _ => {
                position += 1;
                while !text.is_char_boundary(position) {
                    position += 1;
                }
                Kind::Other
            }
        };
        tokens.push(Token {
            kind,
            text: text.get(start..position).unwrap_or_default(),
            start,
            end: position,
            depth,
        });
        if kind == Kind::Open {
            depth += 1;
        }
    }
    tokens
}

fn find(bytes: &[u8], from: usize, stop: impl Fn(u8) -> bool) -> usize {
    bytes
        .get(from..)
        .and_then(|rest| rest.iter().position(|byte| stop(*byte)))
        .map_or(bytes.len(), |offset| from + offset)
}

fn string_end(bytes: &[u8], mut position: usize) -> usize {
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'"' | b'\n' => return position + 1,
            _ => position += 1,
        }
    }
    bytes.len()
}

/// What closes the bracket that the tokens start with.
fn closing<'tokens, 'text>(tokens: &'tokens [Token<'text>]) -> Option<&'tokens Token<'text>> {
    let open = tokens.first().filter(|token| token.kind == Kind::Open)?;
    tokens
        .iter()
        .find(|token| token.kind == Kind::Close && token.depth == open.depth)
}

/// Number of arguments when the tokens start with a bracketed list.
fn called_with(tokens: &[Token<'_>]) -> Option<usize> {
    let open = tokens.first().filter(|token| token.text == "(")?;
    let (mut arguments, mut empty) = (1, true);
    for token in tokens.get(1..)? {
        if token.kind == Kind::Close && token.depth == open.depth {
            return Some(if empty { 0 } else { arguments });
        }
        if token.kind == Kind::Comma && token.depth == open.depth + 1 {
            arguments += 1;
        }
        empty &= token.kind == Kind::Newline;
    }
    None
}

/// Where the collection of `some ... in COLLECTION` or `every ... in COLLECTION {` starts and ends.
fn collection(tokens: &[Token<'_>], index: usize) -> Option<(usize, usize)> {
    let keyword = tokens.get(index)?;
    let here = |token: &Token<'_>| token.depth == keyword.depth;
    let ends_line = |token: &Token<'_>| token.kind == Kind::Newline || token.text == ";";
    let mut rest = tokens.get(index + 1..)?.iter().peekable();
    loop {
        let token = rest.next()?;
        if token.depth < keyword.depth || (here(token) && ends_line(token)) {
            return None;
        }
        if here(token) && token.kind == Kind::Name && token.text == "in" {
            break;
        }
    }
    let start = rest.peek()?.start;
    let mut end = start;
    for token in rest {
        let outside = token.kind == Kind::Close && token.depth < keyword.depth;
        let body = keyword.text == "every" && token.text == "{" && here(token) && end > start;
        let modified = token.kind == Kind::Name && token.text == "with" && here(token);
        if outside || body || modified || (here(token) && ends_line(token)) {
            break;
        }
        end = token.end;
    }
    (end > start).then_some((start, end))
}

fn starts_statement(tokens: &[Token<'_>], index: usize) -> bool {
    index == 0
        || tokens
            .get(index - 1)
            .is_some_and(|token| token.kind == Kind::Newline)
}

/// End of the head when nothing but its arguments stands in the statement.
fn bodyless_head(tokens: &[Token<'_>], index: usize) -> Option<usize> {
    if tokens.get(index + 1)?.text != "(" {
        return None;
    }
    let rest = tokens.get(index + 2..)?;
    let close = rest
        .iter()
        .position(|token| token.kind == Kind::Close && token.depth == 0)?;
    match rest.get(close + 1) {
        None
        | Some(Token {
            kind: Kind::Newline, ..
        }) => rest.get(close).map(|token| token.end),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(prepare(text), expected);
    }

    #[test]
    fn versions() {
        let check = |text: &str, expected: bool| assert_eq!(is_version_1(text), expected, "{text}");
        check("package a\ndeny contains x if {\n  x := 1\n}", true);
        check("package a\nimport rego.v1\ndeny contains x if { x := 1 }", false);
        check("package a\nimport future.keywords.if\np if { true }", false);
        check("package a\n# what if\ndeny[\"if\"] { input.if }", false);
        check("package a\ncontains(a, b) { a == b }", false);
        assert_eq!(deepest("p { x := [{\"a\": (1)}] }"), 4);
        assert_eq!(deepest("p := 1"), 0);
    }

    #[test]
    fn calls_are_renamed() {
        check("x := sprintf(\"%o\", [y])", "x := kubescape_sprintf(\"%o\", [y])");
        check(
            "p if regex.match(`a,(b`, x)",
            "p if kubescape_regex_match(`a,(b`, x)",
        );
        check("p if sprintf(\"%d\", [1], out)", "p if sprintf(\"%d\", [1], out)");
        check(
            "# sprintf(\"\", [])\ny := \"sprintf(a, b)\"",
            "# sprintf(\"\", [])\ny := \"sprintf(a, b)\"",
        );
        check(
            "z := sprintf(\"%s\", [sprintf(\"%d\", [1])])",
            "z := kubescape_sprintf(\"%s\", [kubescape_sprintf(\"%d\", [1])])",
        );
        check("p if my.sprintf(1, 2)", "p if my.sprintf(1, 2)");
    }

    #[test]
    fn collections_are_guarded() {
        check(
            "p if some x in input.xs\n",
            "p if some x in kubescape_collection(input.xs)\n",
        );
        check(
            "p if {\n  some k, v in f(a, [b]) # all\n  v\n}",
            "p if {\n  some k, v in kubescape_collection(f(a, [b])) # all\n  v\n}",
        );
        check(
            "q := [x | some x in xs; x > 1]",
            "q := [x | some x in kubescape_collection(xs); x > 1]",
        );
        check(
            "q := {x | some x in [1,\n2]}",
            "q := {x | some x in kubescape_collection([1,\n2])}",
        );
        check(
            "p if every x in {1, 2} {\n  x > 0\n}",
            "p if every x in kubescape_collection({1, 2}) {\n  x > 0\n}",
        );
        check(
            "p {\n  some x\n  input[x] in y\n}",
            "p {\n  some x\n  input[x] in y\n}",
        );
    }

    #[test]
    fn heads_without_a_body_get_their_value() {
        check(
            "bad(\"v1\")\nbad(\"v2\") # known\n",
            "bad(\"v1\") := true\nbad(\"v2\") := true # known\n",
        );
        check("good(x) {\n  f(x)\n}\n", "good(x) {\n  f(x)\n}\n");
        check("good(x) := 1\n", "good(x) := 1\n");
        check("good(x) if x > 1\n", "good(x) if x > 1\n");
        check("é(\"ü\")", "é(\"ü\")");
    }

    #[test]
    fn walks_are_lists() {
        check(
            "p { [path, value] := walk(f(x)); q }",
            "p { [path, value] := kubescape_walk(f(x))[_]; q }",
        );
        check(
            "p { walk(f(x, y), [_, value]); q }",
            "p { [_, value] = kubescape_walk(f(x, y))[_]; q }",
        );
    }

    #[test]
    fn further_bodies_get_the_head() {
        check(
            "p[x] {\n  x := 1\n} {\n  x := 2\n}\n",
            "p[x] {\n  x := 1\n} p[x] {\n  x := 2\n}\n",
        );
        check("f(x) { x == 1 } { x == 2 }", "f(x) { x == 1 } { x == 2 }");
        check("p[x] { x := {1} }\nq { true }", "p[x] { x := {1} }\nq { true }");
    }

    #[test]
    fn unused_variables_take_the_element() {
        check(
            "p { x := [a.b[i] | note = i; startswith(i, \"k\")] }",
            "p { x := [note | note := a.b[i]; startswith(i, \"k\")] }",
        );
        check(
            "p { x := [a[i] | note = i; note != \"k\"] }",
            "p { x := [a[i] | note = i; note != \"k\"] }",
        );
        check(
            "p { x := [a | a == b; c := a] }",
            "p { x := [a | a == b; c := a] }",
        );
    }

    #[test]
    fn rules_with_findings() {
        let check = |text: &str, expected: &[&str]| assert_eq!(finding_rules(text), expected, "{text}");
        check("deny[m] { m := 1 }", &["deny"]);
        check("deny contains m if { m := 1 }", &["deny"]);
        check("deny := [1]\nx := 2", &["deny"]);
        check("denying[m] { m := 1 }", &[]);
        check(
            "helper[m] { m := 1 }\nwarn[m] { m := {\"alertObject\": {}} }\ndeny[m] { m := 1 }",
            &["deny", "warn"],
        );
        check("untrusted[m] { m := {\"alertObject\": {}} }", &[]);
    }
}
