//! Repositories made with the git program, fetched from its own server on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say so"
)]

mod addresses;
mod history;
mod hostile;
mod remote;
mod repository;
mod server;
mod tls;
