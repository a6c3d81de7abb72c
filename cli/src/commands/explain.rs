//! `kubescape explain ID`: the page of a control.

use anyhow::bail;
use kubescape_policy::closest;
use kubescape_report::control_page;

use crate::args::ExplainArguments;
use crate::log::Log;
use crate::output::to_stdout;

pub(crate) fn run(arguments: &ExplainArguments, cache: &std::path::Path, log: Log) -> anyhow::Result<()> {
    let library = crate::library::load(&arguments.library, cache, log)?.library;
    let id = arguments.control.trim();
    let Some(control) = library.control(id) else {
        let hint = closest(id, library.controls.iter().map(|control| control.id.as_str()));
        let hint = hint.map_or_else(
            || "`kubescape list controls` shows all".to_owned(),
            |id| format!("did you mean {id}?"),
        );
        bail!("there is no control {id:?}; {hint}");
    };
    let rules: Vec<_> = control
        .rules
        .iter()
        .filter_map(|name| library.rules.get(name))
        .collect();
    let page = control_page(control, library.texts(&control.id), &rules);
    to_stdout(|output| output.write_all(page.as_bytes()))
}
