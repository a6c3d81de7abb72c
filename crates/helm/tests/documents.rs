//! What templates see of `Chart.yaml`, and which rendered documents are refused, as helm 3.19 does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_helm::{RenderOptions, render};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &[u8])]) -> Self {
        let root = std::env::temp_dir().join(format!("kubescape-documents-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        for (file, data) in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, data).unwrap();
        }
        Self(root)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The texts of all documents, one a line, or the error.
fn rendered(chart: &Path) -> String {
    match render(chart, &RenderOptions::default()) {
        Ok(rendered) => rendered
            .documents
            .iter()
            .map(|document| &*document.text)
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => format!("error: {error}"),
    }
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

/// What a template shows of a chart whose `Chart.yaml` has further lines; errors are compared by their end.
#[track_caller]
fn check_chart(lines: &str, template: &str, expected: &str) {
    let manifest = format!("{CHART}{lines}");
    let folder = Folder::new(
        "chart",
        &[
            ("Chart.yaml", manifest.as_bytes()),
            ("templates/a.yaml", format!("v: {template}").as_bytes()),
        ],
    );
    let found = rendered(&folder.0);
    let matches = match expected.strip_prefix("error: ") {
        Some(end) => found.starts_with("error: ") && found.ends_with(end),
        None => found == format!("v: {expected}"),
    };
    assert!(matches, "{lines}{template}: {found}");
}

#[test]
fn metadata() {
    const LISTS: &str = "{{ list .Chart.Sources .Chart.Keywords .Chart.Maintainers .Chart.Annotations .Chart.Dependencies | toJson }}";
    check_chart("", LISTS, "[null,null,null,null,null]");
    check_chart(
        "sources: []\nkeywords: []\nmaintainers: []\nannotations: {}\ndependencies: []\n",
        LISTS,
        "[[],[],[],{},null]",
    );
    check_chart(
        "sources: null\nannotations: null\n",
        LISTS,
        "[null,null,null,null,null]",
    );
    check_chart(
        "keywords: [null, 1]\n",
        "{{ toJson .Chart.Keywords }}",
        r#"["","1"]"#,
    );
    // Fields lose what cannot be seen, annotations do not.
    check_chart(
        "home: \"a\\tb\\u200b\"\nannotations: {k: \"a\\tb\"}\n",
        "{{ .Chart.Home | quote }} # {{ toJson .Chart.Annotations }}",
        r#""a b" # {"k":"a\tb"}"#,
    );
    check_chart(
        "annotations: {}\n",
        "{{ toYamlPretty .Chart | regexFind `(?s)kind.*|kubeversion.*` | quote }}",
        r#""kubeversion: \"\"\n  dependencies: []\n  type: \"\"\nisroot: true""#,
    );
    check_chart(
        "keywords: a\n",
        "",
        "error: cannot unmarshal string into keywords, which is of type list",
    );
    check_chart(
        "icon: {}\n",
        "",
        "error: cannot unmarshal object into icon, which is of type string",
    );
    check_chart(
        "deprecated: \"yes\"\n",
        "",
        "error: cannot unmarshal string into deprecated, which is of type bool",
    );
    check_chart(
        "maintainers: [null]\n",
        "",
        "error: maintainers must not contain empty or null nodes",
    );
}

#[track_caller]
fn check(template: &[u8], expected: &str) {
    let folder = Folder::new(
        "manifest",
        &[("Chart.yaml", CHART.as_bytes()), ("templates/a.yaml", template)],
    );
    let found = rendered(&folder.0);
    let matches = match expected.strip_prefix("error: ") {
        Some(end) => found.starts_with("error: ") && found.ends_with(end),
        None => found == expected,
    };
    assert!(matches, "{:?}: {found}", String::from_utf8_lossy(template));
}

#[test]
fn documents() {
    // Kinds are sorted as the strings that YAML makes of them.
    check(
        b"kind: yes\n---\nkind: Service\n---\nkind: Z\n",
        "kind: Service\nkind: Z\nkind: yes",
    );
    check(b"kind: 5\n", "kind: 5");
    check(b"kind: {a: b}\n", "error: cannot unmarshal object into kind");
    check(b"metadata: x\n", "error: cannot unmarshal string into metadata");
    check(
        b"metadata: {name: [a]}\n",
        "error: cannot unmarshal array into metadata.name",
    );
    check(
        b"metadata: {annotations: [a]}\n",
        "error: cannot unmarshal array into metadata.annotations",
    );
    check(
        b"metadata: {annotations: {a: {}}}\n",
        "error: cannot unmarshal object into annotation a",
    );
    check(
        b"metadata: {annotations: {a: 1, b: null}}\n",
        "metadata: {annotations: {a: 1, b: null}}",
    );
    // A hook without a name is none that is known.
    check(
        b"metadata: {annotations: {helm.sh/hook: null}}\n---\na: 1\n",
        "a: 1",
    );
    check(b"- a\n", "error: cannot unmarshal array into the document");
    check(b"a: .inf\n", "error: json: unsupported value: +Inf");
    check(
        b"# caf\xe9\n",
        "error: it holds bytes that are no UTF-8; save the file as UTF-8",
    );
    check(
        b"a: {{ trunc 1 `\xc3\xa9` }}\n",
        "error: its text holds bytes that are no UTF-8: a value is cut within a letter or no text at all",
    );
    check(b"{{/* caf\xe9 */}}a: 1\n", "a: 1");
}

#[test]
fn ignored_files() {
    // Only `^` negates a class of `.helmignore`; what is malformed is told.
    for (ignored, expected) in [
        ("[!a]", "v: x[.helmignore][b]"),
        ("[^a]", "v: x[.helmignore][a]"),
        ("[a-b]", "v: x[!][.helmignore]"),
        ("[]a]", "error: .helmignore: \"[]a]\": syntax error in pattern"),
    ] {
        let folder = Folder::new(
            "ignored",
            &[
                ("Chart.yaml", CHART.as_bytes()),
                (".helmignore", ignored.as_bytes()),
                ("!", b""),
                ("a", b""),
                ("b", b""),
                (
                    "templates/v.yaml",
                    b"v: x{{ range $name, $_ := .Files }}[{{ $name }}]{{ end }}\n",
                ),
            ],
        );
        let found = rendered(&folder.0);
        let matches = match expected.strip_prefix("error: ") {
            Some(end) => found.ends_with(end),
            None => found == expected,
        };
        assert!(matches, "{ignored}: {found}");
    }
}
