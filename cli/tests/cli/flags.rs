//! Arguments: what is accepted, what is refused, and in which words.

use std::fs;

use crate::{WEB, Workspace};

/// Runs the program on `web.yaml` and looks for a text among its messages; the exit code is 1 for an error.
#[track_caller]
fn check(arguments: &str, code: i32, expected: &str) {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    fs::write(workspace.path("rule.json"), "[]").expect("a file");
    check_in(&workspace, arguments, code, expected);
}

#[track_caller]
fn check_in(workspace: &Workspace, arguments: &str, code: i32, expected: &str) {
    let shown = workspace.run(arguments);
    let stderr = shown.split("--- stderr\n").nth(1).unwrap_or_default();
    assert!(
        shown.starts_with(&format!("exit code: {code}\n")),
        "{arguments}: {shown}"
    );
    match expected {
        "" => assert_eq!(stderr, "", "{arguments}"),
        _ => assert!(stderr.contains(expected), "{arguments}: {stderr}"),
    }
}

#[test]
fn requests() {
    check(
        "scan framework",
        1,
        "Error: requires at least one framework name\n",
    );
    check(
        "scan framework nsa, web.yaml",
        1,
        "Error: usage: <framework-0>,<framework-1>\n",
    );
    check("scan framework nsa,mitre,NSA web.yaml", 0, "");
    check("scan framework all web.yaml", 0, "");
    check(
        "scan framework nsa,mirte web.yaml",
        1,
        "Error: framework: mirte: framework from file not matching; did you mean \"MITRE\"?\n",
    );
    check(
        "scan framework nope web.yaml",
        1,
        "framework: nope: framework from file not matching; `kubescape list frameworks` shows all\n",
    );
    check("scan control", 1, "Error: requires at least one control ID\n");
    check(
        "scan control C-0001,,C-0002 web.yaml",
        1,
        "usage: <control-0>,<control-1>\n",
    );
    check("scan control c-0001,C-0001 web.yaml", 0, "");
    check(
        "scan control C-0001 - web.yaml",
        1,
        "cannot be mixed with other inputs\n",
    );
    check(
        "scan image nginx",
        1,
        "Error: `scan image` is not part of this version yet\n",
    );
    check(
        "scan workload web web.yaml",
        1,
        "invalid workload identifier \"web\"",
    );
    check("scan workload Deployment/web --file-path web.yaml", 0, "");
    check("scan workload Deployment.v1.apps/web -n shop web.yaml", 0, "");
    check(
        "scan workload Deployment/web -n other web.yaml",
        1,
        "k8s resource 'other/Deployment/web' not found",
    );
    check(
        "scan workload deployment/wb web.yaml",
        1,
        "k8s resource 'deployment/wb' not found; did you mean shop/Deployment/web?\n",
    );
    check(
        "scan workload Deployment/web web.yaml --file-path web.yaml",
        1,
        "cannot be used with",
    );
    check("scan workload Deployment/web --chart-path .", 1, "--file-path");
}

#[test]
fn thresholds() {
    for wrong in ["-1", "100.5", "NaN"] {
        check(
            &format!("scan framework nsa web.yaml --compliance-threshold {wrong}"),
            1,
            "Error: bad argument: out of range threshold\n",
        );
    }
    check(
        "scan framework nsa web.yaml --fail-coverage-below -1",
        1,
        "out of range threshold",
    );
    check(
        "scan framework nsa web.yaml --compliance-threshold much",
        1,
        "invalid value 'much'",
    );
    check(
        "scan framework nsa web.yaml --severity-threshold grave",
        1,
        "unknown severity. Supported",
    );
    check(
        "scan web.yaml --severity-threshold CRITICAL",
        1,
        "exceeds severity threshold: critical\n",
    );
    check(
        "scan web.yaml --compliance-threshold 99",
        0,
        "--compliance-threshold has no effect on this scan",
    );
    check(
        "scan web.yaml --view resource --compliance-threshold 99",
        1,
        "scan compliance-score is below permitted threshold: 0.00 (compliance-threshold: 99.00)\n",
    );
    // Compliance is said before severity.
    check(
        "scan framework nsa web.yaml --compliance-threshold 99 --severity-threshold low",
        1,
        "scan compliance-score is below permitted threshold",
    );
    check(
        "scan framework nsa web.yaml --include-controls C-0009 --fail-coverage-below 1",
        1,
        "scan loaded no controls: coverage is 0% (fail-coverage-below: 1.00%)\n",
    );
}

