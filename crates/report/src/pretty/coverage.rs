//! What could not be judged, and what would help.

use std::collections::BTreeMap;
use std::io::Write;

use kubescape_model::Status;

use super::{Page, count};

/// Ids of controls that are named behind a reason.
const NAMED: usize = 8;

pub(super) fn write(page: &Page<'_>, output: &mut dyn Write) -> std::io::Result<()> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for control in &page.scan.report.controls {
        if control.status.status == Status::Skipped {
            let reason = if control.status.info.is_empty() {
                control.status.sub_status.as_str()
            } else {
                &control.status.info
            };
            reasons.entry(reason).or_default().push(&control.id);
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(output, "{}", page.paint.bold("Not judged"))?;
    for (reason, ids) in reasons {
        let named = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if ids.len() > NAMED { ", ..." } else { "" };
        page.paragraph(
            &format!("{}: {reason} ({named}{more})", count(ids.len(), "control")),
            2,
            output,
        )?;
    }
    writeln!(output)
}
