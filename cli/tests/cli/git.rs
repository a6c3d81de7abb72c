//! Repositories as inputs, and as bases of kustomizations.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::repository::{Repository, has_git};
use crate::server::{Behaviour, Server};
use crate::{GOOD, WEB, Workspace};

/// A repository with manifests, a chart and a kustomization.
fn shop() -> Repository {
    let repository = Repository::new();
    repository.write("deploy/web.yaml", WEB);
    repository.commit("the shop");
    repository.write("deploy/good.yaml", GOOD);
    repository.commit("a pod");
    repository.git(&["checkout", "-q", "-b", "feature/chart"]);
    repository.write("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    repository.write("chart/values.yaml", "name: chart\n");
    let template = GOOD.replace("name: good", "name: {{ .Values.name }}");
    repository.write("chart/templates/pod.yaml", &template);
    repository.write(
        "overlay/kustomization.yaml",
        "namePrefix: our-\nresources: [../base]\n",
    );
    repository.write("base/kustomization.yaml", "resources: [pod.yaml]\n");
    repository.write("base/pod.yaml", GOOD);
    repository.commit("a chart");
    repository.git(&["checkout", "-q", "main"]);
    repository
}

fn serve(repository: &Repository, behaviour: Behaviour) -> Server {
    Server::start(repository.folder.path(), behaviour)
}

/// The repository on a server, and a folder with these files; nothing where there is no git program.
fn served(behaviour: Behaviour, files: &[(&str, &str)]) -> Option<(Repository, Server, Workspace)> {
    if !has_git() {
        return None;
    }
    let repository = shop();
    let server = serve(&repository, behaviour);
    Some((repository, server, Workspace::new(files)))
}

/// What the user sees, without the port and the place of the repository.
fn run(workspace: &Workspace, server: Option<&Server>, arguments: &str) -> String {
    let text = if arguments.starts_with("render ") {
        workspace.run_plain(arguments)
    } else {
        workspace.run(arguments)
    };
    match server {
        Some(server) => text.replace(&server.port.to_string(), "PORT"),
        None => text,
    }
}

fn report(workspace: &Workspace, arguments: &str) -> Value {
    let shown = workspace.run(&format!("{arguments} -f json -o report.json"));
    let text = std::fs::read_to_string(workspace.path("report.json")).expect(&shown);
    serde_json::from_str(&text).expect("JSON")
}

fn temporary_folders(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().starts_with("kubescape-git-")
        })
        .count()
}

#[test]
fn repositories() {
    let Some((_repository, server, workspace)) = served(Behaviour::default(), &[]) else {
        return;
    };
    let url = server.url("web/.git");
    let see = |arguments: &str| run(&workspace, Some(&server), arguments);
    assert_snapshot!("git_scan", see(&format!("scan control C-0001 {url} -v")));
    assert_snapshot!(
        "git_branch",
        see(&format!("scan control C-0001 {url}?ref=feature/chart -v"))
    );
    assert_snapshot!(
        "git_render",
        see(&format!("render {url}//overlay?ref=feature/chart"))
    );
    assert_snapshot!("git_no_branch", see(&format!("scan {url}?ref=nowhere")));
    assert_snapshot!("git_no_path", see(&format!("scan {url}//nowhere")));
    assert_snapshot!(
        "git_no_repository",
        see(&format!("scan {}", server.url("no.git")))
    );
    assert_snapshot!(
        "git_no_manifests",
        see(&format!("scan {url}//deploy --exclude-path *.yaml"))
    );
}

