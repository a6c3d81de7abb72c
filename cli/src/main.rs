//! The `kubescape` program.

use std::process::ExitCode;

// The scan allocates many small nodes from two threads; the system allocator is twice as slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kubescape::run()
}
