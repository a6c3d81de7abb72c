//! Mutated input for every parser of outside bytes. Runs on stable Rust: no coverage guidance, but seeds from real
//! files, mutations that keep most of the structure, and the input of every crash, hang or flood of memory kept.

mod bundle;
mod mutate;
mod targets;

use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::bail;

use targets::{TARGETS, Target};

/// A parse that takes longer than this is a failure.
const SLOWEST: Duration = Duration::from_secs(5);
/// One that takes longer than this is not waited for.
const HANGS: Duration = Duration::from_mins(1);
/// Memory that the process may have held at any time, in KiB.
const MOST_MEMORY: u64 = 1 << 20;

/// Where a panic happened that nobody may have seen, because something caught it.
static PANIC: Mutex<Option<String>> = Mutex::new(None);
/// The run that is under way: since when, and with which file.
static RUNNING: Mutex<Option<(Instant, PathBuf)>> = Mutex::new(None);

pub(crate) fn run(time: Duration, only: Option<&str>) -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        *lock(&PANIC) = Some(place);
    }));
    std::thread::spawn(watch);
    let mut failed = 0;
    for target in TARGETS
        .iter()
        .filter(|target| only.is_none_or(|only| target.name.contains(only)))
    {
        failed += usize::from(!fuzz(target, time)?);
    }
    if failed > 0 {
        bail!("{failed} targets failed");
    }
    Ok(())
}

/// Whether the target withstood.
fn fuzz(target: &Target, time: Duration) -> anyhow::Result<bool> {
    let seeds = (target.seeds)();
    let mut random = fastrand::Rng::new();
    let end = Instant::now() + time;
    let (mut inputs, mut slowest) = (0_u64, Duration::ZERO);
    let mut stderr = std::io::stderr();
    // Written before each run: what ends the whole process leaves its input behind.
    let file = std::env::temp_dir().join(format!("kubescape-fuzz-{}", target.name));
    while Instant::now() < end {
        let input = mutate::mutated(&seeds, target.pieces, &mut random);
        fs::write(&file, &input)?;
        let start = Instant::now();
        *lock(&RUNNING) = Some((start, file.clone()));
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.parse)(&input)));
        *lock(&RUNNING) = None;
        slowest = slowest.max(start.elapsed());
        inputs += 1;
        let problem = match lock(&PANIC).take() {
            Some(place) => Some(format!("panicked at {place}")),
            None if outcome.is_err() => Some("panicked".to_owned()),
            None if start.elapsed() > SLOWEST => Some(format!("took {:?}", start.elapsed())),
            None if peak_memory() > MOST_MEMORY => Some(format!("took {} MiB", peak_memory() >> 10)),
            None => None,
        };
        if let Some(problem) = problem {
            writeln!(
                stderr,
                "{}: {problem} on the input in {}",
                target.name,
                file.display()
            )?;
            return Ok(false);
        }
    }
    fs::remove_file(&file)?;
    writeln!(
        stderr,
        "{}: {inputs} inputs from {} seeds, the slowest took {slowest:?}",
        target.name,
        seeds.len()
    )?;
    Ok(true)
}

/// Ends the process when a run does not end.
fn watch() {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        if let Some((start, file)) = &*lock(&RUNNING)
            && start.elapsed() > HANGS
        {
            let _ = writeln!(std::io::stderr(), "hangs on the input in {}", file.display());
            std::process::exit(1);
        }
    }
}

/// Most memory that the process ever held, in KiB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Files below a folder with one of these endings, sorted.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        let is_link = path.is_symlink();
        if path.is_dir() && !is_link {
            found.extend(files(&path, endings));
        } else if !is_link
            && endings
                .iter()
                .any(|ending| path.to_string_lossy().ends_with(ending))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
