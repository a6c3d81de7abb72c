//! `kubescape render PATH...`: the documents that a scan would look at.

use std::sync::Arc;

use kubescape_git::Scratch;
use kubescape_model::{FileType, Resource, Source};
use kubescape_source::{CollectSettings, collect};
use kubescape_yaml::{document_text, to_yaml};

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
    let mut texts = Texts::default();
    to_stdout(|output| {
        for resource in &collected.resources {
            writeln!(output, "---\n# Source: {}", texts.place(resource))?;
            match texts.own(resource) {
                Some(own) => {
                    output.write_all(own.as_bytes())?;
                    if !own.ends_with('\n') {
                        output.write_all(b"\n")?;
                    }
                }
                None => output.write_all(to_yaml(&resource.object.node()).as_bytes())?,
            }
        }
        Ok(())
    })?;
    anyhow::ensure!(collected.failures.is_empty(), "{}", collected.failures.join("; "));
    // The program ends: to take apart what it holds would only take time.
    std::mem::forget(collected);
    Ok(())
}

/// The text that the last object stands in. Objects of a file come one after the other.
#[derive(Default)]
struct Texts {
    source: Option<Arc<Source>>,
    text: Arc<str>,
    /// A place in it, and its line: lines are counted from one object to the next.
    counted: (usize, usize),
}

impl Texts {
    /// `FILE:LINE` of an object: for a rendered one, of the template that wrote it.
    fn place(&mut self, resource: &Resource) -> String {
        let Some(source) = &resource.source else {
            return resource.id.to_string();
        };
        self.open(source);
        let line = self.line(resource.object.node().span.range().start);
        let rendering = source.rendering.as_ref();
        match rendering.and_then(|rendering| rendering.line(line)) {
            Some(origin) => format!("{}:{}", origin.file, origin.line),
            None => format!("{}:{line}", source.relative_path),
        }
    }

    /// The object as its author wrote it, when it is a whole document of YAML.
    fn own(&self, resource: &Resource) -> Option<&str> {
        let source = resource.source.as_ref()?;
        let is_yaml = source.rendering.is_some() || source.file_type == FileType::Yaml;
        is_yaml.then(|| document_text(&self.text, resource.object.node().span))?
    }

    fn open(&mut self, source: &Arc<Source>) {
        if self.source.as_ref().is_some_and(|open| Arc::ptr_eq(open, source)) {
            return;
        }
        self.source = Some(Arc::clone(source));
        self.text = match &source.rendering {
            Some(rendering) => Arc::clone(&rendering.text),
            None => std::fs::read_to_string(&source.file).unwrap_or_default().into(),
        };
        self.counted = (0, 1);
    }

    fn line(&mut self, offset: usize) -> usize {
        if offset < self.counted.0 {
            self.counted = (0, 1);
        }
        let between = self.text.get(self.counted.0..offset).unwrap_or_default();
        let line = self.counted.1 + between.bytes().filter(|byte| *byte == b'\n').count();
        self.counted = (offset, line);
        line
    }
}
