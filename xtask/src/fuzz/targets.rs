//! The parsers, and where their seeds are.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use kubescape_gotemplate::{Engine, Functions, Limits as TemplateLimits, Value};
use kubescape_helm::RenderOptions;
use kubescape_kustomize::{BuildOptions, LoadRestriction};
use kubescape_source::{CollectSettings, collect};
use kubescape_yaml::{Limits, Profile, load, load_json, load_manifests, to_yaml};

use super::{bundle, files};
use crate::root;

/// A parser of outside bytes.
pub(super) struct Target {
    pub name: &'static str,
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Texts that the parser cares about.
    pub pieces: &'static [&'static [u8]],
    pub parse: fn(&[u8]),
}

/// Longest seed, so that many mutations are tried in the time.
const SEED_BYTES: usize = 16 << 10;

pub(super) const TARGETS: [Target; 9] = [
    Target {
        name: "yaml",
        seeds: || texts(&[("examples", ".yaml"), ("controls", ".yaml")]),
        pieces: YAML,
        parse: yaml,
    },
    Target {
        name: "json",
        seeds: || texts(&[("crates", ".json"), ("examples", ".yaml")]),
        pieces: YAML,
        parse: json,
    },
    Target {
        name: "library",
        seeds: || texts(&[("controls", ".yaml")]),
        pieces: YAML,
        parse: library,
    },
    Target {
        name: "template",
        seeds: templates,
        pieces: TEMPLATE,
        parse: template,
    },
    Target {
        name: "chart-folder",
        seeds: charts,
        pieces: TEMPLATE,
        parse: chart_folder,
    },
    Target {
        name: "chart-archive",
        seeds: || charts().iter().filter_map(|chart| tar(chart)).collect(),
        pieces: ARCHIVE,
        parse: chart_archive,
    },
    Target {
        name: "chart-compressed",
        seeds: || charts().iter().filter_map(|chart| gzip(&tar(chart)?)).collect(),
        pieces: ARCHIVE,
        parse: chart_compressed,
    },
    Target {
        name: "kustomization",
        seeds: kustomizations,
        pieces: KUSTOMIZE,
        parse: kustomization,
    },
    Target {
        name: "terraform",
        seeds: || folders_with(&["main.tf"]),
        pieces: TERRAFORM,
        parse: terraform,
    },
];

