//! Terraform folders and the objects that they declare.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::Path;

use kubescape_source::{CollectSettings, Collected, collect};
use kubescape_yaml::{LineIndex, to_yaml};

fn scan(input: &Path) -> Collected {
    collect(&CollectSettings {
        inputs: vec![input.display().to_string()],
        ..CollectSettings::default()
    })
    .unwrap()
}

/// What a folder declares: each object with the line that it starts at, then the remarks.
fn declared(folder: &Path) -> String {
    let collected = scan(folder);
    let mut text = String::new();
    for resource in &collected.resources {
        let source = resource.source.as_ref().unwrap();
        let file = fs::read_to_string(&source.file).unwrap();
        let line = LineIndex::new(&file)
            .position(resource.object.node().span.start as usize)
            .line;
        let name = source.file.file_name().unwrap().to_string_lossy();
        text.push_str(&format!(
            "---\n# {name}:{line}\n{}",
            to_yaml(&resource.object.node())
        ));
    }
    for skipped in &collected.skipped {
        let folder = format!("{}/", folder.display());
        text.push_str(&format!("# {}\n", skipped.to_string().replace(&folder, "")));
    }
    text
}

/// Each folder of `tests/terraform` holds what it declares in `expected.yaml`.
#[test]
fn folders() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    for case in fs::read_dir(cases).unwrap() {
        check(&case.unwrap().path());
    }
}

#[track_caller]
fn check(case: &Path) {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(case).unwrap() {
        let file = file.unwrap();
        if file.file_name() != "expected.yaml" {
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
    }
    let declared = declared(folder.path());
    let expected = fs::read_to_string(case.join("expected.yaml")).unwrap_or_default();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(case.join("expected.yaml"), &declared).unwrap();
    } else {
        assert_eq!(declared, expected, "{}", case.display());
    }
}

#[test]
fn every_value_knows_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = "resource \"kubernetes_pod\" \"a\" {\n  metadata {\n    name = \"a\"\n  }\n  spec {\n    container {\n      \
                name = \"b\"\n      security_context {\n        privileged = true\n      }\n    }\n  }\n}\n";
    fs::write(folder.path().join("main.tf"), text).unwrap();
    let collected = scan(folder.path());
    let object = collected.resources[0].object.node();
    for (path, written) in [
        ("spec.containers[0].securityContext.privileged", "true"),
        ("metadata.name", "\"a\""),
        ("kind", "\"kubernetes_pod\""),
    ] {
        let node = object.at(path).unwrap();
        assert_eq!(&text[node.span.range()], written, "{path}");
    }
}

#[test]
fn broken_files_name_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.tf");
    fs::write(
        &broken,
        "resource \"kubernetes_pod\" \"a\" {\n  metadata {\n    name = = 1\n  }\n}\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("good.tf"),
        "resource \"kubernetes_namespace\" \"a\" {\n  metadata { name = \"a\" }\n}\n",
    )
    .unwrap();

    // A folder goes on with its other files.
    let collected = scan(folder.path());
    assert_eq!(collected.resources.len(), 1);
    assert!(collected.failures.is_empty());
    let problem = collected.skipped[0].to_string();
    assert!(problem.contains("broken.tf:3:12: parse error: "), "{problem}");

    // The one file that was named does not.
    let error = collect(&CollectSettings {
        inputs: vec![broken.display().to_string()],
        ..CollectSettings::default()
    })
    .unwrap_err();
    assert!(
        error.to_string().contains("broken.tf:3:12: parse error: "),
        "{error}"
    );
}

#[test]
fn one_file_uses_the_variables_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("variables.tf"),
        "variable \"name\" {\n  default = \"shop\"\n}\n",
    )
    .unwrap();
    let main = folder.path().join("main.tf");
    let declaration = "resource \"kubernetes_namespace\" \"a\" {\n  metadata { name = var.name }\n}\n";
    fs::write(&main, declaration).unwrap();
    fs::write(folder.path().join("other.tf"), declaration).unwrap();
    let collected = scan(&main);
    let ids: Vec<_> = collected
        .resources
        .iter()
        .map(|resource| (&*resource.name, resource.source_path.as_deref()))
        .collect();
    assert_eq!(ids, [("shop", Some(format!("{}:0", main.display()).as_str()))]);
    assert!(collected.failures.is_empty());
}

/// Texts that want to take all time or memory.
#[test]
fn hostile_files_end_soon() {
    let doubling: String = (1..60)
        .map(|n| format!("l{n} = \"${{local.l{}}}${{local.l{}}}\"\n", n - 1, n - 1))
        .collect();
    let lists: String = (1..60)
        .map(|n| format!("l{n} = [local.l{}, local.l{}]\n", n - 1, n - 1))
        .collect();
    let chain: String = (1..5_000)
        .map(|n| format!("l{n} = [local.l{}]\n", n - 1))
        .collect();
    let items = (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let loops = format!(
        "l59 = [for a in local.l0: [for b in local.l0: [for c in local.l0: [for d in local.l0: [for e in local.l0: e]]]]]\nl0 = [{items}]\n"
    );
    for locals in [
        format!("l0 = \"xxxxxxxxxxxxxxxx\"\n{doubling}"),
        format!("l0 = [1]\n{lists}"),
        format!("l0 = [1]\n{chain}\nl59 = local.l4999\n"),
        loops,
        format!("l59 = {}1{}\n", "(".repeat(5_000), ")".repeat(5_000)),
        format!("l59 = {}\n", "[".repeat(100_000)),
        format!("l59 = 1{}\n", " + 1".repeat(50_000)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "locals {{\n{locals}}}\nresource \"kubernetes_config_map\" \"a\" {{\n  metadata {{ name = \"a\" }}\n  data = {{ a = jsonencode(local.l59) }}\n}}\n"
        );
        fs::write(folder.path().join("main.tf"), text).unwrap();
        fs::write(folder.path().join("pod.yaml"), "apiVersion: v1\nkind: Pod\n").unwrap();
        let collected = scan(folder.path());
        // What is too much is left out or refused, and said.
        assert!(!collected.skipped.is_empty(), "{locals:.80}");
    }
}
