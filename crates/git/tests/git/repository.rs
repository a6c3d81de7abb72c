//! Repositories for tests, made with the git program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether there is a git program; says so if not.
pub(crate) fn has_git() -> bool {
    let found = Command::new("git")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    if !found {
        println!("skipped: there is no git program");
    }
    found
}

/// A repository with a work tree in a temporary folder.
pub(crate) struct Repository {
    pub(crate) folder: tempfile::TempDir,
    clock: std::cell::Cell<u64>,
}

impl Repository {
    /// An empty one with the default branch `main`.
    pub(crate) fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
            clock: std::cell::Cell::new(1_700_000_000),
        };
        std::fs::create_dir(repository.path()).expect("a folder");
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("web")
    }

    /// Runs git in it and gives what it prints.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_with(arguments, "")
    }

    /// As [`Repository::git`], with standard input.
    #[track_caller]
    pub(crate) fn git_with(&self, arguments: &[&str], input: &str) -> String {
        use std::io::Write;
        let date = format!("{} +0100", self.clock.get());
        let mut child = git()
            .args(arguments)
            .current_dir(self.path())
            .envs([
                ("GIT_AUTHOR_NAME", "Ada Author"),
                ("GIT_AUTHOR_EMAIL", "ada@example.com"),
                ("GIT_COMMITTER_NAME", "Carl Committer"),
                ("GIT_COMMITTER_EMAIL", "carl@example.com"),
                ("GIT_AUTHOR_DATE", &date),
                ("GIT_COMMITTER_DATE", &date),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git runs");
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(input.as_bytes())
            .expect("written");
        let output = child.wait_with_output().expect("an end");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Commits everything and gives the hash; every commit is a minute later than the one before.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.clock.set(self.clock.get() + 60);
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// One with a few commits, branches and a tag.
    pub(crate) fn example() -> Self {
        let repository = Self::new();
        repository.write("README.md", "an example\n");
        repository.write("deploy/web.yaml", "kind: Pod\n");
        repository.commit("the first");
        repository.write("deploy/base/db.yaml", "kind: Service\n");
        repository.commit("a database");
        repository.git(&["tag", "-a", "v1.0", "-m", "one"]);
        repository.git(&["checkout", "-q", "-b", "feature/login"]);
        repository.write("deploy/login.yaml", "kind: Secret\n");
        repository.commit("a login");
        repository.git(&["checkout", "-q", "main"]);
        repository.write("deploy/web.yaml", "kind: Deployment\n");
        repository.commit("a deployment\n\nwith a reason");
        repository
    }
}

/// The git program, without settings of this machine.
pub(crate) fn git() -> Command {
    let mut command = Command::new("git");
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR");
    command
}

/// The files below a folder with their texts.
pub(crate) fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap_or_default()));
            }
        }
    }
    found.sort();
    found
}
