//! "Did you mean".

/// The candidate that is most like a mistyped word, if any is like it.
pub fn closest<'candidates>(
    word: &str,
    candidates: impl IntoIterator<Item = &'candidates str>,
) -> Option<&'candidates str> {
    /// Below this likeness (0 to 1) a suggestion would only confuse.
    const LIKE: f64 = 0.72;
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
