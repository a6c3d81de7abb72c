//! `commonAnnotations`.

use crate::accumulate::{Root, State};
use crate::error::Result;
use crate::transformers::labels::set_texts;

pub(super) fn run(root: &Root, state: &mut State) -> Result<()> {
    let specs = state.fields.common_annotations.clone();
    set_texts(root, state, &root.config.common_annotations, &specs)
}
