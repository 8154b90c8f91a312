//! Where the eyes go.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::Rng;

use super::canvas::{Canvas, Rgb, Shape, Touch, mix};
use super::{HEIGHT, Hair, Sitter, WIDTH};

/// Everything that makes one face different from the next.
struct Features {
    skin: Rgb,
    hair: Rgb,
    iris: Rgb,
    cloth: Rgb,
    centre: f32,
    middle: f32,
    half_width: f32,
    half_height: f32,
    eye_gap: f32,
    eye_size: f32,
    brow: f32,
    nose: f32,
    mouth: f32,
    smile: f32,
    parting: f32,
    glasses: Glasses,
    long: bool,
    age: u8,
}

/// What sits on the nose.
#[derive(PartialEq)]
enum Glasses {
    Worn,
    None,
}

/// Paints a sitter.
pub(super) fn paint(sitter: &Sitter, rng: &mut ChaCha8Rng) -> Canvas {
    let wall = pick(rng, &WALLS);
    let f = Features::draw(sitter, rng);
    let mut canvas = Canvas::new(WIDTH, HEIGHT, wall, mix(wall, WHITE, 0.55));
    hair_behind(&mut canvas, &f);
    body(&mut canvas, &f);
    head(&mut canvas, &f);
    nose_and_mouth(&mut canvas, &f);
    for side in [-1.0, 1.0] {
        eye(&mut canvas, &f, side);
    }
    hair_in_front(&mut canvas, &f);
    if f.age > 45 {
        lines(&mut canvas, &f);
    }
    if f.glasses == Glasses::Worn {
        glasses(&mut canvas, &f);
    }
    canvas
}

impl Features {
    /// Draws the lots.
    fn draw(sitter: &Sitter, rng: &mut ChaCha8Rng) -> Self {
        let young = if sitter.age < 14 { 0.93 } else { 1.0 };
        let grey = (f32::from(sitter.age) - 48.0).clamp(0.0, 30.0) / 30.0;
        Self {
            skin: pick(rng, &SKINS),
            hair: mix(pick(rng, &HAIRS), GREY, grey),
            iris: pick(rng, &IRISES),
            cloth: pick(rng, &CLOTHS),
            centre: 206.5 + between(rng, -3.0, 3.0),
            middle: 268.0 + between(rng, -4.0, 4.0),
            half_width: between(rng, 112.0, 126.0),
            half_height: between(rng, 150.0, 162.0) * young,
            eye_gap: between(rng, 49.0, 56.0),
            eye_size: between(rng, 22.0, 26.0) / young,
            brow: between(rng, 28.0, 36.0),
            nose: between(rng, 48.0, 58.0) * young,
            mouth: between(rng, 30.0, 40.0),
            smile: between(rng, 2.0, 9.0),
            parting: between(rng, -28.0, 28.0),
            glasses: if rng.next_u32().is_multiple_of(4) {
                Glasses::Worn
            } else {
                Glasses::None
            },
            long: sitter.hair == Hair::Long,
            age: sitter.age,
        }
    }

    /// The skin in the shade.
    fn shade(&self, part: f32) -> Rgb {
        mix(self.skin, SHADOW, part)
    }

    /// The height of the eyes.
    fn eyes(&self) -> f32 {
        self.middle - 4.0
    }

    /// The outline of the head: a crown and a narrower jaw.
    fn outline(&self) -> Shape {
        let (x, y, w, h) = (self.centre, self.middle, self.half_width, self.half_height);
        Shape::Ellipse(x, y - h * 0.16, w, h * 0.84).or(Shape::Ellipse(x, y + h * 0.12, w * 0.88, h * 0.88))
    }
}

/// Long hair falls behind the shoulders.
fn hair_behind(canvas: &mut Canvas, f: &Features) {
    if !f.long {
        return;
    }
    let (x, y, w, h) = (f.centre, f.middle, f.half_width, f.half_height);
    let fall = Shape::Ellipse(x, y - h * 0.1, w + 26.0, h + 4.0)
        .or(Shape::Ellipse(x - w * 0.62, y + h * 0.75, w * 0.56, h * 0.95))
        .or(Shape::Ellipse(x + w * 0.62, y + h * 0.75, w * 0.56, h * 0.95));
    canvas.paint(&fall, mix(f.hair, BLACK, 0.25), Touch::Solid);
}

