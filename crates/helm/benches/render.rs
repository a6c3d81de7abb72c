//! Speed of rendering: a chart of many templates, and real charts where they are at hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_helm::{RenderOptions, render};

fn main() {
    divan::main();
}

const TEMPLATE: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "name" . }}-INDEX
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas | int }}
  template:
    spec:
      containers:
        {{- range $name, $image := .Values.images }}
        - name: {{ $name }}
          image: "{{ $image.repository }}:{{ $image.tag | default $.Chart.AppVersion }}"
          env:
            {{- toYaml $.Values.env | nindent 12 }}
        {{- end }}
"#;

/// A chart with so many templates.
fn chart(templates: usize) -> PathBuf {
    let root = std::env::temp_dir().join(format!("kubescape-bench-{}-{templates}", std::process::id()));
    fs::create_dir_all(root.join("templates")).unwrap();
    let write = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
    write(
        "Chart.yaml",
        "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: v9\n",
    );
    write(
        "values.yaml",
        "replicas: 2\nimages:\n  web: {repository: r/web, tag: v1}\n  job: {repository: r/job}\nenv:\n- {name: MODE, value: production}\n",
    );
    write(
        "templates/_names.tpl",
        "{{ define \"name\" }}{{ printf \"%s-%s\" .Release.Name .Chart.Name | trunc 63 | trimSuffix \"-\" }}{{ end }}\n\
         {{ define \"labels\" }}app: {{ include \"name\" . }}\nversion: {{ .Chart.Version | quote }}{{ end }}\n",
    );
    for index in 0..templates {
        write(
            &format!("templates/{index}.yaml"),
            &TEMPLATE.replace("INDEX", &index.to_string()),
        );
    }
    root
}

#[divan::bench(args = [10, 100, 1_000])]
fn templates(bencher: divan::Bencher<'_, '_>, count: usize) {
    let root = chart(count);
    let options = RenderOptions::default();
    bencher.bench_local(|| render(&root, &options).unwrap());
    fs::remove_dir_all(&root).unwrap();
}

/// Names of archives.
fn real_charts() -> Vec<String> {
    let entries = fs::read_dir(real_charts_folder()).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut charts: Vec<String> = names.filter(|name| name.ends_with(".tgz")).collect();
    charts.sort();
    charts
}

fn real_charts_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/charts")
}

#[divan::bench(args = real_charts(), sample_count = 20)]
fn real_chart(bencher: divan::Bencher<'_, '_>, name: &String) {
    let chart = real_charts_folder().join(name);
    let options = RenderOptions::default();
    bencher.bench_local(|| {
        render(&chart, &options)
            .map(|rendered| rendered.documents.len())
            .ok()
    });
}
