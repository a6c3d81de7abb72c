//! Archives that are meant to harm, and those that were not packed by helm.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests stop at the first surprise and say so"
)]

use std::fs;
use std::io::{Read, Write, repeat};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use kubescape_helm::{RenderOptions, Rendered, render};
use tar::{Builder, EntryType, Header};

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

type Archive = Builder<GzEncoder<Vec<u8>>>;

fn archive() -> Archive {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    add(&mut archive, "shop/Chart.yaml", CHART.as_bytes());
    archive
}

fn header(name: &str, size: u64) -> Header {
    let mut header = Header::new_ustar();
    // As it is: the crate would refuse what is tested here.
    let field = &mut header.as_old_mut().name;
    field
        .iter_mut()
        .zip(name.bytes())
        .for_each(|(to, from)| *to = from);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    header
}

fn add(archive: &mut Archive, name: &str, data: &[u8]) {
    archive.append(&header(name, data.len() as u64), data).unwrap();
}

fn link(archive: &mut Archive, name: &str, target: &str) {
    let mut header = header(name, 0);
    header.set_entry_type(EntryType::Symlink);
    header.set_link_name_literal(target).unwrap();
    header.set_cksum();
    archive.append(&header, std::io::empty()).unwrap();
}

fn bytes(archive: Archive) -> Vec<u8> {
    archive.into_inner().unwrap().finish().unwrap()
}

struct Packed(PathBuf);

