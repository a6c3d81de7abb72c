//! `regex.*` in Go's syntax, without a limit on the size of expressions short of abuse.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Result, anyhow};
use kubescape_gotemplate::sprig::regexes::translate;
use regex::{Regex, RegexBuilder};
use regorus::{Engine, Value};

use super::bounds::{LONGEST_TEXT, add as bounded, too_much};
use super::{add, count, string};

/// Compiled size to which an expression may grow. OPA's engine has no limit; this one only stops abuse.
const REGEX_BYTES: usize = 16 << 20;
/// Compiled expressions that are kept.
const REGEX_CACHE: usize = 512;

/// Compiled expressions, shared by all rules of a scan.
#[derive(Clone, Default)]
pub(super) struct Expressions(Arc<RwLock<HashMap<Arc<str>, Regex>>>);

impl Expressions {
    fn get(&self, pattern: &Arc<str>) -> Result<Regex> {
        self.get_or(pattern, || {
            let translated = translate(pattern).map_err(|error| anyhow!(error))?;
            Ok(RegexBuilder::new(&translated).size_limit(REGEX_BYTES).build()?)
        })
    }

    /// The expression that is kept under a name, or else is compiled.
    pub(super) fn get_or(
        &self,
        pattern: &Arc<str>,
        compile: impl FnOnce() -> Result<Regex>,
    ) -> Result<Regex> {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
            return Ok(found.clone());
        }
        let compiled = compile()?;
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= REGEX_CACHE {
            cache.clear();
        }
        cache.insert(Arc::clone(pattern), compiled.clone());
        Ok(compiled)
    }
}

pub(super) fn install(engine: &mut Engine) -> Result<()> {
    let expressions = Expressions::default();
    // The second name is how older policies call it.
    for name in ["kubescape_regex_match", "re_match"] {
        let regexes = expressions.clone();
        add(engine, name, 2, move |arguments| {
            Ok(Value::from(
                regexes
                    .get(string(arguments, 0)?)?
                    .is_match(string(arguments, 1)?),
            ))
        })?;
    }
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_is_valid", 1, move |arguments| {
        Ok(Value::from(
            string(arguments, 0).is_ok_and(|pattern| regexes.get(pattern).is_ok()),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_split", 2, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        Ok(Value::from(split(&regex, string(arguments, 1)?)))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_find_n", 3, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        let found = regex.find_iter(string(arguments, 1)?).take(count(arguments, 2)?);
        Ok(Value::from(
            found.map(|found| Value::from(found.as_str())).collect::<Vec<_>>(),
        ))
    })?;
    let regexes = expressions.clone();
    add(engine, "kubescape_regex_find_submatch", 3, move |arguments| {
        let regex = regexes.get(string(arguments, 0)?)?;
        let found = regex
            .captures_iter(string(arguments, 1)?)
            .take(count(arguments, 2)?)
            .map(|groups| {
                Value::from(
                    groups
                        .iter()
                        .map(|group| Value::from(group.map_or("", |group| group.as_str())))
                        .collect::<Vec<_>>(),
                )
            });
        Ok(Value::from(found.collect::<Vec<_>>()))
    })?;
    bounded(engine, "kubescape_regex_replace", 3, move |arguments| {
        let regex = expressions.get(string(arguments, 1)?)?;
        let (text, new) = (string(arguments, 0)?, string(arguments, 2)?);
        let mut replaced = String::with_capacity(text.len());
        let mut last = 0;
        for groups in regex.captures_iter(text) {
            let Some(found) = groups.get(0) else { continue };
            replaced.push_str(text.get(last..found.start()).unwrap_or_default());
            groups.expand(new, &mut replaced);
            last = found.end();
            if replaced.len() > LONGEST_TEXT {
                return Err(too_much("regex.replace", "bytes", LONGEST_TEXT));
            }
        }
        replaced.push_str(text.get(last..).unwrap_or_default());
        Ok(Value::from(replaced))
    })
}

/// What stands between the matches; nothing before a match that is empty and stands first.
fn split(regex: &Regex, text: &str) -> Vec<Value> {
    if text.is_empty() && !regex.as_str().is_empty() {
        return vec![Value::from("")];
    }
    let mut parts = Vec::new();
    let (mut start, mut last) = (0, 0);
    for found in regex.find_iter(text) {
        last = found.start();
        if found.end() != 0 {
            parts.push(Value::from(text.get(start..last).unwrap_or_default()));
        }
        start = found.end();
    }
    if last != text.len() {
        parts.push(Value::from(text.get(start..).unwrap_or_default()));
    }
    parts
}
