//! What a user sees: exit code, standard output and standard error of the program, as snapshots.
//!
//! The tests use a library of two controls of their own, so that new controls do not change what they show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

mod bad_input;
mod custom_rules;
mod documents;
mod files;
mod flags;
mod git;
mod json_report;
mod output;
mod policies;
mod releases;
mod render;
#[path = "../../../crates/git/tests/git/repository.rs"]
#[allow(dead_code, reason = "the tests of the crate use more of it")]
mod repository;
mod scan;
#[path = "../../../crates/git/tests/git/server.rs"]
#[allow(dead_code, reason = "the tests of the crate use more of it")]
mod server;
mod signatures;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with the files of a test.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// A folder with these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self { folder }
    }

    /// Adds a file.
    fn write(&mut self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program in this folder, with nothing of the environment that changes what it shows.
    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubescape"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command.env_clear().env("HOME", self.folder.path());
        command
    }

    /// Runs `kubescape ARGUMENTS` with the tests' library and gives what the user sees.
    fn run(&self, arguments: &str) -> String {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library");
        let output = self
            .command(arguments)
            .arg("--library")
            .arg(library)
            .output()
            .expect("a run");
        self.shown(&output)
    }

    /// As [`Workspace::run`] for commands that know no library.
    fn run_plain(&self, arguments: &str) -> String {
        let output = self.command(arguments).output().expect("a run");
        self.shown(&output)
    }

    fn shown(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.folder.path().display().to_string(), "DIR")
        };
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        format!(
            "exit code: {}\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
            output.status.code().unwrap_or(-1)
        )
    }
}

/// A deployment with both faults of the tests' library.
const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:1.4
          securityContext:
            runAsUser: 0
";

/// A pod without faults.
const GOOD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: good
spec:
  containers:
    - name: good
      image: good:1
      securityContext: {allowPrivilegeEscalation: false}
";