impl Packed {
    fn new(name: &str, data: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("kubescape-{name}-{}.tgz", std::process::id()));
        fs::write(&path, data).unwrap();
        Self(path)
    }

    fn render(&self) -> Result<Rendered, String> {
        render(&self.0, &RenderOptions::default()).map_err(|error| error.to_string())
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[track_caller]
fn check_refused(name: &str, data: &[u8], message: &str) {
    let packed = Packed::new(name, data);
    let error = packed.render().expect_err("a refusal");
    let place = Path::new(&packed.0).file_name().unwrap().to_str().unwrap();
    assert!(error.contains(message) && error.contains(place), "{error}");
}

#[test]
fn too_much() {
    let mut large = archive();
    let size = 4 << 20;
    for index in 0..26 {
        large
            .append(&header(&format!("shop/{index}.bin"), size), repeat(0).take(size))
            .unwrap();
    }
    check_refused(
        "many-large",
        &bytes(large),
        "unpacked it is larger than the maximum size 104857600",
    );

    // Only the header is read: the gigabytes that it announces are not there.
    let mut huge = archive();
    huge.append(&header("shop/templates/a.yaml", 1 << 32), std::io::empty())
        .unwrap();
    check_refused(
        "huge",
        &bytes(huge),
        "shop/templates/a.yaml is larger than the maximum file size 5242880",
    );

    let mut many = archive();
    for index in 0..50_000 {
        add(&mut many, &format!("shop/{index}"), b"");
    }
    check_refused("many", &bytes(many), "it holds more than 50000 files");
}

#[test]
fn archives_within_archives_share_one_allowance() {
    let mut inner = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    add(&mut inner, "sub/Chart.yaml", b"name: sub\nversion: 1.0.0\n");
    let size = 4 << 20;
    for index in 0..9 {
        inner
            .append(&header(&format!("sub/{index}.bin"), size), repeat(0).take(size))
            .unwrap();
    }
    let inner = bytes(inner);
    let mut outer = archive();
    for index in 0..3 {
        add(&mut outer, &format!("shop/charts/{index}.tgz"), &inner);
    }
    check_refused(
        "shared",
        &bytes(outer),
        "charts/2.tgz: unpacked it is larger than the maximum size",
    );

    let mut nested = bytes(archive());
    for _ in 0..25 {
        let mut outer = archive();
        add(&mut outer, "shop/charts/shop.tgz", &nested);
        nested = bytes(outer);
    }
    check_refused("nested", &nested, "charts are nested too deeply");
}

#[test]
fn paths_that_leave() {
    for (name, path, message) in [
        (
            "absolute",
            "/shop/templates/a.yaml",
            "holds the absolute path \"/shop/templates/a.yaml\"",
        ),
        ("double", "shop//etc/passwd", "holds the absolute path"),
        ("parent", "shop/../../etc/passwd", "which leaves the chart"),
        ("backslash", "shop\\..\\..\\a", "which leaves the chart"),
        ("drive", "shop/c:/a", "which names a drive"),
        ("top", "Chart.yaml", "chart yaml not in base directory"),
    ] {
        let mut archive = archive();
        add(&mut archive, path, b"a: 1\n");
        check_refused(name, &bytes(archive), message);
    }
    for (name, target) in [
        ("link-absolute", "/etc/passwd"),
        ("link-parent", "../../other/a"),
        ("link-winding", "b/../../../shop/a"),
    ] {
        let mut archive = archive();
        link(&mut archive, "shop/templates/a.yaml", target);
        check_refused(
            name,
            &bytes(archive),
            "\"shop/templates/a.yaml\", a link that leaves the chart",
        );
    }
    let mut inside = archive();
    add(&mut inside, "shop/files/a", b"secret");
    link(&mut inside, "shop/b", "files/a");
    add(
        &mut inside,
        "shop/templates/a.yaml",
        b"a: {{ .Files.Get \"b\" | quote }}\n",
    );
    let rendered = Packed::new("link-inside", &bytes(inside)).render().unwrap();
    assert_eq!(&*rendered.documents[0].text, "a: \"\"");
}

#[test]
fn no_archives() {
    check_refused("text", b"name: shop\n", "it is no chart archive");
    let whole = bytes(archive());
    check_refused("cut", &whole[..whole.len() / 2], "it is no chart archive");
    let mut empty = GzEncoder::new(Vec::new(), Compression::fast());
    empty.write_all(&[0; 1024]).unwrap();
    check_refused("empty", &empty.finish().unwrap(), "no files in chart archive");
}

#[test]
fn ignored_files_count_unless_the_chart_fails_with_them() {
    let packed = |extra: &str| {
        let mut archive = archive();
        add(&mut archive, "shop/.helmignore", b"*.md\nextra.yaml\n");
        add(&mut archive, "shop/templates/a.yaml", b"kind: A\n");
        add(&mut archive, "shop/templates/extra.yaml", b"kind: B\n");
        add(&mut archive, "shop/templates/README.md", extra.as_bytes());
        Packed::new(&format!("ignored-{}", extra.len()), &bytes(archive))
            .render()
            .unwrap()
    };
    let files = |rendered: &Rendered| -> Vec<String> {
        rendered
            .documents
            .iter()
            .map(|document| document.file.clone())
            .collect()
    };
    let as_helm = packed("");
    assert_eq!(
        files(&as_helm),
        ["shop/templates/a.yaml", "shop/templates/extra.yaml"]
    );
    assert_eq!(as_helm.warnings, Vec::<String>::new());
    let without = packed("A readme.\n");
    assert_eq!(files(&without), ["shop/templates/a.yaml"]);
    assert!(
        without.warnings[0].contains(".helmignore") && without.warnings[0].contains("README.md"),
        "{:?}",
        without.warnings
    );
}

#[test]
fn aliases_end() {
    let dependencies = |name: &str, count: usize| {
        (0..count).fold("dependencies:\n".to_owned(), |text, index| {
            text + &format!("- {{name: {name}, version: '*', alias: {name}{index}}}\n")
        })
    };
    let chart = |count: usize| {
        let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut folder = "a".to_owned();
        for (name, next) in [("a", "b"), ("b", "c"), ("c", "d")] {
            let text = format!(
                "apiVersion: v2\nname: {name}\nversion: 1.0.0\n{}",
                dependencies(next, count)
            );
            add(&mut archive, &format!("{folder}/Chart.yaml"), text.as_bytes());
            folder = format!("{folder}/charts/{next}");
        }
        add(
            &mut archive,
            &format!("{folder}/Chart.yaml"),
            b"name: d\nversion: 1.0.0\n",
        );
        add(&mut archive, &format!("{folder}/templates/d.yaml"), b"kind: D\n");
        Packed::new(&format!("aliases-{count}"), &bytes(archive)).render()
    };
    // The copies of a chart share its declarations, which the first of them renames: aliases of aliases add up.
    assert_eq!(chart(30).unwrap().documents.len(), 31);
    let error = chart(2000).expect_err("a refusal");
    assert!(
        error.contains("more than 512 MiB of copies of sub-charts"),
        "{error}"
    );
}
