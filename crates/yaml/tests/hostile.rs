//! Texts that want to break the loader: each ends in a value or an error, soon, never in a panic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use kubescape_yaml::{Limits, Profile, load, load_json, load_manifests, load_one, to_yaml};
use proptest::prelude::*;

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = load_one(text, Profile::GoYamlV3, &Limits::default()).expect_err("an error");
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn bad_texts() {
    check_error(
        "a: 1\nb: \"b\n",
        "3:1: found unexpected end of stream; is the quote of line 2 not closed?",
    );
    check_error(
        "a: 1\nb: [x,\n  y\nc: 1\n",
        "4:2: did not find expected ',' or ']'; is the list of line 2 not closed?",
    );
    check_error(
        "a:\n  b: 1\n c: 1\n",
        "3:2: did not find expected key; is it indented as the map that begins in line 1?",
    );
    check_error(
        "a:\n  b: 1\n  c\nd: 1\n",
        "4:1: could not find expected ':'; does line 3 lack one?",
    );
    check_error(
        "a: b: c\n",
        "1:5: mapping values are not allowed in this context; quote a text",
    );
    check_error(
        "\u{feff}a: @\n",
        "1:4: found character that cannot start any token; quote texts that begin with it",
    );
    check_error("a:\n\t- b\n", "indent with spaces instead of a tab");
    check_error(
        "a: 1\nb: 2\na: 3\n",
        "3:1: the key \"a\" is already defined in line 1",
    );
    check_error("a: \u{0}\n", "control characters are not allowed");
    check_error(
        &format!("a: {}", "[".repeat(10_000)),
        "nested deeper than 1000 levels",
    );
    check_error(
        &"a:\n"
            .lines()
            .map(ToOwned::to_owned)
            .chain((1..2_000).map(|n| " ".repeat(n) + "a:"))
            .collect::<Vec<_>>()
            .join("\n"),
        "nested deeper",
    );
}

#[test]
fn alias_bomb() {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 9].join(","));
    }
    check_error(&text, "aliases expand to more than 250000 nodes");
}

#[test]
fn too_large() {
    let limits = Limits {
        file_bytes: 10,
        ..Limits::default()
    };
    let error = load_one("a: 0123456789\n", Profile::GoYamlV3, &limits).expect_err("an error");
    assert_eq!(error.to_string(), "1:1: the text has 14 bytes, the limit is 10");
}

#[test]
fn many_keys_are_not_quadratic() {
    // With a comparison of each key with each other this would take minutes.
    let text: String = (0..200_000).map(|n| format!("k{n}: {n}\n")).collect();
    for profile in [Profile::GoYamlV3, Profile::SigsYaml] {
        let node = load_one(&text, profile, &Limits::default()).expect("a map");
        assert_eq!(node.as_mapping().map(kubescape_yaml::Mapping::len), Some(200_000));
    }
    let repeated = text.repeat(2);
    let node = load_one(&repeated, Profile::SigsYaml, &Limits::default()).expect("a map");
    assert_eq!(node.as_mapping().map(kubescape_yaml::Mapping::len), Some(200_000));
}

#[test]
fn many_directives_are_not_quadratic() {
    let mut text: String = (0..300_000)
        .map(|n| format!("%TAG !t{n}! tag:t,{n}:\n"))
        .collect();
    text += "---\na: !t7!x b\n";
    let node = load_one(&text, Profile::GoYamlV3, &Limits::default()).expect("a map");
    assert_eq!(node.get("a").and_then(|node| node.as_str()), Some("b"));
}

#[test]
fn block_scalars_at_the_end_of_the_text() {
    for (text, expected) in [
        ("a: |\n  x", "x"),
        ("a: |\n  x\n", "x\n"),
        ("a: |-\n  x", "x"),
        ("a: >+\n  x", "x"),
        ("a: |", ""),
        ("a: |\n", ""),
    ] {
        let node = load_one(text, Profile::GoYamlV3, &Limits::default()).expect("a map");
        assert_eq!(
            node.get("a").and_then(|node| node.as_str()),
            Some(expected),
            "{text:?}"
        );
    }
}

#[test]
fn a_bad_document_does_not_spoil_the_others() {
    let manifests = load_manifests(
        "a: 1\n--- # two\nb: [\n---\nc: é\n",
        Profile::GoYamlV3,
        &Limits::default(),
    );
    let found: Vec<_> = manifests
        .iter()
        .map(|manifest| {
            (
                manifest.index,
                manifest.root.as_ref().map(to_yaml).map_err(ToString::to_string),
            )
        })
        .collect();
    assert_eq!(found[0], (1, Ok("a: 1\n".to_owned())));
    assert_eq!(
        (found[1].0, found[1].1.as_ref().unwrap_err().starts_with("4:")),
        (2, true)
    );
    assert_eq!(found[2], (3, Ok("c: é\n".to_owned())));
    let twice = load_manifests("a: 1\n---\nb: 1\nb: 2\n", Profile::GoYamlV3, &Limits::default());
    assert_eq!(
        twice[1].root.as_ref().unwrap_err().to_string(),
        "4:1: the key \"b\" is already defined in line 3; remove one of them"
    );
    let node = manifests[2].root.as_ref().unwrap().get("c").unwrap().clone();
    assert_eq!(
        "a: 1\n--- # two\nb: [\n---\nc: é\n".get(node.span.range()),
        Some("é")
    );
}

/// Pieces of YAML that make the scanner change its mind.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        ":",
        " ",
        "\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "?",
        "|",
        ">",
        "|-\n",
        ">+\n ",
        "\"",
        "'",
        "\\",
        "#",
        "&a ",
        "*a",
        "!",
        "!!int ",
        "!<x> ",
        "%YAML 1.1\n",
        "---\n",
        "...\n",
        "\t",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "🦀",
        "0644",
        "~",
        "<<: ",
        "\u{0}",
        "\\u12",
        "2001-1-1",
        "1:2",
        "\n  ",
        "\n    ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_ends_in_a_value_or_an_error(text in pieces()) {
        for profile in [Profile::GoYamlV3, Profile::SigsYaml] {
            for document in load(&text, profile, &Limits::default()).into_iter().flatten() {
                // What was read can be written and read again.
                let written = to_yaml(&document.root);
                prop_assert!(load_one(&written, profile, &Limits::default()).is_ok(), "{:?} gave {:?}", text, written);
            }
            for manifest in load_manifests(&text, profile, &Limits::default()) {
                if let Ok(root) = manifest.root {
                    prop_assert!(text.get(root.span.range()).is_some());
                }
            }
        }
        let _ = load_json(&text, &Limits::default());
    }
}
