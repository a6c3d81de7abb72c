//! Which line of which template wrote each line, and which value it shows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use kubescape_helm::{Chart, RenderOptions, render};

const FILES: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- {name: sub, version: '*', alias: twin}\n",
    ),
    (
        "values.yaml",
        "name: shop\nnone: ''\nimage: {tag: v1, repo: r}\nenv: {A: 1}\nlist: [x, z]\ntwin: {size: 3}\n",
    ),
    (
        "templates/_labels.tpl",
        "{{- define \"labels\" }}\napp: {{ .Values.name }}\ntier: web\n{{- end }}\n",
    ),
    (
        "templates/a.yaml",
        "{{- $tag := .Values.image.tag }}
kind: A
name: {{ .Values.name }}
image: {{ .Values.image.repo }}:{{ $tag }}
tag: {{ $tag | quote }}
labels:
  {{- include \"labels\" . | nindent 2 }}
inline:
{{- template \"labels\" . }}
env:
  {{- toYaml .Values.env | nindent 2 }}
items:
{{- range $index, $item := .Values.list }}
- {{ $item }}
{{- end }}
{{- with .Values.image }}
with: {{ .tag }}
{{- end }}
empty: {{ .Values.none }}
last: true
---
kind: B
",
    ),
    (
        "charts/sub/Chart.yaml",
        "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    ),
    ("charts/sub/values.yaml", "size: 1\n"),
    (
        "charts/sub/templates/c.yaml",
        "# a comment\nkind: C\nsize: {{ .Values.size }}\n",
    ),
];

#[test]
fn every_line_of_a_chart() {
    let root = std::env::temp_dir().join(format!("kubescape-provenance-{}", std::process::id()));
    for (name, text) in FILES {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let rendered = render(&root, &RenderOptions::default());
    fs::remove_dir_all(&root).unwrap();
    let found: Vec<String> = rendered
        .unwrap()
        .documents
        .iter()
        .flat_map(|document| document.text.lines().zip(&document.lines))
        .map(|(text, origin)| {
            let file = origin.file.trim_start_matches("shop/");
            let key = origin.values_key.as_deref().unwrap_or("-");
            format!("{text} | {file}:{} {key}", origin.line)
        })
        .collect();
    assert_eq!(found, EXPECTED, "{}", found.join("\n"));
}

const EXPECTED: &[&str] = &[
    "kind: A | templates/a.yaml:2 -",
    "name: shop | templates/a.yaml:3 name",
    "image: r:v1 | templates/a.yaml:4 -",
    "tag: \"v1\" | templates/a.yaml:5 image.tag",
    "labels: | templates/a.yaml:6 -",
    "   | templates/a.yaml:7 -",
    "  app: shop | templates/a.yaml:7 -",
    "  tier: web | templates/a.yaml:7 -",
    "inline: | templates/a.yaml:8 -",
    "app: shop | templates/_labels.tpl:2 name",
    "tier: web | templates/_labels.tpl:3 -",
    "env: | templates/a.yaml:10 -",
    "  A: 1 | templates/a.yaml:11 env",
    "items: | templates/a.yaml:12 -",
    "- x | templates/a.yaml:14 list[0]",
    "- z | templates/a.yaml:14 list[1]",
    "with: v1 | templates/a.yaml:17 image.tag",
    "empty:  | templates/a.yaml:19 -",
    "last: true | templates/a.yaml:20 -",
    "kind: B | templates/a.yaml:22 -",
    "# a comment | charts/twin/templates/c.yaml:1 -",
    "kind: C | charts/twin/templates/c.yaml:2 -",
    "size: 3 | charts/twin/templates/c.yaml:3 size",
];

/// A line of a template without actions is what it renders to.
#[test]
fn plain_lines_of_real_charts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/charts");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        return;
    };
    let (mut plain, mut keys, mut wrong) = (0, 0, Vec::new());
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "tgz") {
            continue;
        }
        let rendered = render(&path, &RenderOptions::default()).unwrap();
        let chart = Chart::load(&path).unwrap();
        let mut templates = HashMap::new();
        add(&chart, &chart.metadata.name, &mut templates);
        for document in rendered.documents.iter().filter(|document| !document.is_crd) {
            assert_eq!(
                document.lines.len(),
                document.text.lines().count(),
                "{}",
                document.file
            );
            for (text, origin) in document.text.lines().zip(&document.lines) {
                keys += usize::from(origin.values_key.is_some());
                // A chart under an alias has other names for its templates.
                let Some(lines) = templates.get(&*origin.file) else {
                    continue;
                };
                let source = lines.get(origin.line - 1).map_or("", String::as_str);
                if source.contains("{{") || source.contains("}}") || text.trim().is_empty() {
                    continue;
                }
                plain += 1;
                if source.trim() != text.trim() {
                    wrong.push(format!(
                        "{}:{}: {source:?} gives {text:?}",
                        origin.file, origin.line
                    ));
                }
            }
        }
    }
    println!("{plain} plain lines, {keys} lines with a key");
    assert!(plain > 10_000 && keys > 1_000, "{plain} {keys}");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

fn add(chart: &Chart, path: &str, templates: &mut HashMap<String, Vec<String>>) {
    for file in &chart.templates {
        let text = file.data.to_str();
        let lines = text.lines().map(str::to_owned).collect();
        templates.insert(format!("{path}/{}", file.name), lines);
    }
    for subchart in &chart.subcharts {
        add(
            subchart,
            &format!("{path}/charts/{}", subchart.metadata.name),
            templates,
        );
    }
}
