//! The cost of each rule of the built-in library per 1,000 objects, the dearest first, and how it grows with four times
//! the objects: a factor above 5 is a join that is not linear. Times are those of the processor, so that other
//! programs of the machine do not count.
//!
//! Run by `cargo xtask bench --by-rule`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests stop at the first surprise and say so"
)]

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use kubescape_model::Resource;
use kubescape_policy::rego::{EngineValue, Limits, Programs, RuleError, RuleInput};
use kubescape_policy::rule_objects;
use kubescape_yaml::{Limits as YamlLimits, Profile, load_manifests};
use rustix::time::{ClockId, clock_gettime};

/// Copies of the example, more than the caches of a processor hold; the second measurement has four times as many.
const COPIES: usize = 240;
/// Runs of each rule; the best counts.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let library = kubescape_controls::library()?;
    let programs = Programs::new(&library);
    let (once, four_times) = (objects(COPIES)?, objects(4 * COPIES)?);
    let mut rows = Vec::new();
    for rule in library.rules.values() {
        let (few, many) = (rule_objects(rule, &once), rule_objects(rule, &four_times));
        if few.is_empty() {
            continue;
        }
        let time = |objects: &[EngineValue]| -> Result<Duration, Box<dyn Error>> {
            let mut best = Duration::MAX;
            for _ in 0..RUNS {
                let input = RuleInput {
                    objects,
                    inputs: &library.defaults,
                    cloud_provider: None,
                    parameters: &rule.parameters,
                    limits: Limits::default(),
                };
                let start = processor_time();
                match programs.evaluate(&rule.module, input) {
                    Err(RuleError::NeedsNetwork) => return Ok(Duration::from_nanos(1)),
                    outcome => drop(outcome?),
                }
                best = best.min(processor_time().saturating_sub(start));
            }
            Ok(best)
        };
        let (cost, four_times) = (time(&few)?, time(&many)?);
        let growth = four_times.as_secs_f64() / cost.as_secs_f64();
        rows.push((
            cost.mul_f64(1000.0 / as_f64(few.len())),
            growth,
            few.len(),
            &rule.name,
        ));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    let mut output = std::io::stdout();
    writeln!(
        output,
        "{:>14} {:>8} {:>8}  rule",
        "ms per 1,000", "4 times", "objects"
    )?;
    for (cost, growth, objects, name) in rows {
        writeln!(
            output,
            "{:>14.2} {growth:>8.1} {objects:>8}  {name}",
            cost.as_secs_f64() * 1000.0
        )?;
    }
    Ok(())
}

/// What this thread has used of the processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand objects")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

/// The objects of the example application, each copy in a namespace of its own.
fn objects(copies: usize) -> Result<Vec<Resource>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/bookshop");
    let mut resources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        for copy in 0..copies {
            let text = text.replace("bookshop", &format!("bookshop-{copy}"));
            for manifest in load_manifests(&text, Profile::SigsYaml, &YamlLimits::default()) {
                resources.push(Resource::new(manifest.root?.into(), None, None));
            }
        }
    }
    Ok(resources)
}
