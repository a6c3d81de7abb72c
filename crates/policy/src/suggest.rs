//! "Did you mean".

/// The candidate that is most like a mistyped word, if any is like it: one slip for every four letters, or the word is
/// how the candidate starts.
pub fn closest<'candidates>(
    word: &str,
    candidates: impl IntoIterator<Item = &'candidates str>,
) -> Option<&'candidates str> {
    /// A shorter word starts too many candidates.
    const SHORTEST_START: usize = 3;
    let word = word.trim().to_lowercase();
    let letters = word.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let slips = strsim::damerau_levenshtein(&word, &lower);
            let alike = slips <= (letters / 4).max(1);
            let starts = letters >= SHORTEST_START && lower.starts_with(&word);
            (alike || starts).then_some((slips, candidate))
        })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(closest(word, candidates.iter().copied()), expected, "{word}");
    }

    #[test]
    fn suggestions() {
        check("nsaa", &["MITRE", "NSA"], Some("NSA"));
        check("mirte", &["MITRE", "NSA"], Some("MITRE"));
        check("cis-v1.12", &["cis-v1.10.0", "cis-v1.12.0"], Some("cis-v1.12.0"));
        check("cis", &["NSA", "cis-v1.10.0"], Some("cis-v1.10.0"));
        check("c-0016", &["C-0013", "C-0016"], Some("C-0016"));
        check("C-9999", &["C-0299", "C-0199"], None);
        check("nope", &["NSA", "SOC2"], None);
        check("", &["NSA"], None);
    }
}
