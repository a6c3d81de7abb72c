//! Fetching a published release of policies: only here, and only when the user names the address.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use kubescape_library::Library;
use sha2::{Digest, Sha256};

use super::pin;
use crate::log::{Level, Log};

/// Files of a release, and whether it is one without them.
const FILES: [(&str, bool); 5] = [
    ("frameworks", true),
    ("security_frameworks", false),
    ("default_config_inputs", false),
    ("exceptions", false),
    ("attack_tracks", false),
];
/// Longest wait for one file.
const PATIENCE: Duration = Duration::from_mins(2);
/// Largest file, in bytes.
const LARGEST: u64 = 64 << 20;

/// The library of the release at an address. Every file's SHA-256 is shown; those that are pinned must agree.
pub(super) fn fetch(address: &str, pins: &[String], log: Log) -> anyhow::Result<Library> {
    let pins: Vec<(&str, &str)> = pins.iter().map(|text| pin(text)).collect::<Result<_, _>>()?;
    if let Some((name, _)) = pins
        .iter()
        .find(|(name, _)| !FILES.iter().any(|(known, _)| known == name))
    {
        bail!("--sha256: a release has no file {name:?}");
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let scratch = tempfile::tempdir()?;
    let mut files: Vec<PathBuf> = Vec::new();
    for (name, required) in FILES {
        let url = format!("{}/{name}", address.trim_end_matches('/'));
        let bytes = match get(&agent, &url) {
            Ok(bytes) => bytes,
            Err(error) if required => return Err(error.context(format!("cannot fetch {url}"))),
            Err(error) => {
                log.warning(&format!("{url}: {error:#}; left out"));
                continue;
            }
        };
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
        let file = scratch.path().join(format!("{name}.json"));
        std::fs::File::create(&file)?.write_all(&bytes)?;
        files.push(file);
    }
    Library::from_artifacts(&files, &crate::library::built_in()?).context("the release cannot be read")
}

fn get(agent: &ureq::Agent, url: &str) -> anyhow::Result<Vec<u8>> {
    let response = agent.get(url).call()?;
    let mut bytes = Vec::new();
    response
        .into_body()
        .into_reader()
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        bail!("more than {LARGEST} bytes");
    }
    Ok(bytes)
}
