//! Signatures that lie beside images, as cosign writes them.
//!
//! Three forms are read: the tag `sha256-DIGEST.sig` whose layers are signed claims
//! (<https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md>), the same claims as referrers of the image, and
//! bundles with a signed statement (<https://docs.sigstore.dev/about/bundle/>) as referrers. A signature counts when what it
//! signs names the digest of the image; who signed is a question of keys ([`PublicKey`]), never of certificates or logs.

mod bundle;
mod claim;
mod key;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use oci_spec::distribution::Reference;
use oci_spec::image::{Descriptor, ImageManifest};

use crate::registry::{Registry, RegistryError, reference};

pub use key::{KeyError, PublicKey};

/// Type of referrers that carry claims.
const CLAIMS: &str = "application/vnd.dev.cosign.artifact.sig.v1+json";
/// Referrers and claims that are looked at; who has more signatures has a problem of another kind.
const MOST: usize = 64;
/// Largest claim or bundle, in bytes.
const LARGEST: u64 = 1 << 20;

/// Why nothing can be said about the signatures of an image.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SignatureError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] Arc<RegistryError>),
    /// There is no such image.
    #[error("{image} is not in its registry")]
    NoImage {
        /// The image.
        image: String,
    },
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<RegistryError> for SignatureError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(Arc::new(error))
    }
}

/// A signature and the bytes that it signs, which name the image.
#[derive(Debug)]
struct Signature {
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// What is known of one image.
type Looked = Arc<OnceLock<Result<Arc<[Signature]>, SignatureError>>>;

/// The signatures of images. Each image is looked up once.
#[derive(Debug)]
pub struct Signatures {
    registry: Registry,
    known: Mutex<HashMap<String, Looked>>,
}

impl Signatures {
    /// Signatures in the registries that `registry` reaches.
    pub fn new(registry: Registry) -> Self {
        Self {
            registry,
            known: Mutex::default(),
        }
    }

    /// Whether anybody has signed the image.
    pub fn exist(&self, image: &str) -> Result<bool, SignatureError> {
        Ok(!self.of(image)?.is_empty())
    }

    /// Whether the owner of a key, given as PEM, has signed the image.
    pub fn verify(&self, image: &str, key: &str) -> Result<bool, SignatureError> {
        let key = PublicKey::from_pem(key)?;
        Ok(self
            .of(image)?
            .iter()
            .any(|found| key.verifies(&found.signed, &found.signature)))
    }

    fn of(&self, image: &str) -> Result<Arc<[Signature]>, SignatureError> {
        let looked = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(image.to_owned()).or_default())
        };
        looked.get_or_init(|| self.look_up(image).map(Into::into)).clone()
    }

    fn look_up(&self, name: &str) -> Result<Vec<Signature>, SignatureError> {
        let image = reference(name)?;
        let wanted = image.digest().or(image.tag()).unwrap_or("latest").to_owned();
        let manifest = self
            .registry
            .manifest(&image, &wanted)?
            .ok_or_else(|| SignatureError::NoImage {
                image: name.to_owned(),
            })?;
        let digest = manifest.digest;
        let mut found = self.tagged(&image, &digest)?;
        for referrer in self.registry.referrers(&image, &digest)?.iter().take(MOST) {
            self.referring(&image, &digest, referrer, &mut found)?;
        }
        Ok(found)
    }

    /// Claims under the tag that is made from the digest.
    fn tagged(&self, image: &Reference, digest: &str) -> Result<Vec<Signature>, SignatureError> {
        let tag = format!("{}.sig", digest.replace(':', "-"));
        let mut found = Vec::new();
        if let Some(layers) = self.layers(image, &tag)? {
            self.claims(image, digest, &layers, &mut found)?;
        }
        Ok(found)
    }

    fn referring(
        &self,
        image: &Reference,
        digest: &str,
        referrer: &Descriptor,
        found: &mut Vec<Signature>,
    ) -> Result<(), SignatureError> {
        let kind = referrer.artifact_type().as_ref().map(ToString::to_string);
        let (is_claims, is_bundle) = match kind.as_deref() {
            Some(kind) => (kind == CLAIMS, bundle::is_bundle(kind)),
            None => (false, false),
        };
        if !is_claims && !is_bundle {
            return Ok(());
        }
        let Some(layers) = self.layers(image, referrer.digest().as_ref())? else {
            return Ok(());
        };
        if is_claims {
            return self.claims(image, digest, &layers, found);
        }
        for layer in layers.iter().take(MOST) {
            let text = self.registry.blob(image, layer.digest().as_ref(), LARGEST)?;
            found.extend(bundle::read(&text, digest));
        }
        Ok(())
    }

    fn claims(
        &self,
        image: &Reference,
        digest: &str,
        layers: &[Descriptor],
        found: &mut Vec<Signature>,
    ) -> Result<(), SignatureError> {
        for layer in layers.iter().take(MOST) {
            let Some(signature) = claim::signature(layer) else {
                continue;
            };
            let signed = self.registry.blob(image, layer.digest().as_ref(), LARGEST)?;
            if claim::names(&signed, digest) {
                found.push(Signature { signed, signature });
            }
        }
        Ok(())
    }

    /// The layers of a manifest.
    fn layers(&self, image: &Reference, name: &str) -> Result<Option<Vec<Descriptor>>, SignatureError> {
        let Some(manifest) = self.registry.manifest(image, name)? else {
            return Ok(None);
        };
        let parsed: ImageManifest =
            serde_json::from_slice(&manifest.bytes).map_err(|source| RegistryError::Document {
                url: format!("{}/{}", image.repository(), name),
                source,
            })?;
        Ok(Some(parsed.layers().clone()))
    }
}
