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
            set_style(&bar, "{spinner} {msg} {elapsed}");
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, log }
    }

    pub(super) fn stage(&self, stage: Stage) {
        let message = match stage {
            Stage::Collect => "reading".to_owned(),
            Stage::Evaluate { resources, controls } => {
                format!("checking {resources} objects against {controls} controls")
            }
            Stage::Rule { done, of } => {
                if let Some(bar) = &self.bar {
                    bar.set_length(u64::try_from(of).unwrap_or_default());
                    bar.set_position(u64::try_from(done).unwrap_or_default());
                }
                return;
            }
        };
        self.log.write(Level::Debug, &message);
        if let Some(bar) = &self.bar {
            bar.set_message(message);
            if matches!(stage, Stage::Evaluate { .. }) {
                set_style(bar, "{spinner} {msg} [{bar:24}] {elapsed}");
            }
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
}
