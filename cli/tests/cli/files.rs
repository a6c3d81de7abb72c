//! What is read of a file system: links, pipes, names, rights, ignore files and patterns.

use std::collections::BTreeSet;
use std::fs;

use crate::{GOOD, WEB, Workspace};

/// Exit code, relative paths of the scanned files, and standard error, of a scan for one control.
fn scanned(workspace: &Workspace, arguments: &str) -> (i32, BTreeSet<String>, String) {
    let output = workspace
        .command(&format!("scan control C-0001 -f json -l warning {arguments}"))
        .args(["--library", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library")])
        .output()
        .expect("a run");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let files = report["resources"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|resource| Some(resource["source"]["relativePath"].as_str()?.to_owned()))
        .collect();
    let folder = workspace.path("").display().to_string();
    let stderr = String::from_utf8_lossy(&output.stderr).replace(&folder, "");
    (output.status.code().unwrap_or(-1), files, stderr)
}

#[track_caller]
fn check(workspace: &Workspace, arguments: &str, expected: &[&str]) {
    let (code, files, stderr) = scanned(workspace, arguments);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    assert_eq!(files, expected, "{arguments}: {stderr}");
    assert_eq!((code, stderr.as_str()), (0, ""), "{arguments}");
}

#[track_caller]
fn check_error(workspace: &Workspace, arguments: &str, expected: &str) {
    let (code, _, stderr) = scanned(workspace, arguments);
    assert_eq!((code, stderr.as_str()), (1, expected), "{arguments}");
}

#[test]
fn patterns() {
    let workspace = Workspace::new(&[
        ("app/a.yaml", WEB),
        (
            "app/b.json",
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}",
        ),
        ("app/.hidden/c.yml", WEB),
        ("app/deep/er/d.YAML", GOOD),
        ("app/deep/notes.txt", "text"),
        ("other/e.yaml", WEB),
    ]);
    let everything = [
        "app/.hidden/c.yml",
        "app/a.yaml",
        "app/b.json",
        "app/deep/er/d.YAML",
    ];
    let everything: Vec<&str> = everything.map(|path| &path["app/".len()..]).to_vec();
    check(&workspace, "app", &everything);
    check(&workspace, "app/", &everything);
    check(&workspace, "./app/../app", &everything);
    check(&workspace, "app/*.yaml", &["a.yaml"]);
    check(&workspace, "app/*.y*ml", &[".hidden/c.yml", "a.yaml"]);
    check(&workspace, "app/[ab].*", &["a.yaml", "b.json"]);
    check(&workspace, "app/?.json", &["b.json"]);
    // A file that is named twice is one, and so is one that stands in a folder that is named, too.
    check(&workspace, "app/a.yaml app/a.yaml", &["a.yaml"]);
    check(&workspace, "app app/a.yaml", &everything);
    check_error(
        &workspace,
        "app/*.toml",
        "Error: no YAML or JSON manifest files found for input \"app/*.toml\"\n",
    );
    check_error(
        &workspace,
        "app/**/*.yaml",
        "Error: invalid path pattern \"app/**/*.yaml\": wildcards may only stand in the last part; it is searched for at any depth\n",
    );
    check_error(
        &workspace,
        "app nowhere",
        "Error: no YAML or JSON manifest files found for input \"nowhere\": there is no such file or folder\n",
    );
    check_error(
        &workspace,
        "app/deep/notes.txt",
        "Error: no scannable Kubernetes resources found for input \"app/deep/notes.txt\"\n",
    );
}

#[test]
fn exclusions() {
    let workspace = Workspace::new(&[
        (
            "app/.kubescapeignore",
            "# not for us\nbuild/\n*.json\n/top.yaml\n",
        ),
        ("app/a.yaml", WEB),
        ("app/b.json", "{}"),
        ("app/top.yaml", WEB),
        ("app/sub/top.yaml", WEB),
        ("app/sub/.kubescapeignore", "top.yaml\n"),
        ("app/build/c.yaml", WEB),
        ("app/sub/build/d.yaml", WEB),
    ]);
    check(&workspace, "app", &["a.yaml", "sub/top.yaml"]);
    check(&workspace, "app --exclude-path sub", &["a.yaml"]);
    check(
        &workspace,
        "app --exclude-path a.yaml --exclude-path !/a.yaml",
        &["a.yaml", "sub/top.yaml"],
    );
    check(
        &workspace,
        "app --exclude-path !top.yaml",
        &["a.yaml", "sub/top.yaml", "top.yaml"],
    );
    // What stands in a folder that is left out cannot be taken back.
    check(
        &workspace,
        "app --exclude-path !build/c.yaml",
        &["a.yaml", "sub/top.yaml"],
    );
    check(
        &workspace,
        "app --no-ignore-file --exclude-path *.json",
        &[
            "a.yaml",
            "build/c.yaml",
            "sub/build/d.yaml",
            "sub/top.yaml",
            "top.yaml",
        ],
    );
    // Each input has a root of its own: a file's is its folder.
    check(&workspace, "app/sub/build", &["d.yaml"]);
    let left_out = |input: &str| {
        format!(
            "Error: no YAML or JSON manifest files found for input {input:?}; path exclusions are in effect\n"
        )
    };
    check_error(&workspace, "app/top.yaml", &left_out("app/top.yaml"));
    check_error(&workspace, "app/sub/top.yaml", &left_out("app/sub/top.yaml"));
    check_error(&workspace, "app --exclude-path *", &left_out("app"));
}

#[cfg(unix)]
#[test]
fn links_pipes_and_devices() {
    use std::os::unix::fs::symlink;
    let workspace = Workspace::new(&[("app/a.yaml", WEB), ("other/b.yaml", GOOD)]);
    let link = |to: &str, from: &str| symlink(to, workspace.path(from)).expect("a link");
    link("../other/b.yaml", "app/linked.yaml");
    link("../other", "app/folder");
    link("..", "app/up");
    link("loop.yaml", "app/loop.yaml");
    link("nowhere.yaml", "app/dead.yaml");
    let made = std::process::Command::new("mkfifo")
        .arg(workspace.path("app/pipe.yaml"))
        .status();
    assert!(made.expect("mkfifo").success());
    check(&workspace, "app", &["a.yaml", "linked.yaml"]);
    // A folder that is named is looked into, link or not.
    check(&workspace, "app/folder", &["b.yaml"]);
    let refused = |input: &str, reason: &str| {
        format!("Error: no YAML or JSON manifest files found for input {input:?}: {reason}\n")
    };
    let pipe = "it is a pipe or a device; `-` scans standard input";
    for (input, reason) in [
        ("app/pipe.yaml", pipe),
        ("/dev/null", pipe),
        ("app/dead.yaml", "the link leads nowhere"),
        ("app/loop.yaml", "the link leads nowhere"),
    ] {
        check_error(&workspace, input, &refused(input, reason));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let workspace = Workspace::new(&[("app/a.yaml", WEB)]);
    let name = OsStr::from_bytes(b"b\xff\x1b[31m.yaml");
    fs::write(workspace.path("app").join(name), format!("{GOOD}---\na: [\n")).expect("a file");
    let (code, files, stderr) = scanned(&workspace, "app");
    assert_eq!((code, files.len()), (0, 2), "{stderr}");
    assert!(stderr.contains("b\u{fffd}\u{fffd}[31m.yaml:"), "{stderr:?}");
}

/// Runs as a user without rights where the tests run as one with all of them.
#[cfg(unix)]
#[test]
fn unreadable() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65534;
    let workspace = Workspace::new(&[
        ("app/web.yaml", WEB),
        ("app/secret.yaml", GOOD),
        ("app/locked/inner.yaml", GOOD),
        ("program", ""),
    ]);
    let allow = |name: &str, mode: u32| {
        fs::set_permissions(workspace.path(name), fs::Permissions::from_mode(mode)).expect("permissions");
    };
    fs::copy(env!("CARGO_BIN_EXE_kubescape"), workspace.path("program")).expect("a copy");
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .arg(library)
        .arg(workspace.path("library"))
        .status();
    assert!(copied.expect("cp").success());
    allow("", 0o755);
    allow("program", 0o755);
    allow("app/secret.yaml", 0);
    allow("app/locked", 0);
    let everything = fs::read(workspace.path("app/secret.yaml")).is_ok();
    let run = |arguments: &str| {
        let mut command = std::process::Command::new(workspace.path("program"));
        command
            .args(arguments.split_whitespace())
            .args(["--library", "library"])
            .current_dir(workspace.path(""))
            .env_clear();
        if everything {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().expect("a run");
        let folder = workspace.path("").display().to_string();
        let stderr = String::from_utf8_lossy(&output.stderr).replace(&folder, "");
        (output.status.code(), stderr)
    };
    assert_eq!(
        run("scan control C-0001 app -f json"),
        (
            Some(0),
            "warning: 2 manifests skipped or doubtful during scan
warning:   app/locked: Permission denied (os error 13)
warning:   app/secret.yaml: Permission denied (os error 13)
Overall compliance-score (100- Excellent, 0- All failed): 0
"
            .to_owned()
        )
    );
    let denied = |input: &str, place: &str| {
        let problem = format!("Error: no scannable Kubernetes resources found for input {input:?}: {place}");
        (Some(1), format!("{problem}: Permission denied (os error 13)\n"))
    };
    assert_eq!(
        run("scan control C-0001 app/secret.yaml"),
        denied("app/secret.yaml", "app/secret.yaml")
    );
    assert_eq!(
        run("scan control C-0001 app/locked"),
        denied("app/locked", "app/locked")
    );
    let (code, stderr) = run("scan control C-0001 app/web.yaml -f json -o app/report.json");
    assert_eq!(
        (code, stderr.as_str()),
        (
            Some(1),
            "Error: cannot write app/report.json: permission denied\n"
        )
    );
    // So that the folder can be removed.
    allow("app/locked", 0o755);
}

#[test]
fn objects_that_are_none() {
    let workspace = Workspace::new(&[(
        "a.yaml",
        "apiVersion: v1\nmetadata: {name: a}\n---\napiVersion: v1\nkind: List\nitems: [{kind: Pod}, null]\n---\nkind: Pod\n---\napiVersion: v1\nkind: Podd\n---\napiVersion: v1\nkind: Pod\nspec: {hostNetwork: \"yes\"}\n",
    )]);
    fs::write(workspace.path("b.yaml"), WEB).expect("a file");
    fs::write(
        workspace.path("c.yaml"),
        "{{ if .Values.web }}\na: b\n{{ end }}\n",
    )
    .expect("a file");
    check_error(
        &workspace,
        "c.yaml",
        "Error: no scannable Kubernetes resources found for input \"c.yaml\": c.yaml:1:2: parse error: document 1: a list or map cannot be the key of a map (a template? scan the folder of its chart, or render it)\n",
    );
    let (code, _, stderr) = scanned(&workspace, "a.yaml b.yaml");
    assert_eq!(code, 1);
    for problem in [
        "a.yaml:1:1: document 1: v1 object without a kind",
        "a.yaml:6:9: document 2: invalid List: an item has no apiVersion",
        "a.yaml:10:1: document 4: v1 \"Podd\" is not a valid Kubernetes kind",
        "a.yaml:15:21: document 5: v1 \"Pod\" is structurally invalid: spec.hostNetwork must be true or false",
    ] {
        assert!(stderr.contains(problem), "{problem}: {stderr}");
    }
    assert!(
        stderr.contains("Error: failed to load one or more manifests from \"a.yaml\": "),
        "{stderr}"
    );
}

/// JSON numbers keep their text, and those that nothing can hold do not cost the report.
#[test]
fn numbers_beyond_all_bounds() {
    let workspace = Workspace::new(&[(
        "a.json",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \"spec\": {\"x\": 1e400, \"y\": 12}}",
    )]);
    let shown = workspace.run("scan control C-0001 a.json -f json -l error");
    assert!(shown.contains("\"spec\":{\"x\":\"1e400\",\"y\":12}"), "{shown}");
}

/// `--chart-path` and `--file-path`: a workload of a chart, by the template that writes it.
#[test]
fn a_workload_of_a_chart() {
    let template = |port: &str| WEB.replace("name: web\n", "name: {{ .Release.Name }}\n") + port;
    let workspace = Workspace::new(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        (
            "chart/templates/one.yaml",
            &template("          workingDir: /one\n"),
        ),
        (
            "chart/templates/two.yaml",
            &template("          workingDir: /two\n"),
        ),
    ]);
    let run = |template: &str| {
        workspace.run(&format!(
            "scan workload Deployment/web --chart-path chart --file-path chart/templates/{template} --release-name web -f json -l error"
        ))
    };
    assert!(run("one.yaml").contains("\"workingDir\":\"/one\""));
    assert!(!run("one.yaml").contains("\"workingDir\":\"/two\""));
    assert!(run("two.yaml").contains("\"workingDir\":\"/two\""));
    let missing = run("three.yaml");
    assert!(
        missing.contains("Error: k8s resource 'Deployment/web' not found"),
        "{missing}"
    );
}
