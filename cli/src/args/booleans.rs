//! `--flag=true` and `--flag=false`, as command lines written for Go programs have them.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The arguments with `--flag=true` as `--flag`, and without `--flag=false`, for flags that take no value.
pub(crate) fn without_values(arguments: impl Iterator<Item = OsString>, command: &Command) -> Vec<OsString> {
    let mut switches = BTreeSet::new();
    collect(command, &mut switches);
    let mut options_are_over = false;
    arguments
        .filter_map(|argument| {
            options_are_over |= argument == "--";
            let switch = argument
                .to_str()
                .and_then(|text| text.strip_prefix("--")?.split_once('='))
                .filter(|(name, _)| !options_are_over && switches.contains(*name))
                .and_then(|(name, value)| Some((format!("--{name}"), boolean(value).ok()?)));
            match switch {
                Some((flag, true)) => Some(flag.into()),
                Some((_, false)) => None,
                None => Some(argument),
            }
        })
        .collect()
}

/// What Go's `strconv.ParseBool` takes for a truth value.
pub(crate) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}

/// Long names of the flags without a value, of the command and all below it.
fn collect(command: &Command, switches: &mut BTreeSet<String>) {
    for argument in command.get_arguments() {
        if matches!(argument.get_action(), ArgAction::SetTrue)
            && let Some(name) = argument.get_long()
        {
            switches.insert(name.to_owned());
        }
    }
    for below in command.get_subcommands() {
        collect(below, switches);
    }
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    #[track_caller]
    fn check(arguments: &str, expected: &str) {
        let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
        let command = Command::new("a")
            .arg(Arg::new("name").long("name"))
            .subcommand(Command::new("b").arg(flag("verbose")));
        let found = without_values(arguments.split(' ').map(OsString::from), &command);
        assert_eq!(found.join(std::ffi::OsStr::new(" ")), OsString::from(expected));
    }

    #[test]
    fn switches() {
        check("a b --verbose=true", "a b --verbose");
        check("a b --verbose=0 x", "a b x");
        check("a b --verbose", "a b --verbose");
        check("a b --verbose=perhaps", "a b --verbose=perhaps");
        check("a --name=true b", "a --name=true b");
        check("a b -- --verbose=true", "a b -- --verbose=true");
    }
}
