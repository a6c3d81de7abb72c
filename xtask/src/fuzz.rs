//! Mutated input for every parser of outside bytes. Runs on stable Rust: no coverage guidance, but seeds from real
//! files, mutations that keep most of the structure, and every crash kept with its input.

use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use kubescape_yaml::{Limits, Profile, load, load_json, load_manifests, to_yaml};

use crate::root;

/// A parser and where its seeds are.
struct Target {
    name: &'static str,
    /// Folders below the root, and file name endings.
    seeds: &'static [(&'static str, &'static str)],
    parse: fn(&[u8]),
}

const TARGETS: [Target; 3] = [
    Target {
        name: "yaml",
        seeds: &[("examples", ".yaml"), ("controls", ".yaml")],
        parse: yaml,
    },
    Target {
        name: "json",
        seeds: &[("crates", ".json"), ("examples", ".yaml")],
        parse: json,
    },
    Target {
        name: "library",
        seeds: &[("controls", ".yaml")],
        parse: library,
    },
];

/// A parse that takes longer than this is a failure.
const SLOWEST: Duration = Duration::from_secs(5);
/// Longest seed, so that many mutations are tried in the time.
const SEED_BYTES: u64 = 16 << 10;

pub(crate) fn run(time: Duration, only: Option<&str>) -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
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
    let seeds = seeds(target)?;
    let mut random = fastrand::Rng::new();
    let end = Instant::now() + time;
    let (mut inputs, mut slowest) = (0_u64, Duration::ZERO);
    let mut stderr = std::io::stderr();
    while Instant::now() < end {
        let input = mutated(&seeds, &mut random);
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.parse)(&input)));
        slowest = slowest.max(start.elapsed());
        inputs += 1;
        if outcome.is_err() || start.elapsed() > SLOWEST {
            let file = std::env::temp_dir().join(format!("kubescape-fuzz-{}", target.name));
            fs::write(&file, &input)?;
            let what = if outcome.is_err() {
                "panicked"
            } else {
                "took too long"
            };
            writeln!(
                stderr,
                "{}: {what} on the input in {}",
                target.name,
                file.display()
            )?;
            return Ok(false);
        }
    }
    writeln!(
        stderr,
        "{}: {inputs} inputs from {} seeds, the slowest took {slowest:?}",
        target.name,
        seeds.len()
    )?;
    Ok(true)
}

fn seeds(target: &Target) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut found = vec![Vec::new()];
    for (folder, ending) in target.seeds {
        collect(&root().join(folder), ending, &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<Vec<u8>>) -> anyhow::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, ending, found)?;
        } else if path.to_string_lossy().ends_with(ending) && path.metadata()?.len() < SEED_BYTES {
            found.push(fs::read(&path)?);
        }
    }
    Ok(())
}

/// Pieces that parsers of YAML and JSON care about.
const PIECES: [&[u8]; 22] = [
    b"---\n",
    b"- ",
    b": ",
    b"\n",
    b"[",
    b"]",
    b"{",
    b"}",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!binary ",
    b"|",
    b">-",
    b"\"",
    b"'",
    b"\t",
    b"#",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\0",
    b"? ",
];

/// A seed with up to eight changes.
fn mutated(seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let pick = |random: &mut fastrand::Rng| random.choice(seeds).cloned().unwrap_or_default();
    let mut input = pick(random);
    for _ in 0..random.usize(1..=8) {
        let at = random.usize(0..=input.len());
        let until = (at + random.usize(0..=32)).min(input.len());
        match random.u8(0..5) {
            0 => drop(input.splice(at..until, [])),
            1 => drop(input.splice(at..at, random.choice(PIECES).unwrap_or_default().iter().copied())),
            2 => drop(input.splice(at..until, pick(random).into_iter().take(64))),
            3 => {
                let repeated = input
                    .get(at..until)
                    .unwrap_or_default()
                    .repeat(random.usize(1..=16));
                drop(input.splice(at..at, repeated));
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.u8(0..8);
                }
            }
        }
    }
    input
}

fn yaml(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    for profile in [Profile::GoYamlV3, Profile::SigsYaml] {
        for document in load(text, profile, &Limits::default()).into_iter().flatten() {
            let _ = to_yaml(&document.root);
        }
        let _ = load_manifests(text, profile, &Limits::default());
    }
}

fn json(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = load_json(text, &Limits::default());
    }
}

fn library(input: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    for part in ["controls", "frameworks", "attack-tracks", "rules/rule"] {
        let _ = fs::create_dir_all(folder.path().join(part));
    }
    for file in [
        "controls/a.yaml",
        "frameworks/a.yaml",
        "attack-tracks/a.yaml",
        "rules/rule/rule.yaml",
        "defaults.yaml",
    ] {
        let _ = fs::write(folder.path().join(file), input);
        let _ = kubescape_library::Library::from_folder(folder.path());
        let _ = fs::remove_file(folder.path().join(file));
    }
}
