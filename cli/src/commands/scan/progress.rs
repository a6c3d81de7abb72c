//! A bar on the terminal while a scan runs.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use kubescape_scan::Stage;

use crate::log::{Level, Log};

/// Shown only where somebody watches.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    log: Log,
}

impl Progress {
    pub(super) fn start(log: Log) -> Self {
        let watched = std::io::stderr().is_terminal() && log.writes(Level::Info);
        let bar = watched.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, log }
    }

    pub(super) fn stage(&self, stage: Stage) {
        let message = match stage {
            Stage::Collect => "reading files".to_owned(),
            Stage::Evaluate { resources, controls } => {
                format!("checking {resources} objects against {controls} controls")
            }
        };
        self.log.write(Level::Debug, &message);
        if let Some(bar) = &self.bar {
            bar.set_message(message);
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
