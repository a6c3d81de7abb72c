//! Tasks of this repository: `cargo xtask tidy | bench | docs | fuzz`.

mod bench;
mod docs;
mod fuzz;
mod tidy;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;

/// Tasks of this repository
#[derive(Parser)]
enum Task {
    /// Checks the house rules: which crate may use which, sizes of files, first lines of crates
    Tidy,
    /// Builds the release binary and measures it on manifests, beside the figures it has to reach
    Bench {
        /// Print the cost of each rule instead, the dearest first
        #[arg(long)]
        by_rule: bool,
        /// Runs of each measurement; the best counts
        #[arg(long, default_value_t = 5)]
        runs: usize,
    },
    /// Writes the pages of the controls to docs/controls
    Docs {
        /// Only says which pages are out of date
        #[arg(long)]
        check: bool,
    },
    /// Feeds mutated input to every parser of outside bytes
    Fuzz {
        /// Seconds for each target
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Only targets with this in their name
        target: Option<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Tidy => tidy::run(),
        Task::Bench { by_rule: true, .. } => bench::by_rule(),
        Task::Bench { runs, .. } => bench::run(runs),
        Task::Docs { check } => docs::run(check),
        Task::Fuzz { seconds, target } => fuzz::run(Duration::from_secs(seconds), target.as_deref()),
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default()
}
