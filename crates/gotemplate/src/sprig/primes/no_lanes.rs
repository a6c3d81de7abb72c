//! Processors that do not test eight candidates at once.

/// Numbers that would be side by side.
pub(super) const LANES: usize = 8;

/// No value exists.
#[derive(Clone, Copy)]
pub(super) enum Lanes {}

impl Lanes {
    pub(super) fn detect() -> Option<Self> {
        None
    }

    pub(super) fn fermat<const N: usize, const L: usize>(self, _: &[[u64; N]; LANES]) -> [bool; LANES] {
        match self {}
    }

    pub(super) fn miller_rabin<const N: usize, const L: usize>(
        self,
        _: &[u64; N],
        _: &[u64; N],
        _: u32,
        _: &[[u64; N]; LANES],
    ) -> bool {
        match self {}
    }
}
