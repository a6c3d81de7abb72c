//! Kustomizations among the files of an input: which are built, and which line of which file wrote what.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::Path;

use kubescape_source::{CollectSettings, Collected, collect};

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: main
        image: nginx
";

fn collected(files: &[(&str, &str)], input: &str) -> Collected {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let settings = CollectSettings {
        inputs: vec![root.path().join(input).to_string_lossy().into_owned()],
        ..CollectSettings::default()
    };
    collect(&settings).unwrap()
}

fn names(found: &Collected) -> Vec<String> {
    let mut names: Vec<String> = found
        .resources
        .iter()
        .map(|resource| format!("{} {}", resource.kind.kind, resource.name))
        .collect();
    names.sort();
    names
}

/// File and line that wrote the first line with a text.
#[track_caller]
fn check_origin(found: &Collected, object: &str, text: &str, expected: (&str, u32)) {
    let resource = found
        .resources
        .iter()
        .find(|resource| &*resource.name == object)
        .expect("the object is there");
    let rendering = resource.source.as_ref().unwrap().rendering.as_ref().unwrap();
    let line = rendering
        .text
        .lines()
        .position(|line| line.contains(text))
        .expect("the text is there");
    let origin = rendering.line(line + 1).expect("the line has an origin");
    let file = Path::new(&*origin.file).file_name().unwrap().to_string_lossy();
    assert_eq!((&*file, origin.line), expected, "{object}: {text}");
}

#[test]
fn bases_and_overlays_are_both_built() {
    let found = collected(
        &[
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", DEPLOYMENT),
            (
                "overlays/dev/kustomization.yaml",
                "namePrefix: dev-\nresources: [../../base]\n",
            ),
            (
                "overlays/prod/kustomization.yml",
                "namePrefix: prod-\nresources: [../../base]\ncomponents: [../../tls]\n",
            ),
            (
                "tls/kustomization.yaml",
                "kind: Component\ncommonAnnotations: {tls: 'on'}\n",
            ),
            (
                "plain.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: plain}\n",
            ),
        ],
        "",
    );
    assert_eq!(
        names(&found),
        [
            "Deployment dev-web",
            "Deployment prod-web",
            "Deployment web",
            "Pod plain"
        ]
    );
    assert!(found.skipped.is_empty(), "{:?}", found.skipped);
}

#[test]
fn a_kustomization_that_fails_leaves_the_others() {
    let found = collected(
        &[
            ("good/kustomization.yaml", "resources: [web.yaml]\n"),
            ("good/web.yaml", DEPLOYMENT),
            ("bad/kustomization.yaml", "resources: [../bad]\n"),
        ],
        "",
    );
    assert_eq!(names(&found), ["Deployment web"]);
    let messages: Vec<&str> = found.skipped.iter().map(|skipped| &*skipped.message).collect();
    assert!(
        messages.iter().any(|message| message.contains("cycle detected")),
        "{messages:?}"
    );
}

#[test]
fn every_line_has_its_origin() {
    let found = collected(
        &[
            (
                "over/kustomization.yaml",
                "\
resources:
- ../base
patches:
- path: patch.yaml
- target:
    kind: Deployment
  patch: |-
    - op: add
      path: /spec/paused
      value: true
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
",
            ),
            (
                "over/patch.yaml",
                "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: main
        tty: true
",
            ),
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", DEPLOYMENT),
        ],
        "over",
    );
    check_origin(&found, "web", "image: nginx", ("web.yaml", 10));
    check_origin(&found, "web", "tty: true", ("patch.yaml", 10));
    check_origin(&found, "web", "paused: true", ("kustomization.yaml", 10));
    check_origin(&found, "web", "replicas: 3", ("kustomization.yaml", 17));
}

#[test]
fn charts_of_a_kustomization_are_rendered() {
    let chart = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  file: {{ .Values.file }}
  inline: {{ .Values.inline }}
  chart: {{ .Values.chart }}
  extra: {{ .Values.extra }}
---
apiVersion: v1
kind: Pod
metadata:
  name: probe
  annotations:
    helm.sh/hook: test
";
    let found = collected(
        &[
            (
                "kustomization.yaml",
                "\
namePrefix: p-
helmGlobals: {chartHome: vendored}
helmCharts:
- name: mini
  releaseName: rel
  namespace: apart
  valuesFile: values/own.yaml
  additionalValuesFiles: [values/extra.yaml]
  valuesInline: {inline: inline, chart: null}
  skipTests: true
- name: mini
  releaseName: other
  valuesInline: {chart: lost, inline: kept}
  valuesMerge: merge
  skipHooks: true
",
            ),
            ("values/own.yaml", "file: file\ninline: file\n"),
            ("values/extra.yaml", "extra: extra\n"),
            (
                "vendored/mini/Chart.yaml",
                "apiVersion: v2\nname: mini\nversion: 0.1.0\n",
            ),
            ("vendored/mini/values.yaml", "chart: chart\n"),
            ("vendored/mini/templates/a.yaml", chart),
        ],
        "",
    );
    let built: Vec<&kubescape_model::Resource> = found
        .resources
        .iter()
        .filter(|resource| resource.name.starts_with("p-"))
        .collect();
    let data = |name: &str, key: &str| {
        let resource = built
            .iter()
            .find(|resource| &*resource.name == name)
            .expect("the object is there");
        let object = resource.object.node();
        let value = object.get("data").and_then(|data| data.get(key));
        value.and_then(|value| value.as_str()).map(str::to_owned)
    };
    assert_eq!(built.len(), 2, "{:?}", names(&found));
    for (name, key, expected) in [
        ("p-rel", "file", Some("file")),
        ("p-rel", "inline", Some("inline")),
        ("p-rel", "extra", Some("extra")),
        ("p-other", "chart", Some("chart")),
        ("p-other", "inline", Some("kept")),
        ("p-other", "extra", None),
    ] {
        assert_eq!(data(name, key).as_deref(), expected, "{name} {key}");
    }
    check_origin(&found, "p-rel", "inline: inline", ("a.yaml", 8));
}
