//! Which sub-charts are rendered, where they lie, and what values they see, as helm 3.19 does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;

use kubescape_helm::{RenderOptions, render};

/// What a chart renders, one document a line: its file without the chart's name and `templates/`, and its text. All
/// charts have the template `v.yaml`; a file is given by its path and text.
#[track_caller]
fn check(name: &str, files: &[(&str, &str)], expected: &[&str]) {
    let root = std::env::temp_dir().join(format!("kubescape-dependencies-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for (path, text) in files {
        match path.strip_suffix("Chart.yaml") {
            Some(folder) => {
                write(path, &format!("apiVersion: v2\nversion: 1.0.0\n{text}\n"));
                write(&format!("{folder}templates/v.yaml"), "v: {{ toJson .Values }}\n");
            }
            None => write(path, text),
        }
    }
    let found = match render(&root, &RenderOptions::default()) {
        Ok(rendered) => rendered
            .documents
            .iter()
            .map(|document| {
                let file = document.file.replace("templates/v.yaml", "");
                format!(
                    "{} {}",
                    file.trim_start_matches("top/"),
                    document.text.trim_start_matches("v: ")
                )
            })
            .collect(),
        Err(error) => vec![error.to_string()],
    };
    let _ = fs::remove_dir_all(&root);
    assert_eq!(found, expected, "{name}");
}

#[test]
fn nulls_in_globals_stay_where_maps_are_joined() {
    check(
        "globals",
        &[
            (
                "Chart.yaml",
                "name: top\ndependencies: [{name: sub, version: '*', import-values: [none]}]",
            ),
            (
                "values.yaml",
                "global: {a: {b: {c: 1, d: null}}, e: {f: 1}, h: {i: 1}}",
            ),
            ("charts/sub/Chart.yaml", "name: sub"),
            ("charts/sub/values.yaml", "global: {e: null, h: {j: 2}}"),
        ],
        &[
            r#"charts/sub/ {"global":{"a":{"b":{"c":1,"d":null}},"e":{"f":1},"h":{"i":1,"j":2}}}"#,
            concat!(
                r#" {"global":{"a":{"b":{"c":1,"d":null}},"e":{"f":1},"h":{"i":1}},"#,
                r#""sub":{"global":{"a":{"b":{"c":1,"d":null}},"e":{"f":1},"h":{"i":1,"j":2}}}}"#
            ),
        ],
    );
    // A null of the sub-chart's values is no map to join another with.
    check(
        "conflict",
        &[
            ("Chart.yaml", "name: top"),
            ("values.yaml", "global: {a: {b: 1}}\nsub: {global: {a: null}}"),
            ("charts/sub/Chart.yaml", "name: sub"),
        ],
        &[
            r#"charts/sub/ {"global":{"a":null}}"#,
            r#" {"global":{"a":{"b":1}},"sub":{"global":{"a":null}}}"#,
        ],
    );
}

#[test]
fn sub_charts_switch_their_own_sub_charts() {
    const DEEP: [(&str, &str); 3] = [
        (
            "Chart.yaml",
            "name: top\ndependencies: [{name: sub, version: '*'}]",
        ),
        (
            "charts/sub/Chart.yaml",
            "name: sub\ndependencies: [{name: deep, version: '*', tags: [t]}]",
        ),
        ("charts/sub/charts/deep/Chart.yaml", "name: deep"),
    ];
    // Their defaults are laid over the root's values to find tags and conditions,
    check(
        "tags",
        &[&DEEP[..], &[("charts/sub/values.yaml", "tags: {t: false}")]].concat(),
        &[
            r#"charts/sub/ {"global":{},"tags":{"t":false}}"#,
            r#" {"sub":{"global":{},"tags":{"t":false}}}"#,
        ],
    );
    // so that what the root has under the name of such a chart must be a table too.
    check(
        "mismatch",
        &[&DEEP[..], &[("values.yaml", "deep: 1")]].concat(),
        &["type mismatch on deep: %!t(float64=1)"],
    );
}

#[test]
fn copies_of_a_chart_share_its_declarations() {
    check(
        "copies",
        &[
            (
                "Chart.yaml",
                "name: top\ndependencies: [{name: sub, version: '*', alias: one}, {name: sub, version: '*', alias: two}]",
            ),
            (
                "charts/sub/Chart.yaml",
                "name: sub\ndependencies: [{name: deep, version: '*', alias: other, import-values: [{child: d, parent: .}]}]",
            ),
            ("charts/sub/charts/deep/Chart.yaml", "name: deep"),
            ("charts/sub/charts/deep/values.yaml", "d: {x: 1}"),
            ("charts/sub/charts/loose/Chart.yaml", "name: loose"),
        ],
        &[
            r#"charts/one/charts/other/ {"d":{"x":1},"global":{}}"#,
            r#"charts/one/ {"global":{},"loose":{"global":{}},"other":{"d":{"x":1},"global":{}},"x":1}"#,
            r#"charts/two/charts/deep/ {"d":{"x":1},"global":{}}"#,
            r#"charts/two/charts/loose/ {"global":{}}"#,
            r#"charts/two/ {"deep":{"d":{"x":1},"global":{}},"global":{},"loose":{"global":{}}}"#,
            concat!(
                r#" {"one":{"global":{},"loose":{"global":{}},"other":{"d":{"x":1},"global":{}},"x":1},"#,
                r#""two":{"deep":{"d":{"x":1},"global":{}},"global":{},"loose":{"global":{}}}}"#
            ),
        ],
    );
    // Sub-charts of a chart that declares none lie below its own name, whatever its alias.
    check(
        "loose",
        &[
            (
                "Chart.yaml",
                "name: top\ndependencies: [{name: old, version: '*', alias: new}]",
            ),
            ("charts/old/Chart.yaml", "name: old"),
            ("charts/old/charts/loose/Chart.yaml", "name: loose"),
        ],
        &[
            r#"charts/new/ {"global":{},"loose":{"global":{}}}"#,
            r#"charts/old/charts/loose/ {"global":{}}"#,
            r#" {"new":{"global":{},"loose":{"global":{}}}}"#,
        ],
    );
    // An alias takes the name's place only where declarations are read: below a chart that declares something.
    check(
        "unread",
        &[
            ("Chart.yaml", "name: top"),
            (
                "charts/sub/Chart.yaml",
                "name: sub\ndependencies: [{name: deep, version: '*', alias: other, import-values: [{child: d, parent: .}]}]",
            ),
            ("charts/sub/values.yaml", "other: {d: {z: 1}}"),
            ("charts/sub/charts/deep/Chart.yaml", "name: deep"),
            ("charts/sub/charts/deep/values.yaml", "d: {x: 1}"),
        ],
        &[
            r#"charts/sub/charts/deep/ {"d":{"x":1},"global":{}}"#,
            r#"charts/sub/ {"deep":{"d":{"x":1},"global":{}},"global":{},"other":{"d":{"z":1}},"x":1}"#,
            r#" {"sub":{"deep":{"d":{"x":1},"global":{}},"global":{},"other":{"d":{"z":1}},"x":1}}"#,
        ],
    );
}
