//! Fetching.

use std::path::Path;
use std::time::{Duration, Instant};

use kubescape_git::{Checkout, GitError, GitSettings, Location, Provider, Secret, Token, Trust};

use crate::repository::{Repository, files, has_git};
use crate::server::{Behaviour, Server};

fn get(url: &str, settings: &GitSettings) -> Result<Checkout, GitError> {
    Checkout::get(&Location::parse(url).expect(url), settings, Trust::Typed)
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(name, _)| name).collect()
}

#[track_caller]
fn fails(url: &str, settings: &GitSettings, expected: &[&str]) {
    let error = get(url, settings)
        .map(|checkout| checkout.root.clone())
        .expect_err(url)
        .to_string();
    for part in expected {
        assert!(error.contains(part), "{url}: {error}");
    }
}

fn servers(repository: &Repository) -> Vec<(&'static str, Server)> {
    let with = |old, settings| {
        Server::start(
            repository.folder.path(),
            Behaviour {
                old,
                settings,
                ..Behaviour::default()
            },
        )
    };
    vec![
        ("of today", with(false, vec![])),
        ("with filters", with(false, vec!["uploadpack.allowFilter=true"])),
        ("of old", with(true, vec![])),
        (
            "of old with filters",
            with(
                true,
                vec![
                    "uploadpack.allowFilter=true",
                    "uploadpack.allowReachableSHA1InWant=true",
                ],
            ),
        ),
    ]
}

/// The addresses of a repository, on the disk and at every server, each with its name.
fn sources(repository: &Repository, servers: &[(&'static str, Server)]) -> Vec<(&'static str, String)> {
    let file = format!("file://{}", repository.path().display());
    let served = servers
        .iter()
        .map(|(name, server)| (*name, server.url("web/.git")));
    std::iter::once(("disk", file)).chain(served).collect()
}

#[test]
fn branches_tags_and_commits() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let first = repository.git(&["rev-parse", "main~2"]);
    let newest = repository.git(&["rev-parse", "main"]);
    let servers = servers(&repository);
    let sources = sources(&repository, &servers);
    let settings = GitSettings::default();
    for (name, url) in sources {
        let checkout = get(&url, &settings).expect(name);
        assert_eq!(
            names(&checkout.root),
            ["README.md", "deploy/base/db.yaml", "deploy/web.yaml"],
            "{name}"
        );
        assert_eq!(
            (checkout.branch.as_str(), &checkout.commit.hash),
            ("main", &newest),
            "{name}"
        );
        assert_eq!(checkout.commit.author, "Ada Author");
        assert_eq!(checkout.commit.email, "ada@example.com");
        assert_eq!(checkout.commit.title, "a deployment");
        assert_eq!(checkout.commit.date, "2023-11-14T23:17:20+01:00");
        let root = checkout.root.clone();
        drop(checkout);
        assert!(!root.exists(), "{name}: the folder is left");

        let checkout = get(&format!("{url}?ref=feature/login"), &settings).expect(name);
        assert!(
            names(&checkout.root).contains(&"deploy/login.yaml".to_owned()),
            "{name}"
        );
        let checkout = get(&format!("{url}?ref=v1.0"), &settings).expect(name);
        assert_eq!(files(&checkout.root)[2].1, "kind: Pod\n", "{name}");
        let checkout = get(&format!("{url}//deploy/base?ref={newest}"), &settings).expect(name);
        assert_eq!(names(&checkout.input()), ["db.yaml"], "{name}");
        // No branch or tag stands for this one.
        let checkout = get(&format!("{url}?ref={first}"), &settings).expect(name);
        assert_eq!(names(&checkout.root), ["README.md", "deploy/web.yaml"], "{name}");
        assert_eq!(
            (checkout.branch.as_str(), &checkout.commit.hash),
            ("", &first),
            "{name}"
        );

        fails(
            &format!("{url}?ref=nowhere"),
            &settings,
            &[
                "no branch, tag or commit \"nowhere\"",
                "the default branch is \"main\"",
            ],
        );
        for short in [&first[..7], &first[..8], &first.to_uppercase()[..12]] {
            let checkout = get(&format!("{url}?ref={short}"), &settings).expect(name);
            assert_eq!(names(&checkout.root), ["README.md", "deploy/web.yaml"], "{name}");
            assert_eq!(
                (checkout.branch.as_str(), &checkout.commit.hash),
                ("", &first),
                "{name}"
            );
        }
        fails(
            &format!("{url}?ref={}", &first[..6]),
            &settings,
            &["no branch, tag or commit", "at least 7 digits"],
        );
        fails(
            &format!("{url}?ref=1111111"),
            &settings,
            &[
                "no branch, tag or commit \"1111111\"",
                "no commit of its branches and tags",
            ],
        );
        fails(
            &format!("{url}?ref={}", "1".repeat(40)),
            &settings,
            &["no branch, tag or commit \"1111"],
        );
        fails(
            &format!("{url}//nowhere"),
            &settings,
            &["there is no file or folder \"nowhere\" in main"],
        );
    }
}

/// Two commits whose hashes start with the same seven digits, made by trying messages.
fn alike(repository: &Repository) -> (String, String) {
    let tree = repository.git(&["rev-parse", "main^{tree}"]);
    let parent = repository.git(&["rev-parse", "main"]);
    let mut seen = std::collections::HashMap::new();
    for number in 0_u64.. {
        let person = "Ada Author <ada@example.com> 1700000000 +0100";
        let body = format!("tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\n\n{number}\n");
        let hash = gix_hash_of(&body);
        if let Some(earlier) = seen.insert(hash[..7].to_owned(), body.clone()) {
            let write =
                |body: &str| repository.git_with(&["hash-object", "-t", "commit", "-w", "--stdin"], body);
            return (write(&earlier), write(&body));
        }
    }
    unreachable!("28 bits repeat")
}

fn gix_hash_of(commit: &str) -> String {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Commit, commit.as_bytes())
        .expect("a hash")
        .to_string()
}

