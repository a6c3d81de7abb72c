//! Packs the library beside this crate into one compressed file. `KUBESCAPE_LIBRARY_DIR` names another folder, for
//! builds with a library of one's own.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=KUBESCAPE_LIBRARY_DIR");
    let folder = match env::var_os("KUBESCAPE_LIBRARY_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var("CARGO_MANIFEST_DIR")?),
    };
    for part in [
        "controls",
        "frameworks",
        "rules",
        "lib",
        "attack-tracks",
        "exceptions",
        "categories.yaml",
        "defaults.yaml",
    ] {
        println!("cargo::rerun-if-changed={}", folder.join(part).display());
    }
    let packed = kubescape_library::Library::from_folder(&folder)?.pack()?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("library.bin"), packed)?;
    Ok(())
}
