//! Claims: a JSON document that names the digest of an image, and a signature in an annotation of its layer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oci_spec::image::Descriptor;
use serde::Deserialize;

const MEDIA_TYPE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// The signature of a layer that holds a claim.
pub(super) fn signature(layer: &Descriptor) -> Option<Vec<u8>> {
    if layer.media_type().to_string() != MEDIA_TYPE {
        return None;
    }
    let text = layer.annotations().as_ref()?.get(SIGNATURE)?;
    STANDARD.decode(text.trim()).ok()
}

/// Whether a claim is about the manifest with this digest.
pub(super) fn names(claim: &[u8], digest: &str) -> bool {
    #[derive(Deserialize)]
    struct Claim {
        critical: Critical,
    }
    #[derive(Deserialize)]
    struct Critical {
        image: Image,
    }
    #[derive(Deserialize)]
    struct Image {
        #[serde(rename = "docker-manifest-digest")]
        digest: String,
    }
    serde_json::from_slice::<Claim>(claim).is_ok_and(|claim| claim.critical.image.digest == digest)
}
