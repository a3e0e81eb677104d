//! Documents made strange: the same number gives the same document everywhere.

/// A generator of numbers (xorshift64*, Vigna 2016).
pub struct Dice(u64);

impl Dice {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(usize::MAX) % sides.max(1)
    }
}

/// Pieces at which readers stumble.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"</",
    b"/>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE x [",
    b"<?xml",
    b"&",
    b"&#0;",
    b"&#xffffffff;",
    b"&lt;",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[[[[[[[",
    b"(((((((((",
    b":not(",
    b"!",
    b",",
    b";",
    b"\t",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\x1b[2J",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3\x28",
    "\u{202e}".as_bytes(),
    "\u{301}\u{301}".as_bytes(),
    "İß\u{1f600}".as_bytes(),
    b"99999999999999999999",
    b"-0",
    b"1e999",
    b"NaN",
    b"0x",
    b"1.2.3",
    b"2026-02-30",
    b"24:60:61",
    b"+99:99",
    "понад".as_bytes(),
    "тис.".as_bytes(),
    "двохсот".as_bytes(),
    b"null",
    b"\\u0000",
    b"\\ud800",
    b"xmlns:a='",
    b"xml:base='//['",
    b"<item>",
    b"<script>",
    b"<table><tr>",
    b"<p><b><i>",
    b"..*",
    b"[?@.a",
    b"\"\"",
    b"=",
    b"L",
    b"#5",
];

/// One of the seeds, changed in a few places.
pub fn mutated(seeds: &[&[u8]], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds.get(dice.roll(seeds.len())).map(|seed| seed.to_vec()).unwrap_or_default();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let to = (at + dice.roll(40)).min(bytes.len());
        match dice.roll(7) {
            0 => drop(bytes.drain(at..to)),
            1 => drop(bytes.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
            2 => drop(bytes.splice(at..to, PIECES[dice.roll(PIECES.len())].iter().copied())),
            3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.roll(8)),
            4 => {
                let piece = bytes[at..to].repeat(1 + dice.roll(8));
                drop(bytes.splice(at..at, piece));
            }
            5 => bytes.truncate(at.max(bytes.len() / 2)),
            _ => {
                let other = seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len() + 1);
                let end = (from + dice.roll(200)).min(other.len());
                drop(bytes.splice(at..to, other[from..end].iter().copied()));
            }
        }
    }
    bytes
}
