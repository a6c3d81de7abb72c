//! Messages about the run, on standard error.

use std::io::{IsTerminal, Write};
use std::str::FromStr;

use anstyle::{AnsiColor, Style};

use crate::args::GlobalArguments;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// For those who look for a mistake.
    Debug,
    /// What happens.
    Info,
    /// What went well.
    Success,
    /// What may be wrong.
    Warning,
    /// What is wrong.
    Error,
    /// Why the run ends.
    Fatal,
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "debug" => Self::Debug,
            "info" => Self::Info,
            "success" => Self::Success,
            "warning" | "warn" => Self::Warning,
            "error" => Self::Error,
            "fatal" => Self::Fatal,
            _ => return Err("expected debug, info, success, warning, error or fatal".to_owned()),
        })
    }
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    fn icon(self) -> (&'static str, AnsiColor) {
        match self {
            Self::Debug => ("·", AnsiColor::BrightBlack),
            Self::Info => ("ℹ", AnsiColor::Blue),
            Self::Success => ("✓", AnsiColor::Green),
            Self::Warning => ("!", AnsiColor::Yellow),
            Self::Error | Self::Fatal => ("✗", AnsiColor::Red),
        }
    }
}

/// Whether terminals may get colours: <https://no-color.org>, and those that know none.
pub(crate) fn wants_color() -> bool {
    variable("NO_COLOR").is_none() && variable("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Writes messages from a level upwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    level: Level,
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Coloured,
    Plain,
    Json,
    Silent,
}

impl Log {
    /// The log that the arguments and the environment ask for.
    pub(crate) fn new(arguments: &GlobalArguments) -> Result<Self, String> {
        let plain = if std::io::stderr().is_terminal() && wants_color() {
            Format::Coloured
        } else {
            Format::Plain
        };
        let name = arguments
            .logger_name
            .clone()
            .or_else(|| variable("KS_LOGGER_NAME"));
        let format = match name.as_deref() {
            Some("zap" | "json") => Format::Json,
            Some("none" | "mock" | "empty") => Format::Silent,
            _ => plain,
        };
        let level = match (arguments.logger, variable("KS_LOGGER")) {
            (Some(level), _) => level,
            (None, Some(text)) => text
                .parse()
                .map_err(|error| format!("KS_LOGGER={text:?}: {error}"))?,
            (None, None) => Level::Info,
        };
        Ok(Self { level, format })
    }

    /// Whether messages of a level are written.
    pub(crate) fn writes(self, level: Level) -> bool {
        level >= self.level && self.format != Format::Silent
    }

    /// Whether the user asked to hear of problems only.
    pub(crate) fn writes_only_problems(self) -> bool {
        self.level >= Level::Warning
    }

    /// Writes a message. Standard error that cannot be written to is nobody's failure.
    pub(crate) fn write(self, level: Level, message: &str) {
        // The reason for the exit code is said even when other messages are not wanted.
        if !self.writes(level) && level != Level::Fatal {
            return;
        }
        let message = &visible(message);
        let mut stderr = std::io::stderr().lock();
        let _ = match self.format {
            Format::Json => {
                let line = serde_json::json!({"level": level.name(), "msg": message});
                writeln!(stderr, "{line}")
            }
            Format::Coloured => {
                let (icon, color) = level.icon();
                let style = Style::new().fg_color(Some(color.into())).bold();
                writeln!(stderr, "{style}{icon}{style:#} {}", prefixed(level, message))
            }
            Format::Plain | Format::Silent => writeln!(stderr, "{}", prefixed(level, message)),
        };
    }

    pub(crate) fn warning(self, message: &str) {
        self.write(Level::Warning, message);
    }
}

/// A variable of the environment that says something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Messages name files and quote what is in them; the terminal must not obey them.
fn visible(message: &str) -> String {
    let obeyed = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    message
        .chars()
        .map(|character| if obeyed(character) { '\u{fffd}' } else { character })
        .collect()
}

/// Failures start with the word that other tools look for.
fn prefixed(level: Level, message: &str) -> String {
    match level {
        Level::Fatal => format!("Error: {message}"),
        Level::Error => format!("error: {message}"),
        Level::Warning => format!("warning: {message}"),
        Level::Debug | Level::Info | Level::Success => message.to_owned(),
    }
}
