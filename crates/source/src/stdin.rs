//! Manifests from standard input.

use std::path::Path;

use kubescape_model::ResourceFilter;
use kubescape_yaml::Limits;

use crate::CollectError;
use crate::context::{Context, InputKind};
use crate::file::{Place, load_text};
use crate::path::{Collected, finish};

/// How reports name standard input: the same on every run, so that ids stay the same.
pub const STDIN_NAME: &str = "stdin.yaml";

/// Collects the objects of a text that came through standard input.
pub fn collect_text(text: &str, limits: &Limits, filter: &ResourceFilter) -> Result<Collected, CollectError> {
    let place = Place {
        file: Path::new(STDIN_NAME),
        root: "",
        relative: STDIN_NAME,
    };
    let loaded = load_text(&place, text, limits, filter);
    let context = Context {
        kind: InputKind::File,
        input: STDIN_NAME.into(),
        ..Context::default()
    };
    finish("-", context, vec![loaded], filter)
}
