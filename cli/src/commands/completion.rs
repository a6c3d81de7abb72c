//! `kubescape completion SHELL`

use clap::CommandFactory;

use crate::args::{Arguments, CompletionArguments};
use crate::output::to_stdout;

pub(crate) fn run(arguments: &CompletionArguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "kubescape",
        &mut script,
    );
    to_stdout(|output| output.write_all(&script))
}
