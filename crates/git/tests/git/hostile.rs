//! Trees that want out.

use std::fmt::Write;

use kubescape_git::{Checkout, GitSettings, Location, Trust};

use crate::repository::{Repository, files, has_git};

/// Makes a tree of raw entries: mode, name and hash.
fn tree(repository: &Repository, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    for (mode, name, hash) in entries {
        bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        bytes.extend((0..20).map(|at| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).expect("hex")));
    }
    let file = repository.folder.path().join("tree");
    std::fs::write(&file, bytes).expect("a file");
    repository.git(&[
        "hash-object",
        "-t",
        "tree",
        "-w",
        "--literally",
        file.to_str().expect("a path"),
    ])
}

#[cfg(unix)]
#[test]
fn nothing_is_written_outside() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    let outside = repository.folder.path().join("outside");
    std::fs::create_dir(&outside).expect("a folder");
    std::fs::write(outside.join("secret.yaml"), "secret").expect("a file");
    let blob = |text: &str| repository.git_with(&["hash-object", "-w", "--stdin"], text);
    let file = blob("kind: Pod\n");
    let out = blob(outside.to_str().expect("a path"));
    let (up, inside, root, twice) = (
        blob("../../.."),
        blob("good.yaml"),
        blob("../.."),
        blob("link/../../outside"),
    );
    let nothing = blob("nothing.yaml");
    let below = tree(&repository, &[("100644", "evil.yaml", &file)]);
    let deep = tree(
        &repository,
        &[("120000", "link", &root), ("120000", "up", &twice)],
    );
    let deeper = tree(&repository, &[("40000", "deep", &deep)]);
    let all = tree(
        &repository,
        &[
            ("100644", "..", &file),
            ("40000", ".git", &below),
            ("100644", "a/b", &file),
            ("120000", "double", &out),
            ("40000", "double", &below),
            ("40000", "folder", &deeper),
            ("100644", "good.yaml", &file),
            ("120000", "inside.yaml", &inside),
            ("120000", "nothing", &nothing),
            ("120000", "out", &out),
            ("160000", "submodule", &file),
            ("120000", "up", &up),
        ],
    );
    let commit = repository.git(&["commit-tree", &all, "-m", "hostile"]);
    repository.git(&["update-ref", "refs/heads/main", &commit]);
    let url = format!("file://{}", repository.path().display());
    let location = Location::parse(&url).expect("an address");
    let checkout = Checkout::get(&location, &GitSettings::default(), Trust::Typed).expect("a checkout");
    let mut found = String::new();
    for (name, text) in files(&checkout.root) {
        writeln!(found, "{name}: {}", text.trim()).expect("written");
    }
    assert_eq!(
        found,
        "double/evil.yaml: kind: Pod\nfolder/deep/link: \ngood.yaml: kind: Pod\ninside.yaml: kind: Pod\n"
    );
    assert_eq!(files(&outside), [("secret.yaml".to_owned(), "secret".to_owned())]);
    assert!(
        checkout
            .remarks
            .iter()
            .any(|remark| remark.contains("out: a link that leads out of the repository")),
        "{:?}",
        checkout.remarks
    );
    // The address must not lead out by a link either.
    let location = Location::parse(&format!("{url}//folder/deep/link")).expect("an address");
    assert!(Checkout::get(&location, &GitSettings::default(), Trust::Typed).is_ok());
    let location = Location::parse(&format!("{url}//out")).expect("an address");
    assert!(Checkout::get(&location, &GitSettings::default(), Trust::Typed).is_err());
}
