//! `kubescape scan` and its sub-commands: settings to report to exit code.

mod cluster;
mod filter;
mod gates;
mod metadata;
mod progress;
mod words;

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kubescape_git::Scratch;
use kubescape_policy::{HttpRequests, ImageSignatures, Network};
use kubescape_report::{ScanReport, json, pretty};
use kubescape_scan::{ScanOutcome, ScanRequest, scan};

use crate::args::{ScanArguments, View};
use crate::clock;
use crate::library::LoadedLibrary;
use crate::log::{Level, Log, wants_color};
use crate::output::{prepare, to_file, to_stdout};
use crate::requests::Requests;
use crate::settings::{Format, Output, ScanKind, ScanSettings};
use crate::signatures::RegistrySignatures;
use words::LibraryWords;

pub(crate) fn run(arguments: ScanArguments, cache: &Path, scratch: &Scratch, log: Log) -> anyhow::Result<()> {
    let settings = ScanSettings::resolve(arguments, scratch)?;
    for warning in &settings.warnings {
        log.warning(warning);
    }
    if let Some(limit) = settings.flags.scan_timeout.filter(|limit| !limit.is_zero()) {
        end_after(limit, log);
    }
    for file in settings
        .outputs
        .iter()
        .filter_map(|output| output.file.as_deref())
    {
        prepare(file)?;
    }
    let LoadedLibrary {
        library,
        degradations,
    } = crate::library::load(&settings.flags.library, cache, log)?;
    let inputs = settings.inputs(&library.defaults)?;
    let signatures = match settings.flags.network.allow_network {
        true => Some(RegistrySignatures::new()?),
        false => None,
    };
    let request = ScanRequest {
        library: &library,
        request: settings.request.clone(),
        controls: settings.controls.clone(),
        collect: settings.collect.clone(),
        text: settings.text.clone(),
        workload: settings.workload.clone(),
        inputs: &inputs,
        exceptions: settings.exceptions(&library)?,
        inline_exceptions: settings.flags.honor_inline_exceptions.unwrap_or(!settings.live),
        audit_exceptions: settings.flags.audit_exceptions,
        now: clock::seconds(),
        prioritize: matches!(settings.kind, ScanKind::Cluster | ScanKind::Repository)
            || settings.flags.print_attack_tree,
        degradations,
        limits: settings.limits,
        prints: settings.flags.enable_rego_prints,
        network: Network {
            signatures: signatures
                .clone()
                .map(|signatures| signatures as Arc<dyn ImageSignatures>),
            requests: (settings.flags.network.allow_network)
                .then(|| Arc::new(Requests::default()) as Arc<dyn HttpRequests>),
        },
    };
    let progress = progress::Progress::start(log);
    let outcome = match settings.live {
        true => cluster::run(&settings, request, &|stage| progress.stage(stage), log),
        false => scan(request, &|stage| progress.stage(stage))
            .map(Some)
            .map_err(Into::into),
    };
    progress.finish();
    let Some(outcome) = outcome? else {
        return Ok(());
    };
    warn(&outcome, log);
    for problem in signatures.iter().flat_map(|signatures| signatures.problems()) {
        log.warning(&problem);
    }
    let shown = filter::by_severity(&outcome.report, settings.severities);
    let metadata = metadata::of(&settings, &outcome);
    let words = LibraryWords::new(&library);
    let scan_report = ScanReport {
        report: &shown,
        metadata: &metadata,
        audit: outcome.audit.as_ref(),
        words: &words,
    };
    write_outputs(&settings, &scan_report, log)?;
    gates::check(&settings.gates, &outcome)
}

/// Problems of files that are said unless everything is asked for.
const SAID: usize = 50;

/// Ends the program when the scan takes too long, whatever it is busy with.
fn end_after(limit: Duration, log: Log) {
    std::thread::spawn(move || {
        std::thread::sleep(limit);
        log.write(
            Level::Fatal,
            &format!("the scan did not end within --scan-timeout {limit:?}"),
        );
        std::process::exit(1);
    });
}

fn warn(outcome: &ScanOutcome, log: Log) {
    // The first one is said at the end.
    for failure in outcome.failures.iter().skip(1) {
        log.write(Level::Error, failure);
    }
    for line in &outcome.prints {
        log.write(Level::Debug, line);
    }
    for warning in &outcome.warnings {
        log.warning(warning);
    }
    if !outcome.skipped.is_empty() {
        let count = outcome.skipped.len();
        log.warning(&format!(
            "{count} {} skipped or doubtful during scan",
            if count == 1 { "manifest" } else { "manifests" }
        ));
        for (index, skipped) in outcome.skipped.iter().enumerate() {
            let level = if index < SAID {
                Level::Warning
            } else {
                Level::Debug
            };
            log.write(level, &format!("  {skipped}"));
        }
        if count > SAID && !log.writes(Level::Debug) {
            log.warning(&format!("  ... and {} more; -l debug shows them", count - SAID));
        }
    }
}

fn write_outputs(settings: &ScanSettings, scan_report: &ScanReport<'_>, log: Log) -> anyhow::Result<()> {
    let to_files = settings.outputs.iter().any(|output| output.file.is_some());
    if to_files && !log.writes_only_problems() {
        to_stdout(|output| {
            pretty::write(
                scan_report,
                &style(settings, std::io::stdout().is_terminal()),
                output,
            )
        })?;
    }
    for output in &settings.outputs {
        match &output.file {
            None => to_stdout(|stdout| {
                write_one(
                    settings,
                    output,
                    scan_report,
                    std::io::stdout().is_terminal(),
                    stdout,
                )
            })?,
            Some(file) => {
                to_file(file, |writer| {
                    write_one(settings, output, scan_report, false, writer)
                })?;
                log.write(Level::Success, &format!("the report is in {}", file.display()));
            }
        }
        if output.format == Format::Json {
            let score = kubescape_report::whole_score(scan_report.report.summary.compliance);
            log.write(
                Level::Info,
                &format!("Overall compliance-score (100- Excellent, 0- All failed): {score}"),
            );
        }
    }
    Ok(())
}

fn write_one(
    settings: &ScanSettings,
    output: &Output,
    scan_report: &ScanReport<'_>,
    terminal: bool,
    mut writer: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    match output.format {
        Format::Pretty => pretty::write(scan_report, &style(settings, terminal), writer),
        Format::Json => json::write(scan_report, &mut writer),
    }
}

fn style(settings: &ScanSettings, terminal: bool) -> pretty::Style {
    /// Width of text that goes to a file or a pipe.
    const PLAIN_WIDTH: usize = 120;
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    pretty::Style {
        view: match (settings.kind, settings.view) {
            (ScanKind::Workload, _) | (_, View::Security) => pretty::View::Security,
            (_, View::Resource) => pretty::View::Resource,
            (_, View::Control) => pretty::View::Control,
        },
        color: terminal && wants_color(),
        width: if terminal {
            width.unwrap_or(PLAIN_WIDTH)
        } else {
            PLAIN_WIDTH
        },
        verbose: settings.flags.verbose,
        attacks: settings.flags.print_attack_tree,
        evidence: settings.flags.show_evidence,
        secrets: settings.flags.show_secrets,
        inputs: settings.inputs_shown.clone(),
        folder: std::env::current_dir().unwrap_or_default(),
    }
}