#[test]
fn reports_of_repositories() {
    let Some((repository, server, workspace)) = served(Behaviour::default(), &[]) else {
        return;
    };
    let url = server.url("web/.git");
    let found = report(&workspace, &format!("scan control C-0001 {url}"));
    assert_eq!(
        found.pointer("/metadata/scanMetadata/scanningTarget"),
        Some(&2.into())
    );
    let metadata = found
        .pointer("/metadata/targetMetadata/gitRepoContextMetadata")
        .expect("metadata");
    let text = |key: &str| metadata[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (text("repo"), text("branch"), text("localRootPath")),
        ("web".into(), "main".into(), String::new())
    );
    assert_eq!(text("remoteURL"), url.trim_end_matches("/.git"));
    assert_eq!(metadata["lastCommit"]["committerName"], "Ada Author");
    assert_eq!(metadata["lastCommit"].get("message"), None);
    let commits: Vec<(String, String, bool)> = found["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .map(|resource| {
            let source = &resource["source"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (
                text(&source["relativePath"]),
                text(&source["lastCommit"]["message"]),
                source.get("path").is_none(),
            )
        })
        .collect();
    assert_eq!(
        commits,
        [
            ("deploy/good.yaml".to_owned(), "a pod".to_owned(), true),
            ("deploy/web.yaml".to_owned(), "the shop".to_owned(), true),
        ]
    );
    // The same on every run, wherever the files were.
    let ids = |found: &Value| -> Vec<Value> {
        let resources = found["resources"].as_array().expect("resources");
        resources
            .iter()
            .map(|resource| resource["resourceID"].clone())
            .collect()
    };
    let chart = format!("scan control C-0001 {url}?ref=feature/chart");
    let first = report(&workspace, &chart);
    assert_eq!(ids(&first), ids(&report(&workspace, &chart)));
    assert!(!first.to_string().contains("kubescape-git-"), "{first:#}");

    // On disk, with a remote.
    repository.git(&[
        "remote",
        "add",
        "origin",
        "https://user:secret@github.com/shop/web.git",
    ]);
    let found = report(
        &workspace,
        &format!("scan control C-0001 {}/deploy", repository.path().display()),
    );
    assert_eq!(
        found.pointer("/metadata/scanMetadata/scanningTarget"),
        Some(&3.into())
    );
    let metadata = found
        .pointer("/metadata/targetMetadata/gitRepoContextMetadata")
        .expect("metadata");
    assert_eq!(metadata["remoteURL"], "https://github.com/shop/web");
    assert_eq!(
        (&metadata["provider"], &metadata["owner"]),
        (&"github".into(), &"shop".into())
    );
    let titles: Vec<&Value> = found["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .map(|resource| &resource["source"]["lastCommit"]["message"])
        .collect();
    assert_eq!(titles, ["a pod", "the shop"]);
}

#[test]
fn logins() {
    // x-token-auth:secret-1
    let behaviour = Behaviour {
        authorization: Some("Basic eC10b2tlbi1hdXRoOnNlY3JldC0x".to_owned()),
        ..Behaviour::default()
    };
    let Some((_repository, server, workspace)) = served(behaviour, &[]) else {
        return;
    };
    let url = format!("http://gitlab.localhost:{}/web/.git", server.port);
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library");
    let with = |token: &str| {
        let mut command = workspace.command(&format!("scan control C-0001 {url} --library {library}"));
        let output = command.env("GITLAB_TOKEN", token).output().expect("a run");
        workspace.shown(&output).replace(&server.port.to_string(), "PORT")
    };
    assert!(with("secret-1").contains("exit code: 0"), "{}", with("secret-1"));
    assert_snapshot!("git_wrong_token", with("secret-2"));
    assert_snapshot!("git_no_token", with(""));
    let own = url.replace("http://", "http://x-token-auth:secret-1@");
    let shown = workspace.run(&format!("scan control C-0001 {own} -v"));
    assert!(
        shown.contains("exit code: 0") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn other_inputs_go_on() {
    let Some((_repository, server, workspace)) = served(Behaviour::default(), &[("web.yaml", WEB)]) else {
        return;
    };
    let bad = server.url("no.git");
    assert_snapshot!(
        "git_other_inputs",
        run(
            &workspace,
            Some(&server),
            &format!("scan control C-0001 {bad} web.yaml nowhere")
        )
    );
    assert_snapshot!(
        "git_unreachable",
        workspace.run("scan http://nowhere.invalid/shop/web.git")
    );
    assert_snapshot!("git_bad_address", workspace.run("scan https://github.com/shop"));
}

#[test]
fn remote_bases() {
    if !has_git() {
        return;
    }
    let repository = shop();
    // A base that wants to read what is not its own.
    repository.git(&["checkout", "-q", "-b", "hostile"]);
    repository.write("up/kustomization.yaml", "resources: [../../../..]\n");
    repository.write("out/kustomization.yaml", "resources: [/etc/hosts]\n");
    repository.write("me/kustomization.yaml", "resources: [../me]\n");
    repository.commit("hostile");
    repository.git(&["checkout", "-q", "main"]);
    let server = serve(&repository, Behaviour::default());
    let url = server.url("web/.git");
    let overlay = |base: &str| {
        Workspace::new(&[(
            "kustomization.yaml",
            &format!("namePrefix: my-\nresources:\n- {url}//{base}\n"),
        )])
    };
    let see = |workspace: &Workspace, arguments: &str| run(workspace, Some(&server), arguments);
    let good = overlay("overlay?ref=feature/chart");
    assert_snapshot!("base_not_allowed", see(&good, "render ."));
    assert_snapshot!("base_allowed", see(&good, "render . --allow-network"));
    for (base, expected) in [
        ("up?ref=hostile", "must be within it"),
        ("out?ref=hostile", "security; file"),
        ("me?ref=hostile", "cycle detected"),
        ("base?ref=nowhere", "no branch, tag or commit \"nowhere\""),
    ] {
        let shown = see(&overlay(base), "render . --allow-network");
        assert!(
            shown.contains(expected) && shown.contains("exit code: 1"),
            "{base}: {shown}"
        );
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_left_behind() {
    use std::process::{Command, Stdio};
    if !has_git() {
        return;
    }
    let repository = shop();
    let workspace = Workspace::new(&[]);
    let scan = |url: &str| {
        let mut command = workspace.command(&format!("scan {url}"));
        command.env("TMPDIR", workspace.folder.path());
        command
    };
    let server = serve(&repository, Behaviour::default());
    for url in [
        server.url("web/.git"),
        server.url("no.git"),
        server.url("web/.git//nowhere"),
    ] {
        scan(&url).output().expect("a run");
        assert_eq!(temporary_folders(workspace.folder.path()), 0, "{url}");
    }
    let silent = serve(
        &repository,
        Behaviour {
            silent_at: Some("/git-upload-pack"),
            ..Behaviour::default()
        },
    );
    let child = scan(&silent.url("web/.git"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a run");
    let mut waited = 0;
    while temporary_folders(workspace.folder.path()) == 0 && waited < 300 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        waited += 1;
    }
    assert_eq!(temporary_folders(workspace.folder.path()), 1);
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(killed.success());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(temporary_folders(workspace.folder.path()), 0);
}
