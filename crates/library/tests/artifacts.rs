//! Artefacts in both shapes in which libraries of this family are published: frameworks that hold their controls and
//! rules, and frameworks that list ids, joined with files of controls and rules through two tables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise and say so"
)]

use std::path::PathBuf;

use kubescape_library::{Artifacts, Library, artifact_files, write_artifact};

const RULE: &str = r#"{"name": "named-a", "rule": "package armo_builtins\ndeny[x] { x := input[_] }",
  "resourceEnumerator": "", "ruleLanguage": "Rego", "match": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["Pod"]}],
  "controlConfigInputs": null}"#;
const OTHER: &str = r#"{"name": "named-b", "rule": "package armo_builtins\ndeny[x] { false; x := 1 }", "ruleLanguage": "rego", "match": []}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn read(&self) -> Result<Artifacts, String> {
        self.read_files(&artifact_files(self.0.path()).unwrap())
    }

    fn read_files(&self, files: &[PathBuf]) -> Result<Artifacts, String> {
        Library::from_artifacts(files, &Library::default()).map_err(|error| self.shown(&error.to_string()))
    }

    /// A message without the folder's own name.
    fn shown(&self, message: &str) -> String {
        message.replace(&format!("{}/", self.0.path().display()), "")
    }

    fn warnings(&self, artifacts: &Artifacts) -> Vec<String> {
        artifacts
            .warnings
            .iter()
            .map(|warning| self.shown(warning))
            .collect()
    }
}

fn whole() -> String {
    format!(
        r#"{{"name": "Demo", "description": "all of it", "typeTags": ["security"], "scanningScope": {{"matches": ["cluster", "file"]}},
  "subSections": {{"1": {{"id": "1", "name": "One", "controlsIDs": ["C-1"]}}}},
  "controls": [
    {{"controlID": "C-1", "name": "1.1 First", "description": "d", "baseScore": 7, "rules": [{RULE}]}},
    {{"controlID": "C-2", "name": "Second", "baseScore": 4, "rules": [{RULE}, {OTHER}]}}]}}"#
    )
}

fn joined() -> Vec<(&'static str, String)> {
    vec![
        (
            "frameworks",
            r#"[{"name": "Demo", "description": "all of it", "typeTags": ["security"], "scanningScope": {"matches": ["cluster", "file"]},
  "subSections": {"1": {"id": "1", "name": "One", "controlsIDs": ["C-1"]}}, "controls": null}]"#
                .to_owned(),
        ),
        (
            "controls",
            r#"[{"controlID": "C-1", "name": "First", "description": "d", "baseScore": 7, "rulesNames": ["named-a"]},
  {"controlID": "C-2", "name": "Second", "baseScore": 4, "rules": []}]"#
                .to_owned(),
        ),
        ("rules", format!("[{RULE}, {OTHER}]")),
        (
            "FWName_CID_CName",
            "frameworkName,ControlID,ControlName\r\nDemo,C-1,1.1 First\r\nDemo,C-2,Second\r\n".to_owned(),
        ),
        (
            "ControlID_RuleName",
            "ControlID,RuleName\nC-1,named-a\nC-2,named-a\nC-2,named-b\n".to_owned(),
        ),
        (
            "default_config_inputs",
            r#"{"name": "default", "settings": {"postureControlInputs": {"k": ["v"]}}}"#.to_owned(),
        ),
    ]
}

fn extension(name: &str) -> &'static str {
    if name.contains('_') && name.starts_with(char::is_uppercase) {
        "csv"
    } else {
        "json"
    }
}

/// A framework with everything that it reaches, as it would be written.
fn written(library: &Library) -> String {
    let framework = library.framework("demo").unwrap();
    let mut text = write_artifact(library, kubescape_library::Artifact::Framework(framework)).unwrap();
    text.push_str(&format!("{:?} {:?}", framework.controls, library.defaults));
    text
}

