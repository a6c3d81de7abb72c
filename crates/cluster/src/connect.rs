//! From a kubeconfig, or a pod's service account, to an API server.

use std::path::PathBuf;
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};

use crate::ClusterError;

/// How to find and talk to the API server.
#[derive(Clone, Debug)]
pub struct ConnectSettings {
    /// The user's kubeconfig file; `None`: `KUBECONFIG`, else `~/.kube/config`, else the pod's service account.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; `None`: its current one.
    pub context: Option<String>,
    /// Longest wait for one answer.
    pub timeout: Duration,
}

impl Default for ConnectSettings {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            timeout: Duration::from_secs(30),
        }
    }
}

/// A client, and what it is called.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Name of the context; `in-cluster` for a pod.
    pub(crate) context: String,
    /// Address of the API server.
    pub(crate) server: String,
}

pub(crate) async fn connect(settings: &ConnectSettings) -> Result<Connection, ClusterError> {
    let (mut config, context) = configuration(settings).await?;
    config.connect_timeout = Some(settings.timeout);
    // Requests are repeated in one place, which knows what the user waits for.
    config.default_retry = false;
    let server = config.cluster_url.to_string();
    let client = Client::try_from(config).map_err(|error| ClusterError::Kubeconfig {
        reason: error.to_string(),
    })?;
    Ok(Connection {
        client,
        context,
        server: server.trim_end_matches('/').to_owned(),
    })
}

async fn configuration(settings: &ConnectSettings) -> Result<(Config, String), ClusterError> {
    let bad = |reason: String| ClusterError::Kubeconfig { reason };
    let kubeconfig = match &settings.kubeconfig {
        Some(path) => Kubeconfig::read_from(path).map_err(|error| bad(chain(&error)))?,
        None => match Kubeconfig::read() {
            Ok(kubeconfig) => kubeconfig,
            Err(error) if is_absent(&error) && settings.context.is_none() => {
                let config = Config::incluster().map_err(|_| ClusterError::NoCluster)?;
                return Ok((config, "in-cluster".to_owned()));
            }
            Err(error) => return Err(bad(chain(&error))),
        },
    };
    let context = settings
        .context
        .clone()
        .or_else(|| kubeconfig.current_context.clone())
        .unwrap_or_default();
    let known: Vec<&str> = kubeconfig
        .contexts
        .iter()
        .map(|context| context.name.as_str())
        .collect();
    if !known.contains(&context.as_str()) {
        return Err(bad(format!(
            "it has no context {context:?}; it has: {}",
            known.join(", ")
        )));
    }
    let options = KubeConfigOptions {
        context: Some(context.clone()),
        ..KubeConfigOptions::default()
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|error| bad(chain(&error)))?;
    Ok((config, context))
}

/// Whether there is no kubeconfig at all.
fn is_absent(error: &KubeconfigError) -> bool {
    match error {
        KubeconfigError::FindPath => true,
        KubeconfigError::ReadConfig(error, _) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
