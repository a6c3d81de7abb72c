//! `.helmignore`.

use regex::Regex;

use crate::glob::name_pattern;

/// Patterns of files that are no part of a chart.
#[derive(Default)]
pub(crate) struct Ignore {
    rules: Vec<Rule>,
}

struct Rule {
    pattern: Regex,
    negate: bool,
    only_folders: bool,
    whole_path: bool,
}

impl Ignore {
    /// Reads the patterns; the error names the bad one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut ignore = Self::default();
        for line in text.lines().chain(["templates/.?*"]) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.contains("**") {
                return Err(format!(
                    ".helmignore: {line:?}: double-star (**) syntax is not supported"
                ));
            }
            let (negate, line) = match line.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, line),
            };
            let (only_folders, line) = match line.strip_suffix('/') {
                Some(rest) => (true, rest),
                None => (false, line),
            };
            let whole_path = line.contains('/');
            let line = line.strip_prefix('/').unwrap_or(line);
            let pattern = name_pattern(line)
                .ok_or_else(|| format!(".helmignore: {line:?}: syntax error in pattern"))?;
            ignore.rules.push(Rule {
                pattern,
                negate,
                only_folders,
                whole_path,
            });
        }
        Ok(ignore)
    }

    /// Whether a path below the chart's root is left out. Negated patterns leave out all that they do not match.
    pub(crate) fn excludes(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.rules.iter().any(|rule| {
            let subject = if rule.whole_path { path } else { name };
            let matches = rule.pattern.is_match(subject);
            if rule.negate {
                if rule.only_folders && !is_folder {
                    return true;
                }
                return !matches;
            }
            matches && (is_folder || !rule.only_folders)
        })
    }

    /// Whether a file is left out, or a folder that it lies in.
    pub(crate) fn excludes_file(&self, path: &str) -> bool {
        let mut folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        self.excludes(path, false) || folders.any(|folder| self.excludes(folder, true))
    }
}