#[test]
fn both_shapes_give_the_same_library() {
    let folder = Folder::new(&[
        ("demo.json", &whole()),
        ("controls-inputs.json", r#"{"k": ["v"]}"#),
    ]);
    let expected = folder.read().unwrap();
    assert_eq!(expected.warnings, Vec::<String>::new());
    let framework = expected.library.framework("demo").unwrap();
    assert_eq!(framework.controls, ["C-1", "C-2"]);
    let second = expected.library.control("C-2").unwrap();
    assert_eq!(second.rules, ["named-a", "named-b"]);
    // A control is shown under the name that the first file that holds it gives it.
    let mut expected = written(&expected.library);
    for with_extension in [true, false] {
        let files: Vec<(String, String)> = joined()
            .into_iter()
            .map(|(name, text)| match with_extension {
                true => (format!("{name}.{}", extension(name)), text),
                false => (name.to_owned(), text),
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        let folder = Folder::new(&files);
        let found = folder.read().unwrap();
        assert_eq!(folder.warnings(&found), Vec::<String>::new());
        assert_eq!(found.library.control("C-1").unwrap().name, "First");
        assert_eq!(found.library.control("C-1").unwrap().name_in("Demo"), "1.1 First");
        assert_eq!(written(&found.library), expected, "{with_extension}");
        // One file of the release is enough: the others are found beside it.
        let one = files
            .iter()
            .find(|(name, _)| name.starts_with("frameworks"))
            .unwrap()
            .0;
        let found = folder.read_files(&[folder.0.path().join(one)]).unwrap();
        expected = expected.replace(r#"{"k": ["v"]}"#, "{}");
        assert_eq!(written(&found.library), expected, "{one}");
        expected = expected.replace("[\"C-1\", \"C-2\"] {}", "[\"C-1\", \"C-2\"] {\"k\": [\"v\"]}");
    }
}

#[test]
fn whole_frameworks_win_and_fill_controls_in() {
    let mut files = joined();
    files.retain(|(name, _)| ["frameworks", "controls"].contains(name));
    files.push(("demo.json", whole()));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let folder = Folder::new(&files);
    let found = folder.read().unwrap();
    assert_eq!(folder.warnings(&found), Vec::<String>::new());
    assert_eq!(found.library.frameworks.len(), 1);
    assert_eq!(
        found.library.control("C-2").unwrap().rules,
        ["named-a", "named-b"]
    );
}

#[test]
fn controls_within_frameworks_may_only_name_their_rules() {
    let mut files = joined();
    files.retain(|(name, _)| ["rules", "ControlID_RuleName"].contains(name));
    files.push((
        "frameworks",
        r#"[{"name": "Demo", "controls": [{"controlID": "C-2", "name": "Second", "baseScore": 4, "rules": null}]}]"#.to_owned(),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let folder = Folder::new(&files);
    let found = folder.read_files(&[folder.0.path().join("frameworks")]).unwrap();
    assert_eq!(folder.warnings(&found), Vec::<String>::new());
    let second = found.library.control("C-2").unwrap();
    assert_eq!(second.rules, ["named-a", "named-b"]);
}

#[test]
fn what_no_file_has_is_named_with_its_line() {
    let folder = Folder::new(&[
        (
            "frameworks.json",
            "[{\"name\": \"Demo\",\n \"controlsIDs\": [\"C-1\",\n  \"C-7\"]}]",
        ),
        ("controls.json", r#"[{"controlID": "C-1", "name": "First"}]"#),
        ("FWName_CID_CName.csv", "frameworkName,ControlID\ndemo,C-8\n"),
        (
            "ControlID_RuleName.csv",
            "ControlID,RuleName\nC-1,named-a\nC-1,named-z\n",
        ),
        ("rules.json", &format!("[{RULE}]")),
    ]);
    let found = folder.read().unwrap();
    assert_eq!(
        folder.warnings(&found),
        [
            "ControlID_RuleName.csv:3: control C-1 names the rule \"named-z\", which no file has; it is left out",
            "frameworks.json:3: framework \"Demo\" names the control \"C-7\", which no file has; it is left out",
            "FWName_CID_CName.csv:2: framework \"Demo\" names the control \"C-8\", which no file has; it is left out",
        ]
    );
    assert_eq!(found.library.framework("Demo").unwrap().controls, ["C-1"]);
    assert_eq!(found.library.control("C-1").unwrap().rules, ["named-a"]);
}

#[test]
fn a_framework_of_which_nothing_is_there_is_an_error() {
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &str) {
        let error = Folder::new(files).read().unwrap_err();
        assert_eq!(error, expected);
    }
    check(
        &[("a.json", "{\n\"name\": \"Demo\",\n\"controlsIDs\": [\"C-1\"]}")],
        "a.json:2: framework \"Demo\": empty list of controls: it holds none, and no file has one of the 1 that it lists; \
         give controls, rules, FWName_CID_CName and ControlID_RuleName of the same release too",
    );
    check(
        &[("FWName_CID_CName.csv", "a,b\n")],
        "FWName_CID_CName.csv:1: the first line names the columns; there is no column frameworkName among \"a,b\"",
    );
    check(
        &[("x.json", "{")],
        "x.json:1:1: EOF while parsing an object at line 1 column 1",
    );
}