/// Neck, shirt, jacket.
fn body(canvas: &mut Canvas, f: &Features) {
    let x = f.centre;
    let chin = f.middle + f.half_height;
    let neck = Shape::Stroke(
        [(x, chin - 60.0), (x, chin), (x, chin + 60.0)],
        f.half_width * 0.42,
    );
    let jacket = Shape::Ellipse(x, 640.0, 218.0, 165.0);
    canvas.paint(&jacket, f.cloth, Touch::Solid);
    canvas.paint(
        &Shape::Ellipse(x, 640.0, 218.0, 165.0).and(collar(x, chin, 0.62)),
        WHITE,
        Touch::Solid,
    );
    canvas.paint(&neck, f.shade(0.10), Touch::Solid);
    let under_chin = Shape::Ellipse(x, chin, f.half_width * 0.60, 40.0).and(neck);
    canvas.paint(
        &under_chin,
        f.shade(0.45),
        Touch::Soft {
            opacity: 0.5,
            fade: 16.0,
        },
    );
    for side in [-1.0, 1.0] {
        let seam = [
            (x + side * 4.0, 531.0),
            (x + side * 22.0, 505.0),
            (x + side * 50.0, chin + 44.0),
        ];
        canvas.paint(&Shape::Stroke(seam, 1.4), mix(WHITE, SHADOW, 0.35), Touch::Solid);
    }
}

/// The opening of the jacket, upside down: wide at the neck.
fn collar(x: f32, chin: f32, spread: f32) -> Shape {
    Shape::Ellipse(x, chin + 18.0, 108.0 * spread + 10.0, 96.0)
}

/// Ears, face, cheeks.
fn head(canvas: &mut Canvas, f: &Features) {
    let (x, y) = (f.centre, f.middle);
    for side in [-1.0, 1.0] {
        let ear = Shape::Ellipse(x + side * (f.half_width - 1.0), y + 6.0, 15.0, 30.0);
        canvas.paint(&ear, f.shade(0.12), Touch::Solid);
        let shell = Shape::Ellipse(x + side * (f.half_width + 2.0), y + 6.0, 9.0, 20.0);
        canvas.paint(
            &shell,
            f.shade(0.35),
            Touch::Soft {
                opacity: 0.6,
                fade: 6.0,
            },
        );
    }
    canvas.paint(&f.outline(), f.skin, Touch::Solid);
    let side_light = f.outline().without(Shape::Ellipse(
        x - 16.0,
        y - 6.0,
        f.half_width,
        f.half_height + 4.0,
    ));
    canvas.paint(
        &side_light,
        f.shade(0.4),
        Touch::Soft {
            opacity: 0.5,
            fade: 14.0,
        },
    );
    for side in [-1.0, 1.0] {
        let cheek = Shape::Ellipse(x + side * f.half_width * 0.54, y + 50.0, 36.0, 27.0);
        canvas.paint(
            &cheek,
            BLUSH,
            Touch::Soft {
                opacity: 0.34,
                fade: 27.0,
            },
        );
    }
}

/// Nose and mouth.
fn nose_and_mouth(canvas: &mut Canvas, f: &Features) {
    let (x, y) = (f.centre, f.middle);
    let tip = f.eyes() + f.nose;
    let bridge = Shape::Stroke(
        [
            (x + 7.0, f.eyes() + 8.0),
            (x + 9.0, tip - 20.0),
            (x + 14.0, tip - 4.0),
        ],
        3.4,
    );
    canvas.paint(
        &bridge,
        f.shade(0.4),
        Touch::Soft {
            opacity: 0.6,
            fade: 4.0,
        },
    );
    let wings = Shape::Stroke([(x - 16.0, tip), (x, tip + 9.0), (x + 16.0, tip)], 2.4);
    canvas.paint(&wings, f.shade(0.55), Touch::Solid);
    let lips = y + f.half_height * 0.55;
    let w = f.mouth;
    canvas.paint(
        &Shape::Ellipse(x, lips + 6.0, w * 0.74, 11.0),
        LIPS,
        Touch::Soft {
            opacity: 0.8,
            fade: 4.0,
        },
    );
    canvas.paint(
        &Shape::Ellipse(x, lips - 2.0, w * 0.82, 7.5),
        LIPS,
        Touch::Soft {
            opacity: 0.85,
            fade: 3.0,
        },
    );
    let line = Shape::Stroke(
        [
            (x - w, lips - f.smile),
            (x, lips + f.smile),
            (x + w, lips - f.smile),
        ],
        1.7,
    );
    canvas.paint(&line, mix(LIPS, BLACK, 0.55), Touch::Solid);
}

