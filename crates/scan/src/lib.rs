//! The scan pipeline: select controls, collect resources, judge them.
//!
//! The only crate that joins the others. It reads files, but prints nothing and knows no command line.

mod cluster;
mod error;
mod workload;

use std::sync::Arc;

use kubescape_library::{Inputs, Library};
use kubescape_model::{
    ExceptionAudit, ExceptionPolicy, KindPattern, PolicyDegradation, Report, Resource, Scope,
};
use kubescape_policy::exceptions::{self, ExceptionSet, ExceptionSources, audit};
use kubescape_policy::rego::{Limits, Programs};
use kubescape_policy::{
    ControlFilter, EvaluationContext, Network, Progress, Request, evaluate, prioritize, select, wanted_kinds,
};
use kubescape_source::{CollectSettings, Collected, Context, Fetched, Skipped, collect, collect_text};

pub use cluster::{ClusterFacts, ClusterTarget, scan_cluster};
pub use error::ScanError;
pub use workload::WorkloadName;

/// Everything that a scan needs to know.
#[derive(Debug)]
pub struct ScanRequest<'scan> {
    /// The control library.
    pub library: &'scan Library,
    /// Frameworks or controls.
    pub request: Request,
    /// Controls to leave out or single out.
    pub controls: ControlFilter,
    /// Files and how to read them. The kinds that rules want are filled in here.
    pub collect: CollectSettings,
    /// Text of standard input, when that is what is scanned.
    pub text: Option<String>,
    /// The one workload to look at.
    pub workload: Option<WorkloadName>,
    /// Inputs of the controls.
    pub inputs: &'scan Inputs,
    /// Accepted risks, of the user or of the library.
    pub exceptions: Vec<Arc<ExceptionPolicy>>,
    /// Whether annotations of objects accept risks, too.
    pub inline_exceptions: bool,
    /// Whether the use of exceptions is looked up.
    pub audit_exceptions: bool,
    /// Seconds since 1970: what is over by then does not hold.
    pub now: i64,
    /// Whether the attacks that failed controls open are looked up.
    pub prioritize: bool,
    /// Inputs of the policies that could not be read.
    pub degradations: Vec<PolicyDegradation>,
    /// Bounds of each rule.
    pub limits: Limits,
    /// Whether what rules print is kept.
    pub prints: bool,
    /// Who asks the network on behalf of policies.
    pub network: Network,
}

/// What a scan gives.
#[derive(Debug)]
pub struct ScanOutcome {
    /// The verdicts.
    pub report: Report,
    /// Where the first input stands.
    pub context: Context,
    /// The cluster, when that was scanned.
    pub cluster: Option<ClusterFacts>,
    /// Documents that could not be used, and remarks.
    pub skipped: Vec<Skipped>,
    /// Inputs that could not be had, and errors in files that were named one by one.
    pub failures: Vec<String>,
    /// The files of repositories that were fetched are there for as long as this is.
    pub fetched: Fetched,
    /// Remarks on the request and on exceptions.
    pub warnings: Vec<String>,
    /// What the exceptions were of use for, when that was asked.
    pub audit: Option<ExceptionAudit>,
    /// What rules printed, when that was asked.
    pub prints: Vec<String>,
}

/// The stages of a scan, for those who show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and parsed, or a cluster is listed.
    Collect,
    /// Rules look at objects.
    Evaluate {
        /// Objects that are looked at.
        resources: usize,
        /// Controls that are evaluated.
        controls: usize,
    },
    /// A rule has looked at its objects.
    Rule {
        /// Rules that are done.
        done: usize,
        /// All of them.
        of: usize,
    },
}

/// Runs a scan of files. `progress` is told of each stage as it starts, and of each rule as it ends.
pub fn scan(
    mut request: ScanRequest<'_>,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<ScanOutcome, ScanError> {
    let mut selection = select(request.library, &request.request, &request.controls, &Scope::File)?;
    request.collect.filter.wanted = wanted_kinds(&selection);
    request.collect.filter.wanted.extend(exception_kinds());
    progress(Stage::Collect);
    let mut collected = collect_resources(&request)?;
    if let Some(name) = &request.workload {
        workload::single_out(name, &mut collected.resources, &mut selection)?;
    }
    let applies = !selection.controls.is_empty();
    if applies && collected.resources.is_empty() && request.collect.filter.namespaces.is_empty() {
        return Err(ScanError::NothingToScan);
    }
    progress(Stage::Evaluate {
        resources: collected.resources.len(),
        controls: selection.controls.len(),
    });
    let programs = programs(&request);
    let exceptions = exception_set(&request, &collected.resources);
    selection.warnings.extend_from_slice(&exceptions.warnings);
    let tell = |done, of| progress(Stage::Rule { done, of });
    let context = evaluation_context(&request, &programs, None, "", Progress(&tell));
    let report = evaluate(context, &selection, collected.resources, &exceptions);
    Ok(ScanOutcome {
        context: collected.context,
        skipped: collected.skipped,
        failures: collected.failures,
        fetched: collected.fetched,
        prints: programs.take_prints(),
        ..complete(request, &exceptions, report, selection.warnings)
    })
}

/// The rules of the library, none parsed yet.
fn programs<'scan>(request: &ScanRequest<'scan>) -> Programs<'scan> {
    let programs = Programs::new(request.library).with_network(request.network.clone());
    match request.prints {
        true => programs.keeping_prints(),
        false => programs,
    }
}

/// The exceptions of the request and of the objects that state some.
fn exception_set(request: &ScanRequest<'_>, resources: &[Resource]) -> ExceptionSet {
    ExceptionSet::new(ExceptionSources {
        policies: request.exceptions.clone(),
        resources,
        inline: request.inline_exceptions,
        now: request.now,
    })
}

fn evaluation_context<'scan>(
    request: &ScanRequest<'scan>,
    programs: &'scan Programs<'scan>,
    cloud_provider: Option<&'scan str>,
    cluster: &'scan str,
    progress: Progress<'scan>,
) -> EvaluationContext<'scan> {
    EvaluationContext {
        library: request.library,
        programs,
        inputs: request.inputs,
        cloud_provider,
        cluster,
        limits: request.limits,
        progress,
    }
}

/// What follows every evaluation: degradations, attacks, the audit.
fn complete(
    request: ScanRequest<'_>,
    exceptions: &ExceptionSet,
    mut report: Report,
    warnings: Vec<String>,
) -> ScanOutcome {
    report.coverage.degrade(request.degradations);
    if request.prioritize {
        prioritize(request.library, &mut report);
    }
    ScanOutcome {
        audit: request.audit_exceptions.then(|| audit(exceptions, &report)),
        report,
        context: Context::default(),
        cluster: None,
        skipped: Vec::new(),
        failures: Vec::new(),
        fetched: Fetched::default(),
        prints: Vec::new(),
        warnings,
    }
}

/// Objects that state exceptions, and the namespaces that those select, are kept though no rule looks at them.
fn exception_kinds() -> impl Iterator<Item = KindPattern> {
    let kinds = [
        (exceptions::GROUP, exceptions::NAMESPACED),
        (exceptions::GROUP, exceptions::CLUSTER_WIDE),
        ("", "Namespace"),
    ];
    kinds.into_iter().map(|(group, kind)| KindPattern {
        group: group.to_owned(),
        version: "*".to_owned(),
        kind: kind.to_owned(),
    })
}

fn collect_resources(request: &ScanRequest<'_>) -> Result<Collected, ScanError> {
    Ok(match &request.text {
        Some(text) => collect_text(text, &request.collect.limits, &request.collect.filter)?,
        None => collect(&request.collect)?,
    })
}