const YAML: &[&[u8]] = &[
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

const TEMPLATE: &[&[u8]] = &[
    b"{{",
    b"}}",
    b"{{- ",
    b" -}}",
    b"{{ if .a }}",
    b"{{ else }}",
    b"{{ end }}",
    b"{{ range $i, $x := .list }}",
    b"{{ range 9 }}",
    b"{{ with . }}",
    b"{{ define \"a\" }}",
    b"{{ template \"a\" . }}",
    b"{{ include \"a\" . }}",
    b"{{ tpl .text . }}",
    b"{{ block \"b\" . }}",
    b"{{/* ",
    b" */}}",
    b"{{ break }}",
    b"{{ continue }}",
    b" | ",
    b"(",
    b")",
    b"$",
    b".",
    b"$x := ",
    b"$x = ",
    b"\"",
    b"`",
    b"'",
    b"\\",
    b" printf \"%*d%[5]v%!\" ",
    b" repeat 9999 ",
    b" until 999999 ",
    b" untilStep 0 9 0 ",
    b" indent 9999 ",
    b" toYaml ",
    b" fromYaml ",
    b" set . \"a\" . ",
    b" merge . . ",
    b" dict \"a\" ",
    b" list ",
    b" index . 99 ",
    b" slice . 1 2 ",
    b" regexMatch \"(a*)*\" ",
    b" substr -1 99 ",
    b" trunc -5 ",
    b" 9223372036854775807 ",
    b" -1 ",
    b" 1e999 ",
    b" 0x ",
    b" nil ",
    b" semver \"1\" ",
    b" date \"2006\" ",
    b"\n=== templates/b.yaml\n",
    b"\n=== values.yaml\n",
    b"\n=== Chart.yaml\n",
    b"\n=== charts/a/Chart.yaml\nname: a\nversion: 1.0.0\n",
    b"\n=== values.schema.json\n{}",
    b"condition: a.b\n",
    b"import-values: [a]\n",
    b"alias: b\n",
    b"\xff",
    b"\0",
];

const ARCHIVE: &[&[u8]] = &[
    b"\0",
    b"\xff\xff\xff\xff",
    b"../",
    b"/",
    b"77777777777",
    b"ustar\0",
    b"ustar  ",
    b"\x1f\x8b",
    b"Chart.yaml",
    b"\0\0\0\0\0\0\0\0",
    b"1",
    b"2",
    b"5",
    b"L",
    b"x",
    b"20 size=99999999\n",
];

const KUSTOMIZE: &[&[u8]] = &[
    b"resources: [a.yaml]\n",
    b"bases: [.]\n",
    b"resources: [.]\n",
    b"components: [c]\n",
    b"patches:\n- patch: |\n",
    b"patchesStrategicMerge: [a.yaml]\n",
    b"patchesJson6902:\n",
    b"- op: add\n  path: /a/-\n  value: {}\n",
    b"- op: move\n  from: /a\n  path: /a/b\n",
    b"- op: replace\n  path: /0/~1/~0\n",
    b"configMapGenerator:\n- name: a\n",
    b"secretGenerator:\n- name: a\n  literals: [a=b]\n",
    b"namePrefix: a-\n",
    b"nameSuffix: -b\n",
    b"namespace: n\n",
    b"labels:\n- pairs: {a: b}\n",
    b"commonLabels: {a: b}\n",
    b"images:\n- name: a\n  newTag: b\n",
    b"replicas:\n- name: a\n  count: 2\n",
    b"replacements:\n- source: {kind: A}\n  targets: []\n",
    b"fieldPaths: [spec.a.[b=c].d]\n",
    b"vars:\n- name: A\n  objref: {}\n",
    b"$(A)",
    b"$patch: delete\n",
    b"$patch: replace\n",
    b"$retainKeys: [a]\n",
    b"$setElementOrder/a: []\n",
    b"configurations: [a.yaml]\n",
    b"openapi: {path: a.json}\n",
    b"sortOptions: {order: legacy}\n",
    b"behavior: merge\n",
    b"target: {kind: .*}\n",
    b"transformers: [a.yaml]\n",
    b"generators: [a.yaml]\n",
    b"helmCharts:\n- name: a\n",
    b"https://example.com/a",
    b"\n=== kustomization.yaml\n",
    b"\n=== a.yaml\n",
    b"\n=== b/kustomization.yaml\n",
    b"../",
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
    b"\"",
    b"'",
    b"|",
    b"\xff",
    b"\0",
    b"null",
];

const TERRAFORM: &[&[u8]] = &[
    b"resource \"kubernetes_pod\" \"a\" {\n",
    b"resource \"kubernetes_manifest\" \"a\" {\n  manifest = ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"\"",
    b"${",
    b"%{ if true }",
    b"%{ for a in var.a }",
    b"%{ endfor }",
    b"%{ endif }",
    b"~}",
    b"${~ ",
    b"<<EOT\n",
    b"<<-EOT\n",
    b"\nEOT\n",
    b" = ",
    b"\n",
    b",",
    b"var.a",
    b"local.a",
    b"local.labels",
    b"each.key",
    b"count.index",
    b"variable \"a\" { default = ",
    b"locals { a = ",
    b"[for a in local.a: a]",
    b"{for k, v in local.a: k => v...}",
    b" ? 1 : 2",
    b" && ",
    b" == ",
    b" + ",
    b" % ",
    b"-",
    b"!",
    b"dynamic \"env\" {",
    b"content {",
    b"for_each = ",
    b"jsonencode(",
    b"yamldecode(",
    b"templatefile(\"a.tmpl\", {})",
    b"file(\"main.tf\")",
    b"format(\"%s%5d%%\", ",
    b"range(1, 99999, 0)",
    b"replace(\"a\", \"\", \"b\")",
    b"flatten(",
    b"merge(",
    b"concat(",
    b"[*]",
    b".*",
    b"[0]",
    b".0",
    b"\n=== main.tf\n",
    b"\n=== a.tmpl\n",
    b"\n=== terraform.tfvars\n",
    b"/* ",
    b" */",
    b"# ",
    b"// ",
    b"1e999",
    b"99999999999999999999",
    b"\\u0000",
    b"\xff",
    b"\0",
    b"\xef\xbb\xbf",
];

/// Short files of the repository.
fn texts(places: &[(&str, &str)]) -> Vec<Vec<u8>> {
    let mut found = vec![Vec::new()];
    for (folder, ending) in places {
        for path in files(&root().join(folder), &[ending]) {
            found.extend(fs::read(path).ok().filter(|text| text.len() < SEED_BYTES));
        }
    }
    found
}

/// Roots that may hold seeds: the repository, and the fixtures that lie beside it where there are some.
fn roots() -> [PathBuf; 4] {
    ["crates", "examples", "cli", "../shared/fixtures"].map(|folder| root().join(folder))
}

/// Bundles of the folders that hold one of these files.
fn folders_with(names: &[&str]) -> Vec<Vec<u8>> {
    let mut found = vec![Vec::new()];
    for file in roots().iter().flat_map(|root| files(root, names)) {
        if file
            .file_name()
            .is_some_and(|name| names.iter().any(|known| name == *known))
            && let Some(folder) = file.parent()
        {
            found.push(bundle::pack(folder));
        }
    }
    found.retain(|bundle| bundle.len() < 4 * SEED_BYTES);
    found
}

fn templates() -> Vec<Vec<u8>> {
    let mut found = texts(&[("crates", ".tpl"), ("crates", ".tmpl"), ("examples", ".tpl")]);
    for chart in charts() {
        found.extend(bundle::unpack(&chart).into_iter().map(|(_, text)| text));
    }
    found
}

/// Charts of the repository and of short archives, and one that has a bit of everything.
fn charts() -> Vec<Vec<u8>> {
    let mut found = folders_with(&["Chart.yaml"]);
    found.push(CHART.to_vec());
    for archive in roots().iter().flat_map(|root| files(root, &[".tgz"])) {
        let Ok(bytes) = fs::read(&archive) else { continue };
        let Ok(folder) = tempfile::tempdir() else { continue };
        let mut unpacked = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        if bytes.len() < SEED_BYTES && unpacked.unpack(folder.path()).is_ok() {
            let charts = fs::read_dir(folder.path())
                .into_iter()
                .flatten()
                .filter_map(Result::ok);
            found.extend(charts.map(|chart| bundle::pack(&chart.path())));
        }
    }
    found
}

const CHART: &[u8] = b"=== Chart.yaml\napiVersion: v2\nname: a\nversion: 1.0.0\ndependencies:\n- name: b\n  version: 1.x\n  \
condition: b.enabled\n  alias: c\n=== values.yaml\nb: {enabled: true}\nlist: [1, 2]\ntext: '{{ .Values.list }}'\n=== \
templates/_helpers.tpl\n{{ define \"a.name\" }}{{ .Release.Name | trunc 63 }}{{ end }}\n=== templates/a.yaml\n{{- range $i, $x \
:= .Values.list }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"a.name\" $ }}-{{ $i }}\ndata:\n  x: \
{{ tpl $.Values.text $ | quote }}\n{{- end }}\n=== charts/b/Chart.yaml\napiVersion: v2\nname: b\nversion: 1.2.3\n=== \
charts/b/templates/b.yaml\n{{ toYaml .Values | nindent 2 }}\n";

fn kustomizations() -> Vec<Vec<u8>> {
    let mut found = folders_with(&["kustomization.yaml", "kustomization.yml", "Kustomization"]);
    found.push(b"=== kustomization.yaml\nresources: [a.yaml]\nnamePrefix: x-\npatches:\n- path: p.yaml\n=== a.yaml\napiVersion: \
apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        \
image: a:1\n=== p.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 2\n"
        .to_vec());
    found
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

fn template(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let limits = TemplateLimits {
        time: Duration::from_secs(2),
        ..TemplateLimits::default()
    };
    // Rendering takes the stack that its callers give it.
    let render = || {
        let engine = Engine::new(Functions::builtin(), limits);
        if engine.parse("a", &text).is_ok() {
            let list = Value::list(vec!["x".into(), Value::Nil]);
            let data = Value::dict([
                ("list", list),
                ("text", "{{ . }}".into()),
                ("a", Value::dict([("b", "c".into())])),
            ]);
            let _ = engine.render("a", &data);
        }
    };
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(256 << 20)
            .spawn_scoped(scope, render);
        let _ = worker.map(std::thread::ScopedJoinHandle::join);
    });
}

fn render(path: &Path) {
    let options = RenderOptions {
        time: Duration::from_secs(2),
        ..RenderOptions::default()
    };
    let _ = kubescape_helm::render(path, &options);
}

fn chart_folder(input: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    bundle::write(input, folder.path());
    render(folder.path());
}

fn chart_archive(input: &[u8]) {
    chart_compressed(&gzip(input).unwrap_or_default());
}

fn chart_compressed(input: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let path = folder.path().join("chart.tgz");
    let _ = fs::write(&path, input);
    render(&path);
}

/// The files of a bundle as an archive of a chart.
fn tar(chart: &[u8]) -> Option<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in bundle::unpack(chart) {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, Path::new("chart").join(name), text.as_slice())
            .ok()?;
    }
    archive.into_inner().ok()
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn kustomization(input: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    bundle::write(input, folder.path());
    let options = BuildOptions {
        restriction: LoadRestriction::Below(folder.path().to_owned()),
        ..BuildOptions::default()
    };
    let _ = kubescape_kustomize::build(folder.path(), &options);
}

fn terraform(input: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else { return };
    bundle::write(input, folder.path());
    let _ = collect(&CollectSettings {
        inputs: vec![folder.path().display().to_string()],
        ..CollectSettings::default()
    });
}
