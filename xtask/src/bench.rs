//! The figures that the product promises, measured on the release binary as a user runs it: whole process, wall
//! clock and peak memory.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use wait4::Wait4;

use crate::root;

/// One measurement and what it has to reach.
struct Case {
    name: &'static str,
    input: PathBuf,
    most_seconds: Option<f64>,
    most_megabytes: Option<f64>,
}

/// The best of several runs.
#[derive(Clone, Copy)]
struct Measured {
    wall: Duration,
    peak_megabytes: f64,
}

/// Largest binary, in bytes.
const MOST_BYTES: u64 = 25 << 20;

pub(crate) fn run(runs: usize) -> anyhow::Result<()> {
    let binary = build()?;
    let scratch = tempfile::tempdir()?;
    let mut output = std::io::stdout();
    let size = fs::metadata(&binary)?.len();
    writeln!(
        output,
        "binary: {:.1} MB (at most {} MB)",
        megabytes(size),
        MOST_BYTES >> 20
    )?;
    writeln!(
        output,
        "{:<34} {:>9} {:>9} {:>9} {:>9}",
        "input", "seconds", "at most", "peak MB", "at most"
    )?;
    let mut times = Vec::new();
    for case in cases(scratch.path())? {
        let measured = measure(&binary, &case.input, runs)?;
        let limit = |limit: Option<f64>| limit.map_or_else(String::new, |limit| format!("{limit}"));
        writeln!(
            output,
            "{:<34} {:>9.3} {:>9} {:>9.1} {:>9}",
            case.name,
            measured.wall.as_secs_f64(),
            limit(case.most_seconds),
            measured.peak_megabytes,
            limit(case.most_megabytes)
        )?;
        times.push((case.name, measured.wall));
    }
    growth(&times, &mut output)?;
    Ok(())
}

/// Ten times the objects may take eleven times as long.
fn growth(times: &[(&str, Duration)], output: &mut impl Write) -> anyhow::Result<()> {
    let of = |wanted: &str| {
        times
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, time)| time.as_secs_f64())
    };
    if let (Some(once), Some(ten)) = (of(ONCE), of(TEN_TIMES)) {
        writeln!(
            output,
            "ten times the objects: {:.1} times the time (at most 11)",
            ten / once
        )?;
    }
    Ok(())
}

const ONCE: &str = "bookshop";
const TEN_TIMES: &str = "bookshop, 10 times the objects";

/// Cargo in the root of the workspace, without what the cargo that runs this task has set: build scripts look at it, and
/// everything would be built anew.
fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST") {
            command.env_remove(&name);
        }
    }
    command
}

fn build() -> anyhow::Result<PathBuf> {
    let status = cargo()
        .args(["build", "--release", "--package", "kubescape"])
        .status()?;
    ensure!(status.success(), "the release build failed");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/kubescape"))
}

/// Inputs: the example of this repository in several sizes and, where the test material is, real charts.
fn cases(scratch: &Path) -> anyhow::Result<Vec<Case>> {
    let example = root().join("examples/bookshop");
    let many = |name: &str, copies: usize| -> anyhow::Result<PathBuf> {
        let folder = scratch.join(name);
        for copy in 0..copies {
            copy_manifests(&example, &folder.join(format!("copy-{copy}")), copy)?;
        }
        Ok(folder)
    };
    let mut cases = vec![
        Case {
            name: ONCE,
            input: many("hundred", 100)?,
            most_seconds: None,
            most_megabytes: None,
        },
        Case {
            name: TEN_TIMES,
            input: many("thousand", 1_000)?,
            most_seconds: None,
            most_megabytes: None,
        },
    ];
    for (name, objects) in [
        ("kustomization of 3,000 objects", 1_000),
        ("kustomization of 12,000 objects", 4_000),
    ] {
        let input = scratch.join(format!("kustomization-{objects}"));
        write_kustomization(&input, objects)?;
        cases.push(Case {
            name,
            input,
            most_seconds: None,
            most_megabytes: None,
        });
    }
    let material = root().join("../shared");
    if !material.is_dir() {
        return Ok(cases);
    }
    let charts = scratch.join("charts");
    let rendered = unpack_charts(&material.join("fixtures/charts"), &charts)?;
    ensure!(rendered > 0, "there are no rendered charts");
    let large = scratch.join("charts-25-mb");
    copy_charts(&charts, &large, 8)?;
    let mixed = scratch.join("charts-and-definitions");
    copy_charts(&charts, &mixed, 3)?;
    copy_definitions(&charts, &mixed, 9)?;
    let case = |name, input, seconds, megabytes| Case {
        name,
        input,
        most_seconds: Some(seconds),
        most_megabytes: Some(megabytes),
    };
    let boutique = material.join("fixtures/kustomize/src/boutique/kubernetes-manifests");
    cases.push(case("boutique, 35 objects", boutique, 0.10, 50.0));
    cases.push(case(
        "kubernetes-goat",
        material.join("examples/kubernetes-goat"),
        0.12,
        50.0,
    ));
    cases.push(case("44 charts, 3.2 MB", charts, 0.35, 60.0));
    // Bytes and objects are those of 165 charts, for which the limit is known: most of their bytes are definitions.
    cases.push(case("3 times 44 charts, 25 MB", mixed, 1.7, 120.0));
    cases.push(Case {
        name: "8 times 44 charts, 25 MB",
        input: large,
        most_seconds: None,
        most_megabytes: None,
    });
    Ok(cases)
}

