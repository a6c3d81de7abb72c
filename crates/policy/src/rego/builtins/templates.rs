//! `strings.render_template`: Go's templates, without functions of others.

use anyhow::{Result, anyhow, bail};
use kubescape_gotemplate::{Engine as Templates, Functions, Limits, json};
use regorus::{Engine, Value};

use super::{add, argument, string};

/// What the template engine writes where a map has no such key.
const NOTHING: &str = "<no value>";

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    add(engine, "strings.render_template", 2, |arguments| {
        let data = serde_json::to_vec(argument(arguments, 1)?)?;
        let data = json::read(&data).map_err(|error| anyhow!(error))?;
        let templates = Templates::new(Functions::builtin(), Limits::default());
        templates.parse("template", string(arguments, 0)?)?;
        let text = templates.render("template", &data)?.text;
        let text = String::from_utf8_lossy(&text).into_owned();
        if text.contains(NOTHING) {
            bail!("the template asks for what is not there");
        }
        Ok(Value::from(text))
    })
}
