//! Portraits drawn by code: clearly drawings, of nobody.

mod canvas;
mod face;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use image::ExtendedColorType;
use image::codecs::jpeg::{JpegEncoder, PixelDensity};

use canvas::Canvas;

/// Width in pixels: 35 mm at 300 dpi.
pub const WIDTH: u32 = 413;
/// Height in pixels: 45 mm at 300 dpi.
pub const HEIGHT: u32 = 531;
/// A portrait has at least this many bytes (12 KB, whichever way a KB is counted).
pub const MIN_BYTES: usize = 12_288;
/// A portrait has at most this many bytes (20 KB, whichever way a KB is counted).
pub const MAX_BYTES: usize = 20_000;
/// The best quality of at most this many bytes is taken.
const AIM_BYTES: usize = 17_500;

/// Whom to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sitter {
    /// Decides everything that is not said below.
    pub seed: u64,
    /// How the hair is worn.
    pub hair: Hair,
    /// Age in years: the old get grey hair and lines.
    pub age: u8,
}

/// How the hair is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hair {
    /// Above the ears.
    Short,
    /// Over the shoulders.
    Long,
}

impl Sitter {
    /// A sitter about whom the seed decides everything.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let hair = if rng.next_u32() & 1 == 0 {
            Hair::Short
        } else {
            Hair::Long
        };
        let age = u8::try_from(18 + rng.next_u32() % 60).expect("18 to 77 fits in a byte");
        Self { seed, hair, age }
    }
}

/// Draws a face and encodes it as JPEG of [`MIN_BYTES`] to [`MAX_BYTES`], [`WIDTH`] by [`HEIGHT`] pixels. The same sitter is
/// drawn the same, byte for byte, on every machine.
#[must_use]
pub fn draw(sitter: &Sitter) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(sitter.seed ^ 0x706f_7274_7261_6974);
    let canvas = face::paint(sitter, &mut rng);
    fit(&canvas, &mut rng)
}

/// Encodes with the best quality below the aim; a little grain, as of paper, keeps the picture above
/// the lower bound.
fn fit(canvas: &Canvas, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut best = Vec::new();
    for strength in [1.5_f32, 3.0, 6.0, 12.0] {
        let rgb = canvas.to_rgb8(|| grain(rng) * strength);
        for quality in (30..=92).rev().step_by(2) {
            best = encode(&rgb, quality);
            if best.len() <= AIM_BYTES {
                break;
            }
        }
        if best.len() >= MIN_BYTES {
            return best;
        }
    }
    best
}

/// One grain, -1 to 1.
fn grain(rng: &mut ChaCha8Rng) -> f32 {
    let [byte, ..] = rng.next_u32().to_le_bytes();
    f32::from(byte) / 127.5 - 1.0
}

/// The picture as JPEG.
fn encode(rgb: &[u8], quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    encoder.set_pixel_density(PixelDensity::dpi(300));
    encoder
        .encode(rgb, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .expect("the buffer has three bytes for each pixel, and a vector takes everything");
    jpeg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_draws_a_picture_of_the_right_size_within_the_window() {
        for seed in 0..12 {
            let jpeg = draw(&Sitter::from_seed(seed));
            assert!(
                (MIN_BYTES..=MAX_BYTES).contains(&jpeg.len()),
                "seed {seed}: {} bytes",
                jpeg.len()
            );
            let picture = image::load_from_memory(&jpeg).unwrap();
            assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn the_youngest_and_the_oldest_fit_the_window_too() {
        for age in [0, 6, 101, 255] {
            for hair in [Hair::Short, Hair::Long] {
                let jpeg = draw(&Sitter { seed: 7, hair, age });
                assert!(
                    (MIN_BYTES..=MAX_BYTES).contains(&jpeg.len()),
                    "{age}: {} bytes",
                    jpeg.len()
                );
            }
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_bytes_and_another_seed_others() {
        let draw = |seed| draw(&Sitter::from_seed(seed));
        assert_eq!(draw(5), draw(5));
        assert_ne!(draw(5), draw(6));
    }
}