/// Writes a kustomization in which every name is changed, and followed from object to object: so many workloads, each
/// with a service, a config map that is generated, and two patches.
fn write_kustomization(folder: &Path, workloads: usize) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let (mut resources, mut generators, mut patches) = (String::new(), String::new(), String::new());
    for number in 0..workloads {
        let text = format!(
            "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web-{number}}}
spec:
  selector: {{matchLabels: {{app: web-{number}}}}}
  template:
    metadata: {{labels: {{app: web-{number}}}}}
    spec:
      containers:
      - name: main
        image: nginx
        envFrom: [{{configMapRef: {{name: settings-{number}}}}}]
---
apiVersion: v1
kind: Service
metadata: {{name: web-{number}}}
spec: {{selector: {{app: web-{number}}}, ports: [{{port: 80}}]}}
"
        );
        fs::write(folder.join(format!("web-{number}.yaml")), text)?;
        resources += &format!("- web-{number}.yaml\n");
        generators += &format!("- {{name: settings-{number}, literals: [number={number}]}}\n");
        patches += &format!(
            "- target: {{kind: Service, name: web-{number}}}
  patch: '[{{\"op\": \"add\", \"path\": \"/spec/type\", \"value\": \"NodePort\"}}]'
- patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web-{number}}}, spec: {{replicas: 2}}}}'
"
        );
    }
    let text = format!(
        "namePrefix: one-
namespace: space
commonLabels: {{team: red}}
images: [{{name: nginx, newTag: '1'}}]
resources:
{resources}configMapGenerator:
{generators}patches:
{patches}"
    );
    fs::write(folder.join("kustomization.yaml"), text)?;
    Ok(())
}

/// Copies the manifests of a folder, each into a namespace of its own.
fn copy_manifests(from: &Path, to: &Path, copy: usize) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path)?.replace("bookshop", &format!("bookshop-{copy}"));
            fs::write(to.join(path.file_name().unwrap_or_default()), text)?;
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Copies of rendered charts, each a release of its own in a namespace of its own.
fn copy_charts(charts: &Path, to: &Path, copies: usize) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for copy in 0..copies {
        for entry in fs::read_dir(charts)? {
            let path = entry?.path();
            let text = fs::read_to_string(&path)?
                .replace("release-name", &format!("release-{copy}-name"))
                .replace("namespace: default", &format!("namespace: copy-{copy}"))
                .replace("namespace: \"default\"", &format!("namespace: \"copy-{copy}\""));
            fs::write(to.join(format!("{copy}-{}", name_of(&path))), text)?;
        }
    }
    Ok(())
}

/// Copies of the definitions of custom resources in rendered charts.
fn copy_definitions(charts: &Path, to: &Path, copies: usize) -> anyhow::Result<()> {
    for entry in fs::read_dir(charts)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let definitions: Vec<&str> = text
            .split("\n---")
            .filter(|document| document.contains("\nkind: CustomResourceDefinition"))
            .collect();
        let text = definitions.join("\n---");
        for copy in 0..copies {
            let text = text.replace("\n  name: ", &format!("\n  name: copy-{copy}-"));
            fs::write(to.join(format!("definitions-{copy}-{}", name_of(&path))), text)?;
        }
    }
    Ok(())
}

fn unpack_charts(from: &Path, to: &Path) -> anyhow::Result<usize> {
    fs::create_dir_all(to)?;
    let mut count = 0;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = name_of(&path);
        let Some(chart) = name.strip_suffix(".expected.yaml.gz") else {
            continue;
        };
        let mut text = String::new();
        flate2::read::GzDecoder::new(fs::File::open(&path)?).read_to_string(&mut text)?;
        fs::write(to.join(format!("{chart}.yaml")), text)?;
        count += 1;
    }
    Ok(count)
}

fn measure(binary: &Path, input: &Path, runs: usize) -> anyhow::Result<Measured> {
    let mut best = Measured {
        wall: Duration::MAX,
        peak_megabytes: f64::MAX,
    };
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        let mut child = Command::new(binary)
            .args(["scan", "--format", "json"])
            .arg(input)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let usage = child.wait4()?;
        let wall = start.elapsed();
        if !usage.status.success() {
            bail!("the scan of {} failed", input.display());
        }
        best.wall = best.wall.min(wall);
        best.peak_megabytes = best.peak_megabytes.min(megabytes(usage.rusage.maxrss));
    }
    Ok(best)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes are far below the precision of a double"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The cost of each rule, from the benchmark of the policy engine.
pub(crate) fn by_rule() -> anyhow::Result<()> {
    let status = cargo()
        .args([
            "bench",
            "--quiet",
            "--package",
            "kubescape-policy",
            "--bench",
            "by_rule",
        ])
        .status()?;
    ensure!(status.success(), "the benchmark failed");
    Ok(())
}