/// One eye with its brow; `side` is -1 or 1.
fn eye(canvas: &mut Canvas, f: &Features, side: f32) {
    let (x, y, s) = (f.centre + side * f.eye_gap, f.eyes(), f.eye_size);
    let white = || Shape::Ellipse(x, y, s, s * 0.50);
    canvas.paint(
        &Shape::Ellipse(x, y - 2.0, s + 11.0, s * 0.86),
        f.shade(0.5),
        Touch::Soft {
            opacity: 0.35,
            fade: 10.0,
        },
    );
    canvas.paint(&white(), EYE_WHITE, Touch::Solid);
    canvas.paint(
        &Shape::Ellipse(x, y - 1.0, s * 0.46, s * 0.46).and(white()),
        f.iris,
        Touch::Solid,
    );
    canvas.paint(
        &Shape::Ellipse(x, y - 1.0, s * 0.22, s * 0.22).and(white()),
        BLACK,
        Touch::Solid,
    );
    canvas.paint(&Shape::Ellipse(x + 4.0, y - 5.0, 2.6, 2.6), WHITE, Touch::Solid);
    let lid = [(x - s - 1.0, y + 2.0), (x, y - s * 1.06), (x + s + 1.0, y + 2.0)];
    canvas.paint(&Shape::Stroke(lid, 2.2), mix(f.hair, BLACK, 0.4), Touch::Solid);
    let lower = [(x - s + 3.0, y + 4.0), (x, y + s), (x + s - 3.0, y + 4.0)];
    canvas.paint(&Shape::Stroke(lower, 0.9), f.shade(0.5), Touch::Solid);
    let b = y - f.brow;
    let brow = [
        (x - side * 28.0, b + 3.0),
        (x + side * 4.0, b - 10.0),
        (x + side * 32.0, b + 4.0),
    ];
    let thick = if f.long { 3.0 } else { 4.6 };
    canvas.paint(
        &Shape::Stroke(brow, thick),
        mix(f.hair, f.skin, 0.12),
        Touch::Solid,
    );
}

/// The hair over the forehead.
fn hair_in_front(canvas: &mut Canvas, f: &Features) {
    let (x, y, w, h) = (f.centre, f.middle, f.half_width, f.half_height);
    let crown = || Shape::Ellipse(x, y - h * 0.22, w + 13.0, h * 0.92);
    let forehead = Shape::Ellipse(x + f.parting * 0.5, y + h * 0.34, w * 1.02, h * 0.96).or(Shape::Ellipse(
        x + f.parting,
        y + h * 0.10,
        w * 0.72,
        h * 0.80,
    ));
    let reach = if f.long { y + 52.0 } else { y - 22.0 };
    let cap = crown().without(forehead).and(Shape::Above(reach));
    canvas.paint(&cap, f.hair, Touch::Solid);
    for i in 0u8..6 {
        let start = x - 0.55 * w + f32::from(i) * 0.22 * w;
        let strand = [
            (x + f.parting * 0.6, y - h * 1.08),
            (start, y - h * 1.02),
            (start + (start - x) * 0.4, y - h * 0.72),
        ];
        canvas.paint(
            &Shape::Stroke(strand, 1.8),
            mix(f.hair, WHITE, 0.22),
            Touch::Soft {
                opacity: 0.5,
                fade: 2.0,
            },
        );
    }
}

