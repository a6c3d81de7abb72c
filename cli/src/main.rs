//! The `kubescape` program.

use std::process::ExitCode;

// The scan allocates many small nodes from two threads; the system allocator is twice as slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    no_backtraces_of_errors();
    kubescape::run()
}

/// The parser of policies tries alternatives by making errors. Where `RUST_BACKTRACE` is set, each of them would walk the
/// stack, which takes a third of a small scan. Panics keep their backtraces.
#[expect(
    unsafe_code,
    reason = "the standard library reads this setting from the environment only"
)]
fn no_backtraces_of_errors() {
    // SAFETY: no other thread exists yet.
    unsafe { std::env::set_var("RUST_LIB_BACKTRACE", "0") };
}
