//! Scans of a live cluster, and what the user may list of it.

use anyhow::{Context, bail};
use kubescape_cluster::cloud::{CloudSettings, describe, run_program};
use kubescape_cluster::{Access, Cluster, ConnectSettings, Permission, Streaming};
use kubescape_model::Resource;
use kubescape_scan::{ClusterTarget, ScanOutcome, ScanRequest, Stage, scan_cluster};
use kubescape_source::{CollectSettings, collect};

use crate::log::Log;
use crate::output::to_stdout;
use crate::settings::{ScanSettings, limits};

/// Runs the scan, or says what may be listed.
pub(super) fn run(
    settings: &ScanSettings,
    request: ScanRequest<'_>,
    progress: &(dyn Fn(Stage) + Sync),
    log: Log,
) -> anyhow::Result<Option<ScanOutcome>> {
    let flags = &settings.flags.cluster;
    progress(Stage::Collect);
    let cluster = Cluster::connect(&ConnectSettings {
        kubeconfig: flags.kubeconfig.clone(),
        context: flags.kube_context.clone(),
        timeout: flags.request_timeout,
    })?;
    let name = match &settings.flags.cluster_name {
        Some(name) => name.clone(),
        None => cluster.info().context.clone(),
    };
    let target = ClusterTarget {
        cluster: &cluster,
        name: &name,
        labels: flags.label_selector.as_deref().unwrap_or_default(),
        streaming: match flags.enable_streaming {
            Some(true) => Streaming::Always,
            Some(false) => Streaming::Never,
            None => Streaming::default(),
        },
        descriptions: descriptions(settings, &cluster, log)?,
    };
    if flags.dry_run {
        let accesses = cluster.preflight(&request.list_settings(&target)?)?;
        report(&accesses)?;
        return Ok(None);
    }
    Ok(Some(scan_cluster(request, target, progress)?))
}

/// What the cloud provider says of the cluster: from files, or from the provider when the user allows it.
fn descriptions(settings: &ScanSettings, cluster: &Cluster, log: Log) -> anyhow::Result<Vec<Resource>> {
    let flags = &settings.flags.cluster;
    if flags.cloud_descriptions.is_empty() {
        return Ok(match cluster.info().cloud_provider {
            Some(provider) if settings.flags.network.allow_network => ask(provider, settings, cluster, log),
            _ => Vec::new(),
        });
    }
    let collected = collect(&CollectSettings {
        inputs: flags.cloud_descriptions.clone(),
        limits: limits()?,
        ..CollectSettings::default()
    })
    .context("--cloud-descriptions")?;
    if let Some(problem) = collected.skipped.first() {
        bail!("--cloud-descriptions: {problem}");
    }
    Ok(collected.resources)
}

fn ask(provider: &str, settings: &ScanSettings, cluster: &Cluster, log: Log) -> Vec<Resource> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let place = CloudSettings {
        context: cluster.info().context.clone(),
        server: cluster.info().server.clone(),
        name: settings.flags.cluster_name.clone(),
        region: variable("KS_CLOUD_REGION"),
        project: variable("KS_GKE_PROJECT"),
        subscription: variable("AZURE_SUBSCRIPTION_ID"),
        resource_group: variable("AZURE_RESOURCE_GROUP"),
    };
    let descriptions = describe(provider, &place, &run_program);
    for warning in &descriptions.warnings {
        log.warning(warning);
    }
    descriptions.resources
}

/// A line for each kind that may not be listed; exit code 1 when there is one.
fn report(accesses: &[Access]) -> anyhow::Result<()> {
    let place = |access: &Access| match &access.namespace {
        Some(namespace) => format!("{} in {namespace}", access.resource.trim_start_matches('/')),
        None => access.resource.trim_start_matches('/').to_owned(),
    };
    let mut refused = 0;
    to_stdout(|output| {
        for access in accesses {
            let (word, why) = match &access.permission {
                Permission::Granted => continue,
                Permission::Denied(why) => ("DENIED", why),
                Permission::Unknown(why) if access.resource.starts_with("discovery:") => {
                    ("DISCOVERY FAILED", why)
                }
                Permission::Unknown(why) => ("CHECK FAILED", why),
            };
            refused += 1;
            writeln!(output, "{word:<17} {}: {why}", place(access))?;
        }
        let granted = accesses.len() - refused;
        writeln!(output, "{granted} of {} kinds may be listed", accesses.len())
    })?;
    if refused > 0 {
        bail!(
            "{refused} kinds may not be listed; controls that need them would be reported as not evaluated"
        );
    }
    Ok(())
}
