//! Values of charts and users, as helm merges them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::PathBuf;

use kubescape_helm::{Overrides, RenderOptions, render};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("kubescape-values-{name}-{}", std::process::id()));
        for (file, text) in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(root)
    }

    /// What the first document's `v` shows, or the end of the error.
    fn render(&self, sets: &[&str]) -> String {
        let options = RenderOptions {
            overrides: Overrides {
                typed: sets.iter().map(|set| (*set).to_owned()).collect(),
                ..Overrides::default()
            },
            ..RenderOptions::default()
        };
        match render(&self.0, &options) {
            Ok(rendered) => rendered.documents[0].text.trim_start_matches("v: ").to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn check(name: &str, files: &[(&str, &str)], cases: &[(&[&str], &str)]) {
    let folder = Folder::new(name, files);
    for (sets, expected) in cases {
        let found = folder.render(sets);
        assert!(
            found == *expected || found.ends_with(&format!(": {expected}")),
            "{sets:?}: {found}"
        );
    }
}

const VALUES: (&str, &str) = ("templates/v.yaml", "v: {{ toJson .Values }}\n");

#[test]
fn set() {
    const NIL_MAP: &str = "interface conversion: interface {} is nil, not map[string]interface {}";
    const NIL_LIST: &str = "interface conversion: interface {} is nil, not []interface {}";
    let chart = ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    check(
        "set",
        &[chart, ("values.yaml", "a: 1\n"), VALUES],
        &[
            (&["=1"], "{\"a\":1}"),
            (&["a=2,=3"], "{\"a\":2}"),
            (&[".b=1"], "{\"a\":1}"),
            (&["b[0].=1"], "{\"a\":1,\"b\":[{}]}"),
            (&["b={x}", "b[0].y=1"], "{\"a\":1,\"b\":[{\"y\":1}]}"),
            (&["b[0]=null", "b[0].y=1"], "{\"a\":1,\"b\":[{\"y\":1}]}"),
            (&["b.=1"], "key map \"b\" has no value"),
            (&["b=null", "b.c=1"], NIL_MAP),
            (&["b=null", "b[0]=1"], NIL_LIST),
            (
                &["b.c=1", "b[0]=2"],
                "interface conversion: interface {} is map[string]interface {}, not []interface {}",
            ),
            (
                &["b[0]=1", "b[0][0]=2"],
                "interface conversion: interface {} is int64, not []interface {}",
            ),
        ],
    );
}

#[test]
fn set_json_and_literal() {
    let folder = Folder::new(
        "json",
        &[
            ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
            ("values.yaml", "l: [x, z]\n"),
            VALUES,
        ],
    );
    for (json, literal, expected) in [
        (
            Some(r#"l[0]={"q":1},s="x,y""#),
            None,
            r#"{"l":[{"q":1}],"s":"x,y"}"#,
        ),
        (
            Some("a.b=[1,null],c="),
            None,
            r#"{"a":{"b":[1,null]},"c":null,"l":["x","z"]}"#,
        ),
        (None, Some("l[1]=p,q={r}"), r#"{"l":[null,"p,q={r}"]}"#),
        (None, Some("a,b.c=1"), r#"{"a,b":{"c":"1"},"l":["x","z"]}"#),
        (None, Some(r"a\.b=1\.c"), r#"{"a\\":{"b":"1\\.c"},"l":["x","z"]}"#),
    ] {
        let list = |argument: Option<&str>| argument.map(str::to_owned).into_iter().collect();
        let options = RenderOptions {
            overrides: Overrides {
                json: list(json),
                literals: list(literal),
                ..Overrides::default()
            },
            ..RenderOptions::default()
        };
        let rendered = render(&folder.0, &options).unwrap();
        assert_eq!(
            *rendered.documents[0].text,
            *format!("v: {expected}"),
            "{json:?} {literal:?}"
        );
    }
}

#[test]
fn imported_values_and_globals() {
    check(
        "imports",
        &[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.x, import-values: [{child: x, parent: own}]}\n",
            ),
            (
                "values.yaml",
                "own: {k: mine}\nglobal: {m: {x: 1}}\nsub: {global: {m: {x: 2, z: 3}}}\n",
            ),
            VALUES,
            (
                "charts/sub/Chart.yaml",
                "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            ),
            ("charts/sub/values.yaml", "x: {k: theirs, l: 2}\n"),
        ],
        &[(
            &["global.m=5"],
            "{\"global\":{\"m\":5},\"own\":{\"k\":\"mine\",\"l\":2},\"sub\":{\"global\":{\"m\":{\"x\":1,\"z\":3}},\"x\":{\"k\":\"theirs\",\"l\":2}}}",
        )],
    );
}

#[test]
fn imported_tables_are_shared() {
    check(
        "shared",
        &[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.x, import-values: [one, {child: exports, parent: exports.one.nest}]}\n- {name: other, version: 1.x, import-values: [one]}\n",
            ),
            ("values.yaml", "{}\n"),
            VALUES,
            (
                "charts/sub/Chart.yaml",
                "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            ),
            ("charts/sub/values.yaml", "exports: {one: {nest: {p: 1}}}\n"),
            (
                "charts/other/Chart.yaml",
                "apiVersion: v2\nname: other\nversion: 1.0.0\n",
            ),
            ("charts/other/values.yaml", "exports: {one: {nest: {r: 2}}}\n"),
        ],
        &[(
            &[],
            r#"{"exports":{"one":{"nest":{"one":{"nest":{"p":1,"r":2}}}}},"nest":{"p":1,"r":2},"other":{"exports":{"one":{"nest":{"r":2}}},"global":{}},"sub":{"exports":{"one":{"nest":{"p":1,"r":2}}},"global":{}}}"#,
        )],
    );
}

/// Helm would put the table into itself, and never end.
#[test]
fn a_table_that_is_imported_into_itself_is_copied() {
    check(
        "cycle",
        &[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.x, import-values: [one, {child: exports.one, parent: nest.x}]}\n",
            ),
            ("values.yaml", "{}\n"),
            VALUES,
            (
                "charts/sub/Chart.yaml",
                "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            ),
            ("charts/sub/values.yaml", "exports: {one: {nest: {p: 1}}}\n"),
        ],
        &[(
            &[],
            r#"{"nest":{"p":1,"x":{"nest":{"p":1}}},"sub":{"exports":{"one":{"nest":{"p":1,"x":{"nest":{"p":1}}}}},"global":{}}}"#,
        )],
    );
}

#[test]
fn dependencies_as_templates_see_them() {
    check(
        "dependencies",
        &[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: sub, condition: sub.on}\n",
            ),
            ("values.yaml", "{}\n"),
            (
                "templates/v.yaml",
                "v: [{{ toJson .Chart.Dependencies }}, {{ toJson .Chart.Keywords }}]\n",
            ),
            (
                "charts/sub/Chart.yaml",
                "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
            ),
        ],
        &[
            (
                &[],
                "[[{\"name\":\"sub\",\"repository\":\"\",\"condition\":\"sub.on\",\"enabled\":true}], null]",
            ),
            (&["sub.on=false"], "[null, null]"),
        ],
    );
}

#[test]
fn schemas() {
    /// A chart with this schema, and what the value `a` makes of it: the rendered values, or parts of the error.
    #[track_caller]
    fn check(name: &str, schema: &str, value: &str, expected: &[&str]) {
        let files = [
            ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
            ("values.yaml", "a: 1\n"),
            ("values.schema.json", schema),
            VALUES,
        ];
        let found = Folder::new(name, &files).render(&[value]);
        for part in expected {
            assert!(found.contains(part), "{schema}: {found}");
        }
    }
    let number =
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"type": "number"}}}"#;
    check("schema-good", number, "a=2", &[r#"{"a":2}"#]);
    check("schema-bad", number, "a=x", &["shop:", "'/a'"]);
    let inner =
        r##"{"properties": {"a": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"maximum": 3}}}"##;
    check("schema-inner", inner, "a=3", &[r#"{"a":3}"#]);
    check("schema-inner-bad", inner, "a=4", &["'/a'"]);
    for elsewhere in ["file:///etc/hostname", "other.json", "https://example.com/a.json"] {
        let schema = format!(r#"{{"properties": {{"a": {{"$ref": "{elsewhere}"}}}}}}"#);
        check(
            "schema-elsewhere",
            &schema,
            "a=1",
            &["is not read", "own definitions"],
        );
    }
    check("schema-broken", "{", "a=1", &["line 1 column 1"]);
    for draft in [
        "",
        r#""$schema": "http://json-schema.org/draft-07/schema","#,
        r#""$schema": "http://json-schema.org/draft-04/schema#","#,
    ] {
        let schema = format!(r#"{{{draft} "properties": {{"a": {{"type": "text"}}}}}}"#);
        check(
            "schema-type",
            &schema,
            "a=1",
            &["values.schema.json", "'/properties/a/type'"],
        );
    }
    let named = r#"{"properties": {"a": {"$id": "https://charts.example/a.json", "$schema": "http://json-schema.org/draft-07/schema#", "type": "number"}}}"#;
    check("schema-named", named, "a=2", &[r#"{"a":2}"#]);
    check("schema-named-bad", named, "a=x", &["'/a'"]);
}
