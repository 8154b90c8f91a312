//! The numbers of the curves, once, in the notation of their standards: the arithmetic and the table of domain
//! parameters are both made from them.

/// The parameters of `y² = x³ + ax + b` over GF(p) with a generator (gx, gy) of prime order n, in hexadecimal.
pub(super) struct Hex {
    pub p: &'static str,
    pub a: &'static str,
    pub b: &'static str,
    pub gx: &'static str,
    pub gy: &'static str,
    pub n: &'static str,
}

/// FIPS 186-5, SP 800-186 §3.2.1.3.
pub(super) const P256: Hex = Hex {
    p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
    b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    gx: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    gy: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
};

/// FIPS 186-5, SP 800-186 §3.2.1.4.
pub(super) const P384: Hex = Hex {
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
    b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    gx: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    gy: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
};

/// RFC 5639 §3.4.
pub(super) const BRAINPOOL_P256R1: Hex = Hex {
    p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
    a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
    b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
    gx: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
    gy: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
    n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
};

/// RFC 5639 §3.6.
pub(super) const BRAINPOOL_P384R1: Hex = Hex {
    p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
    a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
    b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
    gx: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
    gy: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
    n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
};

/// Reads a hexadecimal constant at compile time; a constant of another length does not compile.
pub(super) const fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    assert!(hex.len() == 2 * N, "wrong length of a curve constant");
    let mut out = [0; N];
    fill(&mut out, 0, hex);
    out
}

/// Makes the uncompressed form of a point (`04`, x, y) at compile time.
pub(super) const fn point<const N: usize>(x: &str, y: &str) -> [u8; N] {
    assert!(
        x.len() == y.len() && x.len() + y.len() == 2 * (N - 1),
        "wrong length of a curve constant"
    );
    let mut out = [0; N];
    out[0] = 0x04;
    fill(&mut out, 1, x);
    fill(&mut out, 1 + x.len() / 2, y);
    out
}

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time only, where a wrong index is an error"
)]
const fn fill(out: &mut [u8], start: usize, hex: &str) {
    let digits = hex.as_bytes();
    let mut i = 0;
    while i < digits.len() {
        out[start + i / 2] = out[start + i / 2] << 4 | nibble(digits[i]);
        i += 1;
    }
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("not a lower case hexadecimal digit"),
    }
}
