//! Speed of loading: a rendered chart's worth of objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::fmt::Write;

use kubescape_yaml::{Limits, Profile, load_manifests};

fn main() {
    divan::main();
}

fn manifests(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{index}\n  labels:\n    app.kubernetes.io/name: web\nspec:\n  \
             replicas: 2\n  template:\n    spec:\n      containers:\n        - name: web\n          image: \"registry.example/web:1.{index}\"\n          \
             ports:\n            - containerPort: 8080\n          env:\n            - {{name: MODE, value: 'production'}}\n"
        );
        text
    })
}

#[divan::bench(args = [100, 1_000, 10_000])]
fn manifest_files(bencher: divan::Bencher<'_, '_>, count: usize) {
    let text = manifests(count);
    let limits = Limits::default();
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| load_manifests(&text, Profile::GoYamlV3, &limits));
}