#[test]
fn abbreviated_commits() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let (one, other) = alike(&repository);
    repository.git(&["branch", "one", &one]);
    repository.git(&["branch", "other", &other]);
    let login = repository.git(&["rev-parse", "feature/login"]);
    repository.git(&["branch", &login[..8], "main"]);
    let servers = servers(&repository);
    let sources = sources(&repository, &servers);
    let settings = GitSettings {
        history: true,
        ..GitSettings::default()
    };
    for (name, url) in sources {
        fails(
            &format!("{url}?ref={}", &one[..7]),
            &settings,
            &[
                "is the start of several commits",
                &one,
                &other,
                "write more digits",
            ],
        );
        // A branch of another name, and a branch that looks like a hash.
        for (short, files) in [(&login[..7], 4), (&login[..8], 3)] {
            let checkout = get(&format!("{url}?ref={short}"), &settings).expect(name);
            assert_eq!(names(&checkout.root).len(), files, "{name}: {short}");
            let history = checkout.history.as_ref().expect(name);
            let last = history.last_commits(&["README.md".to_owned()]);
            assert_eq!(
                last[0].as_ref().expect(name).title,
                "the first",
                "{name}: {short}"
            );
        }
    }
}

#[test]
fn last_commits_of_files() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let paths = [
        "README.md",
        "deploy/base/db.yaml",
        "deploy/web.yaml",
        "deploy",
        "nowhere.yaml",
    ]
    .map(ToOwned::to_owned);
    let settings = GitSettings {
        history: true,
        ..GitSettings::default()
    };
    for (name, server) in servers(&repository) {
        let checkout = get(&server.url("web/.git"), &settings).expect(name);
        assert_eq!(checkout.remarks, Vec::<String>::new(), "{name}");
        let commits = checkout.history.as_ref().expect(name).last_commits(&paths);
        let titles: Vec<String> = commits
            .into_iter()
            .map(|commit| commit.unwrap_or_default().title)
            .collect();
        assert_eq!(
            titles,
            ["the first", "a database", "a deployment", "a deployment", ""],
            "{name}"
        );
    }
    let server = Server::start(repository.folder.path(), Behaviour::default());
    let checkout = get(&server.url("web/.git"), &GitSettings::default()).expect("a checkout");
    assert!(checkout.history.is_none(), "a history that nobody asked for");
}

#[test]
fn tokens() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    // x-token-auth:secret-1
    let behaviour = Behaviour {
        authorization: Some("Basic eC10b2tlbi1hdXRoOnNlY3JldC0x".to_owned()),
        ..Behaviour::default()
    };
    let server = Server::start(repository.folder.path(), behaviour);
    let gitlab = format!("http://gitlab.localhost:{}/web/.git", server.port);
    let with = |value: &str| GitSettings {
        tokens: vec![Token {
            provider: Provider::GitLab,
            name: "GITLAB_TOKEN".to_owned(),
            value: Secret::new(value),
        }],
        history: true,
        ..GitSettings::default()
    };
    let checkout = get(&gitlab, &with("secret-1")).expect("let in");
    assert!(checkout.history.is_some());
    fails(
        &gitlab,
        &GitSettings::default(),
        &[&gitlab, "the server wants a login (HTTP 401)", "set GITLAB_TOKEN"],
    );
    fails(
        &gitlab,
        &with("secret-2"),
        &["the server does not accept the token of GITLAB_TOKEN (HTTP 401)"],
    );
    let error = get(&gitlab, &with("secret-2"))
        .map(|_| ())
        .expect_err("not let in");
    assert!(
        !format!("{error} {error:?} {:?}", with("secret-2")).contains("secret"),
        "{error:?}"
    );
    // Not the token's host.
    fails(
        &server.url("web/.git"),
        &with("secret-1"),
        &["wants a login", "https://USER:TOKEN@HOST/"],
    );
    // Its host, but the address is not the user's own.
    let location = Location::parse(&gitlab).expect("an address");
    let named = Checkout::get(&location, &with("secret-1"), Trust::Named).map(|_| ());
    assert!(matches!(named, Err(GitError::Denied { .. })), "{named:?}");
    // Credentials of the address itself.
    let own = format!("http://x-token-auth:secret-1@127.0.0.1:{}/web/.git", server.port);
    let checkout = get(&own, &GitSettings::default()).expect("let in");
    assert!(!checkout.location.to_string().contains("secret"));
    fails(
        &own.replace("secret-1", "secret-2"),
        &GitSettings::default(),
        &["does not accept the token of the address"],
    );
    fails(
        "http://user:secret@git.example.com/web.git",
        &GitSettings::default(),
        &["not sent over plain http"],
    );
}

