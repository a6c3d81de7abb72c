//! Last commits of files, compared with `git log`.

use kubescape_git::LocalRepository;

use crate::repository::{Repository, git, has_git};

/// Compares every file of a repository with what git says.
#[track_caller]
fn check(repository: &Repository) {
    let listed = repository.git(&["ls-tree", "-r", "-t", "--name-only", "HEAD"]);
    let paths: Vec<String> = listed.lines().map(ToOwned::to_owned).collect();
    let local = LocalRepository::around(&repository.path()).expect("a repository");
    let commits = local.history.expect("a history").last_commits(&paths);
    for (path, commit) in paths.iter().zip(commits) {
        let expected = repository.git(&["log", "-1", "--format=%H|%an|%ae|%s", "--", path]);
        let commit = commit.unwrap_or_default();
        let found = format!(
            "{}|{}|{}|{}",
            commit.hash, commit.author, commit.email, commit.title
        );
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn as_git_log() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    // Names that sort differently as folders and as files.
    for name in [
        "a/b.yaml",
        "a-b.yaml",
        "a.yaml",
        "a/b/c.yaml",
        "a0.yaml",
        "d/e/f/g.yaml",
        "d/e/h.yaml",
    ] {
        repository.write(name, name);
        repository.commit(name);
    }
    repository.write("a/b/c.yaml", "changed");
    repository.commit("changed");
    repository.git(&["checkout", "-q", "-b", "side", "HEAD~3"]);
    repository.write("side.yaml", "side");
    repository.write("d/e/h.yaml", "from the side");
    repository.commit("side");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("a.yaml", "main");
    repository.commit("main");
    repository.git(&["merge", "-q", "-X", "theirs", "-m", "merge", "side"]);
    check(&repository);
    // Deleted and made again; a file that becomes a folder; a mode.
    std::fs::remove_file(repository.path().join("a.yaml")).expect("removed");
    repository.commit("removed");
    repository.write("a.yaml/now.yaml", "a folder");
    repository.commit("a folder");
    repository.git(&["update-index", "--chmod=+x", "a0.yaml"]);
    repository.git(&["commit", "-q", "-m", "mode"]);
    check(&repository);
}

#[test]
fn histories_that_end_early() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let clone = repository.folder.path().join("clone");
    let cloned = git()
        .args(["clone", "-q", "--depth", "1"])
        .arg(format!("file://{}", repository.path().display()))
        .arg(&clone)
        .status()
        .expect("git runs");
    assert!(cloned.success());
    let local = LocalRepository::around(&clone).expect("a repository");
    assert_eq!(
        local.head.as_ref().map(|head| head.title.as_str()),
        Some("a deployment")
    );
    let commits = local
        .history
        .expect("a history")
        .last_commits(&["README.md".to_owned()]);
    assert_eq!(
        commits,
        [None],
        "the one commit that is there did not make every file"
    );
}

#[test]
fn repositories_on_disk() {
    if !has_git() {
        return;
    }
    let repository = Repository::example();
    let around = |path: &str| LocalRepository::around(&repository.path().join(path));
    let local = around("deploy/base").expect("a repository");
    assert_eq!(local.root, repository.path());
    assert_eq!((local.branch.as_str(), &local.remote_url), ("main", &None));
    repository.git(&["remote", "add", "backup", "https://example.com/backup.git"]);
    assert_eq!(
        around("").expect("a repository").remote_url.as_deref(),
        Some("https://example.com/backup.git")
    );
    repository.git(&[
        "remote",
        "add",
        "origin",
        "https://user:secret@github.com/shop/web.git",
    ]);
    assert_eq!(
        around("").expect("a repository").remote_url.as_deref(),
        Some("https://github.com/shop/web.git")
    );
    repository.git(&["checkout", "-q", "--detach"]);
    assert_eq!(around("").expect("a repository").branch, "");
    repository.git(&["worktree", "add", "-q", "../second", "feature/login"]);
    let second =
        LocalRepository::around(&repository.folder.path().join("second/deploy")).expect("a repository");
    assert_eq!(second.root, repository.folder.path().join("second"));
    assert_eq!(second.branch, "feature/login");
    assert_eq!(second.head.expect("a commit").title, "a login");
    let empty = Repository::new();
    let local = LocalRepository::around(&empty.path()).expect("a repository");
    assert!(local.head.is_none() && local.history.is_none());
    assert!(LocalRepository::around(std::path::Path::new("/")).is_none());
}