/// What the years draw.
fn lines(canvas: &mut Canvas, f: &Features) {
    let (x, y) = (f.centre, f.middle);
    let depth = (f32::from(f.age) - 40.0).clamp(5.0, 50.0) / 100.0;
    let soft = Touch::Soft {
        opacity: depth + 0.15,
        fade: 2.5,
    };
    for side in [-1.0, 1.0] {
        let fold = [
            (x + side * 26.0, y + 52.0),
            (x + side * 44.0, y + 66.0),
            (x + side * 46.0, y + 92.0),
        ];
        canvas.paint(&Shape::Stroke(fold, 2.6), f.shade(0.6), soft);
        for i in 0u8..2 {
            let dy = f32::from(i) * 9.0;
            let ex = x + side * (f.eye_gap + f.eye_size + 5.0);
            let crow = [
                (ex, y - 4.0 + dy),
                (ex + side * 8.0, y - 5.0 + dy),
                (ex + side * 14.0, y - 9.0 + dy * 1.6),
            ];
            canvas.paint(&Shape::Stroke(crow, 2.0), f.shade(0.6), soft);
        }
    }
    for i in 0u8..2 {
        let brow = y - f.half_height * 0.44 - f32::from(i) * 14.0;
        let crease = [(x - 42.0, brow), (x, brow - 6.0), (x + 42.0, brow)];
        canvas.paint(&Shape::Stroke(crease, 2.2), f.shade(0.6), soft);
    }
}

/// Thin frames.
fn glasses(canvas: &mut Canvas, f: &Features) {
    let (x, y) = (f.centre, f.eyes() + 2.0);
    for side in [-1.0, 1.0] {
        let rim = Shape::Ellipse(x + side * f.eye_gap, y, 38.0, 29.0);
        canvas.paint(&Shape::Edge(Box::new(rim), 1.8), FRAME, Touch::Solid);
        let temple = [
            (x + side * (f.eye_gap + 37.0), y - 5.0),
            (x + side * f.half_width * 0.9, y - 8.0),
            (x + side * (f.half_width + 2.0), y - 8.0),
        ];
        canvas.paint(&Shape::Stroke(temple, 1.8), FRAME, Touch::Solid);
    }
    let inner = f.eye_gap - 37.0;
    canvas.paint(
        &Shape::Stroke([(x - inner, y - 4.0), (x, y - 11.0), (x + inner, y - 4.0)], 1.8),
        FRAME,
        Touch::Solid,
    );
}

/// One of a list.
fn pick(rng: &mut ChaCha8Rng, of: &[Rgb]) -> Rgb {
    let n = rng.next_u32() as usize % of.len().max(1);
    of.get(n).copied().unwrap_or(GREY)
}

/// A number between two others.
fn between(rng: &mut ChaCha8Rng, low: f32, high: f32) -> f32 {
    let [a, b, ..] = rng.next_u32().to_le_bytes();
    low + (high - low) * f32::from(u16::from_le_bytes([a, b])) / 65_535.0
}

const WHITE: Rgb = [250.0, 250.0, 250.0];
const BLACK: Rgb = [24.0, 20.0, 20.0];
const GREY: Rgb = [188.0, 188.0, 190.0];
const SHADOW: Rgb = [112.0, 66.0, 48.0];
const BLUSH: Rgb = [226.0, 120.0, 110.0];
const LIPS: Rgb = [196.0, 98.0, 96.0];
const EYE_WHITE: Rgb = [250.0, 248.0, 244.0];
const FRAME: Rgb = [52.0, 50.0, 58.0];
const SKINS: [Rgb; 5] = [
    [245.0, 214.0, 184.0],
    [238.0, 203.0, 170.0],
    [228.0, 189.0, 153.0],
    [216.0, 174.0, 138.0],
    [203.0, 158.0, 122.0],
];
const HAIRS: [Rgb; 4] = [
    [30.0, 26.0, 28.0],
    [38.0, 30.0, 28.0],
    [52.0, 38.0, 30.0],
    [66.0, 46.0, 34.0],
];
const IRISES: [Rgb; 3] = [[70.0, 44.0, 26.0], [92.0, 58.0, 32.0], [54.0, 38.0, 30.0]];
const CLOTHS: [Rgb; 6] = [
    [44.0, 62.0, 92.0],
    [64.0, 66.0, 74.0],
    [120.0, 52.0, 56.0],
    [46.0, 92.0, 84.0],
    [106.0, 84.0, 120.0],
    [150.0, 116.0, 70.0],
];
const WALLS: [Rgb; 4] = [
    [186.0, 208.0, 228.0],
    [196.0, 214.0, 206.0],
    [208.0, 208.0, 222.0],
    [222.0, 212.0, 196.0],
];
