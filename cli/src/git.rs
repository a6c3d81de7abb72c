//! How repositories are fetched: what of it the environment says.

use std::sync::{Arc, LazyLock};

use kubescape_git::{GitSettings, Provider, Proxy, Scratch, Secret, Token, token_variable};

use crate::trust;

/// Tokens, proxy and SSH as the environment has them.
pub(crate) fn settings(scratch: &Scratch, history: bool) -> GitSettings {
    let providers = [
        Provider::GitHub,
        Provider::GitLab,
        Provider::Azure,
        Provider::Bitbucket,
    ];
    let tokens = providers.into_iter().filter_map(|provider| {
        let name = token_variable(provider)?;
        let value = std::env::var(name).ok()?;
        let value = value.trim();
        (!value.is_empty()).then(|| Token {
            provider,
            name: name.to_owned(),
            value: Secret::new(value),
        })
    });
    GitSettings {
        tokens: tokens.collect(),
        proxy: Proxy::of_environment(),
        roots: Arc::new(LazyLock::new(trust::roots)),
        ssh_command: ["GIT_SSH_COMMAND", "GIT_SSH"]
            .into_iter()
            .find_map(std::env::var_os)
            .filter(|command| !command.is_empty()),
        history,
        scratch: scratch.clone(),
        ..GitSettings::default()
    }
}
