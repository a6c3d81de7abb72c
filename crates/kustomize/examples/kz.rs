//! local only
use kubescape_kustomize::{BuildOptions, LoadRestriction, build};
use std::io::BufRead as _;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let case = line.unwrap();
        let meta: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(format!("{case}/meta.json")).unwrap()).unwrap();
        let root = meta["root"].as_str().unwrap().trim_end_matches('/').to_owned();
        let restrict = meta["restrict"].as_bool().unwrap();
        for old in ["ours", "ourserr"] {
            let _ = std::fs::remove_file(format!("{case}/{old}"));
        }
        let found = std::panic::catch_unwind(|| {
            build(
                root.as_ref(),
                &BuildOptions {
                    restriction: if restrict {
                        LoadRestriction::RootOnly
                    } else {
                        LoadRestriction::None
                    },
                    ..BuildOptions::default()
                },
            )
        });
        match found {
            Ok(Ok(built)) => std::fs::write(format!("{case}/ours"), built.to_yaml()).unwrap(),
            Ok(Err(error)) => std::fs::write(format!("{case}/ourserr"), error.to_string()).unwrap(),
            Err(_) => std::fs::write(format!("{case}/ourserr"), "PANIC").unwrap(),
        }
    }
}
