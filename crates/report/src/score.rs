//! Scores as people read them.

/// A score from 0 to 100 as a whole number: rounded, but never 100 unless it is 100.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=100"
)]
pub fn whole_score(score: f32) -> u32 {
    let rounded = score.clamp(0.0, 100.0).round() as u32;
    if rounded == 100 && score < 100.0 {
        99
    } else {
        rounded
    }
}

/// A score as a percentage.
pub(crate) fn percent(score: f32) -> String {
    format!("{}%", whole_score(score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_is_whole() {
        assert_eq!(
            [0.0, 49.5, 99.5, 99.999, 100.0].map(whole_score),
            [0, 50, 99, 99, 100]
        );
    }
}
