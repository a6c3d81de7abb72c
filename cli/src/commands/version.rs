//! `kubescape version`

use serde::Serialize;

use crate::args::{VersionArguments, VersionFormat};
use crate::output::to_stdout;

#[derive(Serialize)]
struct Version<'a> {
    #[serde(rename = "version")]
    number: &'a str,
    commit: &'static str,
    date: &'static str,
}

/// Version of this build.
pub(crate) fn number() -> String {
    format!("v{}", env!("CARGO_PKG_VERSION"))
}

pub(crate) fn run(arguments: &VersionArguments) -> anyhow::Result<()> {
    let number = number();
    to_stdout(|output| match arguments.format {
        VersionFormat::Text => writeln!(output, "kubescape {number}"),
        VersionFormat::Json => {
            // Release builds set the two variables.
            let version = Version {
                number: &number,
                commit: option_env!("KUBESCAPE_COMMIT").unwrap_or("none"),
                date: option_env!("KUBESCAPE_BUILD_DATE").unwrap_or("unknown"),
            };
            serde_json::to_writer(&mut *output, &version)?;
            writeln!(output)
        }
    })
}
