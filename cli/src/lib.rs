//! The command line of kubescape: arguments, settings, commands, exit codes.
//!
//! Only this crate knows clap, the environment and exit codes. Each command resolves its arguments into settings and
//! runs as a function that never sees clap; the folders follow the command line.

mod args;
mod clock;
mod commands;
mod git;
mod library;
mod log;
mod output;
mod requests;
mod settings;
mod signatures;
mod trust;
mod unfinished;

use std::io::{IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use kubescape_git::Scratch;

use crate::args::{Arguments, Command, without_values};
use crate::log::{Level, Log, wants_color};

/// Reads the command line, runs the command and gives the exit code: 0, or 1 for every kind of failure.
pub fn run() -> ExitCode {
    let command = Arguments::command();
    let words = without_values(std::env::args_os(), &command);
    let arguments = match command
        .try_get_matches_from(words)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
    {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let log = match Log::new(&arguments.global) {
        Ok(log) => log,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "Error: {error}");
            return ExitCode::FAILURE;
        }
    };
    use_small_pages(log);
    let scratch = Scratch::default();
    stop_on_signal(log, scratch.clone());
    say_panics(log);
    for warning in arguments.global.warnings() {
        log.warning(&warning);
    }
    let done = catch_unwind(AssertUnwindSafe(|| dispatch(arguments, &scratch, log)));
    match done.unwrap_or_else(|_| Err(anyhow::anyhow!(BUG))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            log.write(Level::Fatal, &format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

const BUG: &str = "this is a mistake of the program; -l debug says where. Please report it";

/// Where a panic happened is for those who look for a mistake; others are told what became of their scan.
fn say_panics(log: Log) {
    std::panic::set_hook(Box::new(move |panic| log.write(Level::Debug, &panic.to_string())));
}

fn dispatch(arguments: Arguments, scratch: &Scratch, log: Log) -> anyhow::Result<()> {
    let cache = commands::download::cache_folder(arguments.global.cache_dir.as_deref());
    match arguments.command {
        Some(Command::Scan(scan)) => commands::scan::run(*scan, &cache, scratch, log),
        Some(Command::Render(render)) => commands::render::run(&render, scratch, log),
        Some(Command::List(list)) => commands::list::run(&list, &cache, log),
        Some(Command::Explain(explain)) => commands::explain::run(&explain, &cache, log),
        Some(Command::Download(download)) => commands::download::run(&download, &cache, log),
        Some(Command::Test(test)) => commands::test::run(&test),
        Some(Command::Version(version)) => commands::version::run(&version),
        Some(Command::Completion(completion)) => commands::completion::run(&completion),
        None => {
            let help = Arguments::command().render_help();
            write!(std::io::stdout(), "{help}")?;
            Ok(())
        }
    }
}

/// Help and version go to standard output and are no failure; mistakes go to standard error.
fn usage(error: &clap::Error) -> ExitCode {
    // The word that starts the program's other errors, too.
    let text = error.render();
    let written = if error.use_stderr() {
        let text = if std::io::stderr().is_terminal() && wants_color() {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        write!(std::io::stderr(), "{}", text.replacen("error:", "Error:", 1))
    } else {
        error.print()
    };
    if error.use_stderr() || written.is_err() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// A reader that goes away (`kubescape ... | head`) is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Pages of 2 MB for the many small arenas of the allocator would cost half as much memory again.
#[cfg(target_os = "linux")]
fn use_small_pages(log: Log) {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        log.write(Level::Debug, &format!("huge pages stay on: {error}"));
    }
}

#[cfg(not(target_os = "linux"))]
fn use_small_pages(_: Log) {}

/// An interrupted scan leaves no half-written report, as reports are written beside their place and renamed, and none
/// of what it fetched.
fn stop_on_signal(log: Log, scratch: Scratch) {
    let stopped = ctrlc::set_handler(move || {
        log.write(Level::Error, "interrupted");
        scratch.remove_all();
        std::process::exit(1);
    });
    if let Err(error) = stopped {
        log.write(Level::Debug, &format!("signals are not handled: {error}"));
    }
}
