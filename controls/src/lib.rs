//! The built-in control library: everything in the folders beside this crate, inside the binary.

use kubescape_library::{Library, LibraryError};

/// The built-in library.
pub fn library() -> Result<Library, LibraryError> {
    Library::from_packed(include_bytes!(concat!(env!("OUT_DIR"), "/library.bin")))
}
