//! Random models follow from a seed: the same everywhere.

/// Numbers that follow from a seed (splitmix64).
pub(crate) struct Bron(pub(crate) u64);

impl Bron {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// From `low` to `high`, both included.
    pub(crate) fn van(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }
    /// In one of `out_of` cases.
    pub(crate) fn soms(&mut self, out_of: u64) -> bool {
        self.next().is_multiple_of(out_of)
    }
    /// One of a list.
    pub(crate) fn kies<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.van(0, list.len() as u64 - 1) as usize]
    }
}