#[test]
fn times() {
    check("scan web.yaml --control-timeout 1h30m", 0, "");
    check("scan web.yaml --control-timeout 0 --scan-timeout 1m", 0, "");
    check(
        "scan web.yaml --control-timeout -5s",
        1,
        "a time cannot be negative",
    );
    check(
        "scan web.yaml --control-timeout 5",
        1,
        "expected a time such as 30s, 5m or 1h30m",
    );
    check(
        "scan web.yaml --control-timeout 5m --scan-timeout 5m",
        1,
        "--control-timeout must be shorter than --scan-timeout\n",
    );
}

#[test]
fn filters() {
    check(
        "scan web.yaml --include-kinds Deployment --exclude-kinds Pod",
        0,
        "",
    );
    check(
        "scan web.yaml --exclude-kinds deployment",
        1,
        "no resources found to scan: the kind filter (exclude-kinds: deployment) left nothing to evaluate\n",
    );
    check(
        "scan web.yaml --exclude-controls C-0001,",
        1,
        "--exclude-controls has an empty element\n",
    );
    check(
        "scan web.yaml --exclude-controls C-0009",
        0,
        "warning: --exclude-controls: C-0009 is not among the selected controls\n",
    );
    check(
        "scan web.yaml --include-controls c-0001",
        0,
        "c-0001 is not among the selected controls; did you mean C-0001?\n",
    );
    check(
        "scan web.yaml --min-severity high --max-severity low",
        1,
        "is above --max-severity Low\n",
    );
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    let blank = |flag: &str, value: &str| {
        let output = workspace
            .command("scan web.yaml -l warning -f json")
            .args(["--library", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library")])
            .args([flag, value])
            .output()
            .expect("a run");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    for flag in ["--include-kinds", "--exclude-namespaces", "--include-controls"] {
        assert_eq!(blank(flag, ""), (Some(0), String::new()), "{flag}");
        assert_eq!(
            blank(flag, " "),
            (Some(1), format!("Error: {flag} is blank\n")),
            "{flag}"
        );
    }
}

#[test]
fn formats() {
    check(
        "scan web.yaml -f json,json,",
        0,
        "Overall compliance-score (100- Excellent, 0- All failed): 0\n",
    );
    check(
        "scan web.yaml -f ,",
        1,
        "format cannot be empty, supported formats: pretty-printer, json\n",
    );
    check(
        "scan web.yaml -f JSON",
        1,
        "invalid format \"JSON\", supported formats: pretty-printer, json\n",
    );
    for later in ["sarif", "junit", "html", "csv"] {
        check(
            &format!("scan web.yaml -f json,{later}"),
            1,
            &format!("format \"{later}\" is not part of this version yet; supported formats: "),
        );
    }
    check(
        "scan web.yaml --format-version v1",
        1,
        "invalid --format-version \"v1\": only v2 is supported\n",
    );
    check(
        "scan web.yaml --view sideways",
        1,
        "[possible values: security, resource, control]",
    );
}

/// Command lines of the Go kubescape go on working, or are told what would be missing.
#[test]
fn compatibility() {
    for accepted in [
        "--keep-local",
        "--keep-local=true",
        "--submit=false",
        "--verbose=false",
        "--use-default-matchers=false",
        "--enable-streaming",
        "--skip-db-update",
        "--host-scan=false",
        "--image-scan-concurrency 4",
        "--show-evidence=TRUE",
    ] {
        check(&format!("scan framework nsa web.yaml {accepted}"), 0, "");
    }
    for (useless, named) in [
        ("--account 00000000-0000-4000-8000-000000000000", "--account"),
        ("--access-key a", "--access-key"),
        ("--server https://example.com", "--server"),
        ("--env dev", "--environment"),
        ("-t 20", "--fail-threshold"),
        ("--incremental", "--incremental"),
        ("--host-scan", "--host-scan"),
        ("--registry-username a", "flags for images"),
        ("--baseline-fail-on-new", "--baseline-*"),
    ] {
        check(
            &format!("scan framework nsa web.yaml {useless}"),
            0,
            &format!("warning: no effect of {named}: "),
        );
    }
    for (refused, reason) in [
        ("--account me", "--account \"me\" is no UUID\n"),
        ("--submit", "Error: --submit: this program sends nothing anywhere"),
        ("--submit --keep-local", "exclude each other\n"),
        (
            "--controls-version v2",
            "Error: --controls-version: the policies are those of this program",
        ),
        ("--controls-version a/b", "must be a tag without \"/\"\n"),
        (
            "--scan-images",
            "Error: --scan-images is not part of this version yet\n",
        ),
        ("--hide", "Error: --hide is not part of this version yet\n"),
        ("--encrypt", "Error: --encrypt is not part of this version yet\n"),
        (
            "--baseline old.json",
            "Error: --baseline is not part of this version yet\n",
        ),
        ("--verbose=perhaps", "unexpected value 'perhaps' for '--verbose'"),
    ] {
        check(&format!("scan framework nsa web.yaml {refused}"), 1, reason);
    }
    check("list frameworks --account me", 1, "--account \"me\" is no UUID\n");
    check("list frameworks --access-key a", 0, "no effect of --access-key");
}

#[test]
fn environment() {
    let workspace = Workspace::new(&[("web.yaml", WEB)]);
    let run = |name: &str, value: &str, arguments: &str| {
        let output = workspace
            .command(&format!("scan web.yaml --include-controls C-0009 {arguments}"))
            .args(["--library", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library")])
            .env(name, value)
            .output()
            .expect("a run");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let warning =
        "warning: --include-controls: C-0009 is not among the selected controls; did you mean C-0001?\n";
    assert_eq!(run("KS_LOGGER", "", ""), (Some(0), warning.to_owned()));
    assert_eq!(run("KS_LOGGER", "error", ""), (Some(0), String::new()));
    assert_eq!(
        run("KS_LOGGER", "error", "-l info"),
        (Some(0), warning.to_owned())
    );
    let (code, error) = run("KS_LOGGER", "loud", "");
    assert_eq!(code, Some(1));
    assert!(
        error.starts_with("Error: KS_LOGGER=\"loud\": expected debug, info"),
        "{error}"
    );
    let (code, json) = run("KS_LOGGER_NAME", "zap", "");
    assert_eq!(code, Some(0));
    assert!(json.starts_with("{\"level\":\"warning\",\"msg\":"), "{json}");
    let (code, error) = run("KUBESCAPE_MAX_FILE_SIZE", "10", "");
    assert_eq!(code, Some(1));
    assert!(error.contains("file too large: "), "{error}");
    let (code, error) = run("KUBESCAPE_MAX_FILE_SIZE", "much", "");
    assert_eq!(
        (code, error.as_str()),
        (
            Some(1),
            "Error: KUBESCAPE_MAX_FILE_SIZE must be a number of bytes, not \"much\": invalid digit found in string\n"
        )
    );
}

#[test]
fn small_commands() {
    let workspace = Workspace::new(&[]);
    let stdout = |arguments: &str| {
        let output = workspace.command(arguments).output().expect("a run");
        assert_eq!(output.status.code(), Some(0), "{arguments}");
        String::from_utf8(output.stdout).expect("text")
    };
    let version = stdout("version");
    assert!(version.starts_with("kubescape v"), "{version}");
    assert_eq!(stdout("--version"), version);
    let json: serde_json::Value = serde_json::from_str(&stdout("version -f json")).expect("JSON");
    assert_eq!(
        format!("kubescape {}\n", json["version"].as_str().expect("a version")),
        version
    );
    assert!(json["commit"].is_string() && json["date"].is_string());
    for (shell, word) in [
        ("bash", "complete -F _kubescape"),
        ("zsh", "#compdef kubescape"),
        ("fish", "complete -c kubescape"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = stdout(&format!("completion {shell}"));
        assert!(script.contains(word), "{shell}");
        assert!(script.contains("severity-threshold"), "{shell}");
    }
    let refused = workspace.run_plain("completion tcsh");
    assert!(refused.contains("Error: invalid value 'tcsh'"), "{refused}");
    check_in(
        &workspace,
        "explain C-0009",
        1,
        "there is no control \"C-0009\"; did you mean C-0001?\n",
    );
    assert_eq!(stdout(""), stdout("-h"));
}

/// Help fits a page of 100 columns, has groups and examples.
#[test]
fn help() {
    let workspace = Workspace::new(&[]);
    for command in [
        "",
        "scan",
        "scan framework",
        "scan control",
        "scan workload",
        "list",
        "test",
        "download",
    ] {
        for flag in ["-h", "--help"] {
            let output = workspace
                .command(&format!("{command} {flag}"))
                .output()
                .expect("a run");
            let text = String::from_utf8(output.stdout).expect("text");
            let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 100).collect();
            assert_eq!(long, Vec::<&str>::new(), "{command} {flag}");
            assert!(text.contains("Examples:\n  "), "{command} {flag}");
            assert!(text.contains("Usage: kubescape"), "{command} {flag}");
        }
    }
    let scan = workspace.run_plain("scan -h");
    for group in [
        "Output:",
        "What is read:",
        "Controls:",
        "Gates (exit code 1):",
        "Global options:",
    ] {
        assert!(scan.contains(&format!("\n{group}\n")), "{group}");
    }
}