#[test]
fn servers_that_fail() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let start = |behaviour| Server::start(repository.folder.path(), behaviour);
    let quick = GitSettings {
        stall_timeout: Duration::from_millis(300),
        connect_timeout: Duration::from_millis(500),
        ..GitSettings::default()
    };
    let usual = start(Behaviour::default());
    fails(
        &usual.url("nowhere.git"),
        &quick,
        &["there is no such repository", &usual.url("nowhere.git")],
    );
    for (status, expected) in [
        (403, "wants a login (HTTP 403)"),
        (404, "no such repository"),
        (429, "fewer requests"),
        (500, "HTTP 500"),
        (503, "HTTP 503"),
    ] {
        let server = start(Behaviour {
            status: Some(status),
            ..Behaviour::default()
        });
        fails(&server.url("web/.git"), &quick, &[expected]);
    }
    for end in ["/info/refs", "/git-upload-pack"] {
        let server = start(Behaviour {
            silent_at: Some(end),
            ..Behaviour::default()
        });
        let started = Instant::now();
        fails(&server.url("web/.git"), &quick, &["the server sent nothing for"]);
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    let moved = start(Behaviour {
        moved: Some("/old"),
        ..Behaviour::default()
    });
    let checkout = get(&moved.url("old/web/.git"), &quick).expect("followed");
    assert_eq!(checkout.branch, "main");

    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    fails(
        &format!("http://127.0.0.1:{closed}/web.git"),
        &quick,
        &["cannot reach http://127.0.0.1"],
    );
    fails(
        "http://nowhere.invalid/web.git",
        &quick,
        &["cannot reach http://nowhere.invalid/web.git"],
    );
    fails(
        "file:///nowhere/web.git",
        &quick,
        &["file:///nowhere/web.git: there is no such repository"],
    );
    let empty = Repository::new();
    let server = Server::start(empty.folder.path(), Behaviour::default());
    fails(&server.url("web/.git"), &quick, &["the repository is empty"]);
    fails(
        &format!("file://{}", empty.path().display()),
        &quick,
        &["the repository is empty"],
    );
    let small = GitSettings {
        max_bytes: 100,
        ..GitSettings::default()
    };
    fails(&usual.url("web/.git"), &small, &["has more than 100 bytes"]);
}

#[test]
fn many_files() {
    if !has_git() {
        return;
    }
    let count: usize = std::env::var("KUBESCAPE_GIT_FILES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(5000);
    let repository = Repository::new();
    let mut stream =
        String::from("commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n");
    for index in 0..count {
        let text = format!("kind: ConfigMap\nindex: {index}\n");
        stream.push_str(&format!(
            "M 100644 inline a{}/b{}/{index}.yaml\ndata {}\n{text}\n",
            index % 10,
            index / 500,
            text.len()
        ));
    }
    repository.git_with(&["fast-import", "--quiet"], &stream);
    let server = Server::start(repository.folder.path(), Behaviour::default());
    let started = Instant::now();
    let checkout = get(&server.url("web/.git"), &GitSettings::default()).expect("a checkout");
    println!("{count} files: {:?}", started.elapsed());
    assert_eq!(files(&checkout.root).len(), count);
}

#[cfg(unix)]
#[test]
fn ssh() {
    use std::os::unix::fs::PermissionsExt;
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    // Stands for ssh: runs what the server would run.
    let program = repository.folder.path().join("ssh");
    std::fs::write(
        &program,
        "#!/bin/sh
while :; do case \"$1\" in -o|-p) shift 2;; -*) shift;; *) break;; esac; done
shift
exec sh -c \"$*\"
",
    )
    .expect("a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let settings = GitSettings {
        ssh_command: Some(program.clone().into()),
        history: true,
        ..GitSettings::default()
    };
    let url = format!("ssh://git@example.com{}/.git", repository.path().display());
    let checkout = get(&format!("{url}?ref=feature/login"), &settings).expect("a checkout");
    assert_eq!(checkout.commit.title, "a login");
    let commits = checkout
        .history
        .as_ref()
        .expect("a history")
        .last_commits(&["README.md".to_owned()]);
    assert_eq!(
        commits[0].as_ref().map(|commit| commit.title.as_str()),
        Some("the first")
    );
    let scp = format!("git@example.com:{}/.git", repository.path().display());
    assert_eq!(get(&scp, &settings).expect("a checkout").branch, "main");
    fails(
        &format!("ssh://git@example.com{}/no.git", repository.path().display()),
        &settings,
        &["ssh"],
    );

    std::fs::write(
        &program,
        "#!/bin/sh\necho 'git@example.com: Permission denied (publickey).' >&2\nexit 255\n",
    )
    .expect("a file");
    fails(&url, &settings, &["ssh"]);
}
