//! `kubescape list frameworks|controls`

use std::io::Write;
use std::path::Path;

use kubescape_library::Library;
use serde::Serialize;

use crate::args::{ListArguments, ListFormat, ListWhat};
use crate::log::Log;
use crate::output::to_stdout;

#[derive(Serialize)]
struct ListedControl<'a> {
    id: &'a str,
    name: &'a str,
    frameworks: Vec<&'a str>,
}

pub(crate) fn run(arguments: &ListArguments, cache: &Path, log: Log) -> anyhow::Result<()> {
    for warning in arguments.account.check()? {
        log.warning(&warning);
    }
    let library = crate::library::load(&arguments.library, cache, log)?.library;
    match arguments.what {
        ListWhat::Frameworks => {
            let names: Vec<&str> = library
                .frameworks
                .iter()
                .map(|framework| framework.name.as_str())
                .collect();
            let hint = format!(
                "Scan for one: kubescape scan framework {} .",
                names.first().unwrap_or(&"NAME")
            );
            to_stdout(|output| self::names("Supported frameworks", &names, &hint, arguments.format, output))
        }
        ListWhat::Exceptions => {
            let names: Vec<&str> = library
                .exceptions
                .iter()
                .map(|policy| policy.name.as_str())
                .collect();
            let hint = "They hold unless --exceptions names a file of your own.";
            to_stdout(|output| self::names("Exceptions", &names, hint, arguments.format, output))
        }
        ListWhat::Controls => {
            let listed = listed_controls(&library);
            to_stdout(|output| controls(&listed, arguments.format, output))
        }
    }
}

fn listed_controls(library: &Library) -> Vec<ListedControl<'_>> {
    library
        .controls
        .iter()
        .map(|control| ListedControl {
            id: &control.id,
            name: &control.name,
            frameworks: library
                .frameworks
                .iter()
                .filter(|framework| framework.controls.binary_search(&control.id).is_ok())
                .map(|framework| framework.name.as_str())
                .collect(),
        })
        .collect()
}

fn names(
    title: &str,
    names: &[&str],
    hint: &str,
    format: ListFormat,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    match format {
        ListFormat::PrettyPrint => {
            writeln!(output, "{title}:\n")?;
            names.iter().try_for_each(|name| writeln!(output, "  {name}"))?;
            writeln!(output, "\n{hint}")
        }
        ListFormat::Json => json(&names, output),
        ListFormat::Yaml => names.iter().try_for_each(|name| writeln!(output, "- {name}")),
        ListFormat::Csv => {
            writeln!(output, "name")?;
            names
                .iter()
                .try_for_each(|name| writeln!(output, "{}", csv_field(name)))
        }
    }
}

fn controls(
    controls: &[ListedControl<'_>],
    format: ListFormat,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    match format {
        ListFormat::PrettyPrint => {
            for control in controls {
                writeln!(
                    output,
                    "{}  {}\n        {}",
                    control.id,
                    control.name,
                    control.frameworks.join(", ")
                )?;
            }
            Ok(())
        }
        ListFormat::Json => json(&controls, output),
        ListFormat::Yaml => {
            let node = kubescape_yaml::load_json(
                &serde_json::to_string(controls)?,
                &kubescape_yaml::Limits::default(),
            )
            .map_err(std::io::Error::other)?;
            output.write_all(kubescape_yaml::to_yaml(&node).as_bytes())
        }
        ListFormat::Csv => {
            writeln!(output, "id,name,frameworks")?;
            controls.iter().try_for_each(|control| {
                let frameworks = control.frameworks.join(";");
                writeln!(
                    output,
                    "{},{},{}",
                    control.id,
                    csv_field(control.name),
                    csv_field(&frameworks)
                )
            })
        }
    }
}

fn json<T: Serialize>(value: &T, output: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, value)?;
    writeln!(output)
}

/// RFC 4180: quotes around what holds a comma, a quote or a line end.
fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
