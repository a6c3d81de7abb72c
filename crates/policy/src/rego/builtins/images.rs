//! Names of images, and who has signed them.

use std::sync::Arc;

use anyhow::Result;
use regorus::{Engine, Value};

use super::{add, string};
use crate::ImageSignatures;

/// What the builtins that ask for signatures of images start with.
pub(in crate::rego) const SIGNATURES: &str = "cosign.";

pub(super) fn install(engine: &mut Engine, signatures: Option<&Arc<dyn ImageSignatures>>) -> Result<()> {
    add(engine, "image.parse_normalized_name", 1, |arguments| {
        Ok(Value::from(crate::image_name::normalize(string(arguments, 0)?)?))
    })?;
    let Some(signatures) = signatures else {
        return Ok(());
    };
    let asked = Arc::clone(signatures);
    add(engine, "cosign.has_signature", 1, move |arguments| {
        Ok(Value::from(asked.exist(string(arguments, 0)?)))
    })?;
    let asked = Arc::clone(signatures);
    add(engine, "cosign.verify", 2, move |arguments| {
        Ok(Value::from(
            asked.verify(string(arguments, 0)?, string(arguments, 1)?),
        ))
    })
}
