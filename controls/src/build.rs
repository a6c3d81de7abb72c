//! Packs the library beside this crate into one compressed file.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var("CARGO_MANIFEST_DIR")?;
    let folder = Path::new(&folder);
    for part in ["controls", "frameworks", "rules", "lib", "attack-tracks", "categories.yaml", "defaults.yaml"] {
        println!("cargo::rerun-if-changed={}", folder.join(part).display());
    }
    let packed = kubescape_library::Library::from_folder(folder)?.pack()?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("library.bin"), packed)?;
    Ok(())
}
