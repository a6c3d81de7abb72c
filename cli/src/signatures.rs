//! Signatures of images, looked up in registries on behalf of policies.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use kubescape_image::registry::{Credentials, Registry};
use kubescape_image::signature::{SignatureError, Signatures};
use kubescape_policy::ImageSignatures;

use crate::trust;

/// Images that are looked up at the same time.
const AT_ONCE: usize = 8;

/// Asks registries, and keeps what they could not answer.
#[derive(Debug)]
pub(crate) struct RegistrySignatures {
    signatures: Signatures,
    problems: Mutex<BTreeSet<String>>,
}

impl RegistrySignatures {
    /// Uses the credentials of docker's configuration, if there is one.
    pub(crate) fn new() -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            signatures: Signatures::new(Registry::new(credentials()?, trust::roots())),
            problems: Mutex::default(),
        }))
    }

    /// Why images count as not signed that may well be: one line for each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.iter().cloned().collect()
    }

    fn settled(&self, image: &str, answer: Result<bool, SignatureError>) -> bool {
        answer.unwrap_or_else(|error| {
            let about = match error {
                SignatureError::Key(_) => error.to_string(),
                _ => format!("the image {image} counts as not signed: {error}"),
            };
            self.problems
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(about);
            false
        })
    }
}

impl ImageSignatures for RegistrySignatures {
    /// Looks the images up, several at once. Whoever asks about one of them waits for it and finds the same answer.
    fn announce(&self, images: &BTreeSet<String>) {
        let waiting = Mutex::new(images.iter());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(images.len()) {
                scope.spawn(|| {
                    while let Some(image) = next() {
                        // What went wrong is kept with the image, and told when a policy asks.
                        let _ = self.signatures.exist(image);
                    }
                });
            }
        });
    }

    fn exist(&self, image: &str) -> bool {
        self.settled(image, self.signatures.exist(image))
    }

    fn verify(&self, image: &str, key: &str) -> bool {
        self.settled(image, self.signatures.verify(image, key))
    }
}

fn credentials() -> anyhow::Result<Credentials> {
    let folder = match (std::env::var_os("DOCKER_CONFIG"), std::env::var_os("HOME")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(home)) => PathBuf::from(home).join(".docker"),
        (None, None) => return Ok(Credentials::default()),
    };
    let file = folder.join("config.json");
    match std::fs::read_to_string(&file) {
        Ok(text) => Credentials::from_docker_config(&text).with_context(|| format!("{}", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Credentials::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
