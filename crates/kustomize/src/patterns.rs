//! Regular expressions in Go's dialect: braces that repeat nothing stand for themselves.

use kubescape_gotemplate::sprig::regexes::translate;
use regex::{Regex, RegexBuilder};

/// Most bytes that a compiled expression may take.
const BYTES: usize = 16 << 20;

/// An expression that is found anywhere in a text.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    compile_as(pattern, pattern)
}

/// An expression for a whole text.
pub(crate) fn compile_whole(pattern: &str) -> Result<Regex, String> {
    compile_as(pattern, &format!("^(?:{pattern})$"))
}

fn compile_as(shown: &str, pattern: &str) -> Result<Regex, String> {
    let failed = || format!("error parsing regexp: {shown:?}");
    let translated = translate(pattern).map_err(|reason| format!("{}: {reason}", failed()))?;
    RegexBuilder::new(&translated)
        .size_limit(BYTES)
        .build()
        .map_err(|_| failed())
}
