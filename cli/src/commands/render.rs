//! `kubescape render PATH...`: the documents that a scan would look at.

use std::collections::HashMap;
use std::path::PathBuf;

use kubescape_git::Scratch;
use kubescape_model::{Resource, Source};
use kubescape_source::{CollectSettings, collect};
use kubescape_yaml::{LineIndex, to_yaml};

use crate::args::RenderArguments;
use crate::git;
use crate::log::{Level, Log};
use crate::output::to_stdout;
use crate::settings::{limits, render_options};

pub(crate) fn run(arguments: &RenderArguments, scratch: &Scratch, log: Log) -> anyhow::Result<()> {
    let collected = collect(&CollectSettings {
        inputs: arguments.paths.clone(),
        exclude: arguments.exclude_path.clone(),
        use_ignore_file: !arguments.no_ignore_file,
        limits: limits()?,
        helm: render_options(&arguments.helm)?,
        git: git::settings(scratch, false),
        allow_network: arguments.network.allow_network,
        ..CollectSettings::default()
    })?;
    for skipped in &collected.skipped {
        log.write(Level::Warning, &skipped.to_string());
    }
    let mut files = Files::default();
    to_stdout(|output| {
        for resource in &collected.resources {
            writeln!(output, "---\n# Source: {}", files.place(resource))?;
            output.write_all(to_yaml(&resource.object.node()).as_bytes())?;
        }
        Ok(())
    })?;
    anyhow::ensure!(collected.failures.is_empty(), "{}", collected.failures.join("; "));
    Ok(())
}

/// Texts of files, to count their lines.
#[derive(Default)]
struct Files {
    texts: HashMap<PathBuf, String>,
}

impl Files {
    /// `FILE:LINE` of an object: for a rendered one, of the template that wrote it.
    fn place(&mut self, resource: &Resource) -> String {
        let Some(source) = &resource.source else {
            return resource.id.to_string();
        };
        let start = resource.object.node().span.start as usize;
        if let Some(rendering) = &source.rendering {
            let line = LineIndex::new(&rendering.text).position(start).line;
            if let Some(origin) = rendering.line(line) {
                return format!("{}:{}", origin.file, origin.line);
            }
        }
        let line = LineIndex::new(self.text(source)).position(start).line;
        format!("{}:{line}", source.relative_path)
    }

    fn text(&mut self, source: &Source) -> &str {
        self.texts
            .entry(source.file.clone())
            .or_insert_with(|| std::fs::read_to_string(&source.file).unwrap_or_default())
    }
}
