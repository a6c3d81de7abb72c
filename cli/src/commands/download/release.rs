//! Fetching a published release of policies: only here, and only when the user names the address.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use kubescape_library::{Artifacts, Library};
use serde_json::Value;
use sha2::{Digest, Sha256};
use ureq::tls::TlsConfig;

use super::pin;
use crate::log::{Level, Log};
use crate::requests::body;
use crate::trust;

/// Files of a release, with the extension that they may have at the address.
const FILES: [(&str, &str, Need); 9] = [
    ("frameworks", "json", Need::Always),
    ("security_frameworks", "json", Need::Perhaps),
    ("controls", "json", Need::ToJoin),
    ("rules", "json", Need::ToJoin),
    ("FWName_CID_CName", "csv", Need::ToJoin),
    ("ControlID_RuleName", "csv", Need::ToJoin),
    ("default_config_inputs", "json", Need::Perhaps),
    ("exceptions", "json", Need::Perhaps),
    ("attack_tracks", "json", Need::Perhaps),
];
/// Whether a release is one without a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Always,
    /// Only when the frameworks list their controls instead of holding them.
    ToJoin,
    Perhaps,
}

/// Longest wait for one file.
const PATIENCE: Duration = Duration::from_mins(2);
/// Largest file, in bytes.
const LARGEST: u64 = 64 << 20;

/// The library of the release at an address. Every file's SHA-256 is shown; those that are pinned must agree.
pub(super) fn fetch(address: &str, pins: &[String], log: Log) -> anyhow::Result<Library> {
    let pins: Vec<(&str, &str)> = pins.iter().map(|text| pin(text)).collect::<Result<_, _>>()?;
    if let Some((name, _)) = pins
        .iter()
        .find(|(name, _)| !FILES.iter().any(|(known, ..)| known == name))
    {
        bail!("--sha256: a release has no file {name:?}");
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .tls_config(TlsConfig::builder().root_certs(trust::roots()).build())
        .build()
        .into();
    let scratch = tempfile::tempdir()?;
    let mut files: Vec<PathBuf> = Vec::new();
    let mut joins = false;
    for (name, extension, need) in FILES {
        if need == Need::ToJoin && !joins {
            continue;
        }
        let url = format!("{}/{name}", address.trim_end_matches('/'));
        let bytes = match get(&agent, &url, extension) {
            Ok(bytes) => bytes,
            Err(error) if need != Need::Perhaps => {
                return Err(error.context(format!("cannot fetch {url}")));
            }
            Err(error) => {
                log.warning(&format!("{url}: {error:#}; left out"));
                continue;
            }
        };
        joins |= name.ends_with("frameworks") && lists_controls(&bytes);
        let sum = format!("{:x}", Sha256::digest(&bytes));
        if let Some((_, pinned)) = pins.iter().find(|(pinned, _)| *pinned == name)
            && !pinned.eq_ignore_ascii_case(&sum)
        {
            bail!("{url} has the SHA-256 {sum}, not the pinned {pinned}");
        }
        log.write(
            Level::Info,
            &format!("{name}: {} bytes, sha256 {sum}", bytes.len()),
        );
        let file = scratch.path().join(format!("{name}.{extension}"));
        std::fs::File::create(&file)?.write_all(&bytes)?;
        files.push(file);
    }
    // Files are known by where they came from, not by where they lie until the command ends.
    let shown =
        |message: &str| message.replace(&*scratch.path().to_string_lossy(), address.trim_end_matches('/'));
    let Artifacts { library, warnings } = Library::from_artifacts(&files, &crate::library::built_in()?)
        .map_err(|error| anyhow::anyhow!(shown(&error.to_string())))
        .context("the release cannot be read")?;
    for warning in warnings {
        log.warning(&shown(&warning));
    }
    Ok(library)
}

/// Whether a framework of the file lists its controls instead of holding them.
fn lists_controls(file: &[u8]) -> bool {
    let frameworks: Vec<Value> = serde_json::from_slice(file).unwrap_or_default();
    let has_rules = |control: &Value| {
        let rules = control.get("rules").and_then(Value::as_array);
        rules.is_some_and(|rules| !rules.is_empty())
    };
    let holds = |framework: &Value| {
        let controls = framework.get("controls").and_then(Value::as_array);
        controls.is_some_and(|controls| controls.iter().any(has_rules))
    };
    !frameworks.iter().all(holds)
}

/// The file at an address, or else at the address with the extension.
fn get(agent: &ureq::Agent, url: &str, extension: &str) -> anyhow::Result<Vec<u8>> {
    let response = match agent.get(url).call() {
        Err(ureq::Error::StatusCode(404)) => agent.get(format!("{url}.{extension}")).call()?,
        answer => answer?,
    };
    body(response, LARGEST)
}
