//! Changes that keep most of the structure of a seed.

/// A seed with up to eight changes. `pieces` are texts that the parser cares about.
pub(super) fn mutated(seeds: &[Vec<u8>], pieces: &[&[u8]], random: &mut fastrand::Rng) -> Vec<u8> {
    let pick = |random: &mut fastrand::Rng| random.choice(seeds).cloned().unwrap_or_default();
    let mut input = pick(random);
    for _ in 0..random.usize(1..=8) {
        let at = random.usize(0..=input.len());
        let until = (at + random.usize(0..=32)).min(input.len());
        match random.u8(0..6) {
            0 => drop(input.splice(at..until, [])),
            1 => drop(input.splice(
                at..at,
                random.choice(pieces).copied().unwrap_or_default().iter().copied(),
            )),
            2 => {
                let other = pick(random);
                let from = random.usize(0..=other.len());
                drop(input.splice(at..until, other.into_iter().skip(from).take(64)));
            }
            3 => {
                let repeated = input
                    .get(at..until)
                    .unwrap_or_default()
                    .repeat(random.usize(1..=16));
                drop(input.splice(at..at, repeated));
            }
            // Nesting: the same opening many times.
            4 if random.u8(0..8) == 0 => {
                let piece = random.choice(pieces).copied().unwrap_or_default();
                drop(input.splice(at..at, piece.repeat(random.usize(1..=4_096))));
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.u8(0..8);
                }
            }
        }
    }
    input
}
