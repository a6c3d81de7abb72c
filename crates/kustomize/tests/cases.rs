//! Small kustomizations with what the real kustomize makes of them. A file of `tests/cases` holds many: `=== NAME` starts
//! one (`dir=FOLDER` is built, `root-only` restricts what may be read), `%%% PATH` starts a file, `+++ PATH` copies one
//! of `tests/cases/shared`, and behind `>>>` stands the output, or behind `!!!` a part of the error.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use kubescape_kustomize::{BuildOptions, LoadRestriction, build};

#[derive(Default)]
struct Case {
    name: String,
    folder: String,
    root_only: bool,
    files: Vec<(String, String)>,
    output: Option<String>,
    error: Option<String>,
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut problems = Vec::new();
    let mut count = 0;
    for file in files {
        let topic = file.file_stem().unwrap().to_string_lossy().into_owned();
        for case in parse(&folder, &fs::read_to_string(&file).unwrap()) {
            count += 1;
            if let Err(problem) = check(&case) {
                problems.push(format!("{topic}: {}: {problem}", case.name));
            }
        }
    }
    assert!(count > 0, "there are no cases");
    assert!(
        problems.is_empty(),
        "{} of {count} cases:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

enum Into {
    Nothing,
    File,
    Output,
}

fn parse(folder: &Path, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut into = Into::Nothing;
    for line in text.split_inclusive('\n') {
        let words = line.trim_end();
        if let Some(header) = words.strip_prefix("=== ") {
            let mut parts = header.split(' ');
            let mut case = Case {
                name: parts.next().unwrap_or_default().to_owned(),
                ..Case::default()
            };
            for part in parts {
                match part.strip_prefix("dir=") {
                    Some(folder) => folder.clone_into(&mut case.folder),
                    None => case.root_only = part == "root-only",
                }
            }
            cases.push(case);
            into = Into::Nothing;
            continue;
        }
        let Some(case) = cases.last_mut() else {
            continue;
        };
        if let Some(path) = words.strip_prefix("%%% ") {
            case.files.push((path.to_owned(), String::new()));
            into = Into::File;
        } else if let Some(path) = words.strip_prefix("+++ ") {
            let shared = folder.join("shared").join(Path::new(path).file_name().unwrap());
            case.files
                .push((path.to_owned(), fs::read_to_string(shared).unwrap()));
            into = Into::Nothing;
        } else if words == ">>>" {
            case.output = Some(String::new());
            into = Into::Output;
        } else if let Some(error) = words.strip_prefix("!!! ") {
            case.error = Some(error.to_owned());
            into = Into::Nothing;
        } else {
            let text = match into {
                Into::File => case.files.last_mut().map(|(_, text)| text),
                Into::Output => case.output.as_mut(),
                Into::Nothing => None,
            };
            text.expect("a line outside of a section").push_str(line);
        }
    }
    cases
}

fn check(case: &Case) -> Result<(), String> {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in &case.files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let restriction = if case.root_only {
        LoadRestriction::RootOnly
    } else {
        LoadRestriction::None
    };
    let options = BuildOptions {
        restriction,
        ..BuildOptions::default()
    };
    let folder = if case.folder.is_empty() {
        root.path().to_owned()
    } else {
        root.path().join(&case.folder)
    };
    let place = root.path().display().to_string();
    let built = build(&folder, &options).map_err(|error| error.to_string().replace(&place, ""));
    match (built, &case.output, &case.error) {
        (Ok(built), Some(output), _) if built.to_yaml() == *output => Ok(()),
        (Ok(built), Some(output), _) => Err(difference(output, &built.to_yaml())),
        (Ok(_), None, _) => Err("built, but should not".to_owned()),
        (Err(error), None, Some(expected)) if error.contains(expected.as_str()) => Ok(()),
        (Err(error), _, expected) => Err(format!("failed with {error:?}, expected {expected:?}")),
    }
}

fn difference(expected: &str, found: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let at = left
        .iter()
        .zip(&right)
        .take_while(|(left, right)| left == right)
        .count();
    format!(
        "line {}: expected {:?}, found {:?}",
        at + 1,
        left.get(at..(at + 4).min(left.len())),
        right.get(at..(at + 4).min(right.len()))
    )
}
