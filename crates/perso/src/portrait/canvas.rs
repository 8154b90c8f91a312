//! A small painter: shapes as signed distances, edges smoothed over one pixel.
//!
//! Only `+ - * /` and square roots are used, which every machine computes alike: a seed draws the same bytes everywhere.

/// A colour, red green blue, each 0 to 255.
pub(super) type Rgb = [f32; 3];

/// A picture being painted.
pub(super) struct Canvas {
    width: u32,
    pixels: Vec<Rgb>,
}

/// Something that can be painted: how far a point lies outside its edge, in pixels; negative inside.
pub(super) enum Shape {
    /// Centre and half axes.
    Ellipse(f32, f32, f32, f32),
    /// A stroke along a curve from the first point over the control point to the last, of this half width.
    Stroke([(f32, f32); 3], f32),
    /// Everything above this line.
    Above(f32),
    /// The first without the second.
    Without(Box<Shape>, Box<Shape>),
    /// Where both are.
    Both(Box<Shape>, Box<Shape>),
    /// Where either is.
    Either(Box<Shape>, Box<Shape>),
    /// The edge alone, of this half width.
    Edge(Box<Shape>, f32),
}

/// How dense a shape is painted.
#[derive(Clone, Copy)]
pub(super) enum Touch {
    /// Covers what lies below.
    Solid,
    /// Lets what lies below shine through; fades towards the edge.
    Soft {
        /// Opacity in the middle, 0 to 1.
        opacity: f32,
        /// Width of the fade in pixels, from the edge inwards.
        fade: f32,
    },
}

impl Shape {
    /// The first without the second.
    pub(super) fn without(self, other: Shape) -> Shape {
        Shape::Without(Box::new(self), Box::new(other))
    }

    /// Where both are.
    pub(super) fn and(self, other: Shape) -> Shape {
        Shape::Both(Box::new(self), Box::new(other))
    }

    /// Where either is.
    pub(super) fn or(self, other: Shape) -> Shape {
        Shape::Either(Box::new(self), Box::new(other))
    }

    /// Distance of a point to the edge, negative inside.
    fn distance(&self, x: f32, y: f32) -> f32 {
        match self {
            Self::Ellipse(cx, cy, rx, ry) => ellipse(x - cx, y - cy, *rx, *ry),
            Self::Stroke([a, b, c], half) => stroke((x, y), *a, *b, *c) - half,
            Self::Above(line) => y - line,
            Self::Without(a, b) => a.distance(x, y).max(-b.distance(x, y)),
            Self::Both(a, b) => a.distance(x, y).max(b.distance(x, y)),
            Self::Either(a, b) => a.distance(x, y).min(b.distance(x, y)),
            Self::Edge(a, half) => a.distance(x, y).abs() - half,
        }
    }

    /// Left, top, right, bottom beyond which nothing is painted.
    fn bounds(&self) -> [f32; 4] {
        const ALL: f32 = 1.0e6;
        match self {
            Self::Ellipse(cx, cy, rx, ry) => [cx - rx, cy - ry, cx + rx, cy + ry],
            Self::Stroke([a, b, c], half) => [
                a.0.min(b.0).min(c.0) - half,
                a.1.min(b.1).min(c.1) - half,
                a.0.max(b.0).max(c.0) + half,
                a.1.max(b.1).max(c.1) + half,
            ],
            Self::Above(line) => [-ALL, -ALL, ALL, *line],
            Self::Without(a, _) => a.bounds(),
            Self::Both(a, b) => {
                let ([l, t, r, bo], [l2, t2, r2, bo2]) = (a.bounds(), b.bounds());
                [l.max(l2), t.max(t2), r.min(r2), bo.min(bo2)]
            }
            Self::Either(a, b) => {
                let ([l, t, r, bo], [l2, t2, r2, bo2]) = (a.bounds(), b.bounds());
                [l.min(l2), t.min(t2), r.max(r2), bo.max(bo2)]
            }
            Self::Edge(a, half) => {
                let [l, t, r, b] = a.bounds();
                [l - half, t - half, r + half, b + half]
            }
        }
    }
}

impl Canvas {
    /// A canvas that runs from the first colour at the top to the second at the bottom.
    pub(super) fn new(width: u32, height: u32, top: Rgb, bottom: Rgb) -> Self {
        let pixels = (0..height)
            .flat_map(|y| {
                let colour = mix(top, bottom, as_f32(y) / as_f32(height.max(1)));
                (0..width).map(move |_| colour)
            })
            .collect();
        Self { width, pixels }
    }

    /// Paints a shape.
    pub(super) fn paint(&mut self, shape: &Shape, colour: Rgb, touch: Touch) {
        let (opacity, edge, fade) = match touch {
            Touch::Solid => (1.0, 0.5, 1.0),
            Touch::Soft { opacity, fade } => (opacity, 0.0, fade),
        };
        let [left, top, right, bottom] = shape.bounds();
        let width = self.width as usize;
        for (row, y) in self.pixels.chunks_exact_mut(width).zip(0u32..) {
            let y = as_f32(y) + 0.5;
            if y < top - 1.0 || y > bottom + 1.0 {
                continue;
            }
            for (pixel, x) in row.iter_mut().zip(0u32..) {
                let x = as_f32(x) + 0.5;
                if x < left - 1.0 || x > right + 1.0 {
                    continue;
                }
                let cover = (edge - shape.distance(x, y) / fade).clamp(0.0, 1.0) * opacity;
                if cover > 0.0 {
                    *pixel = mix(*pixel, colour, cover);
                }
            }
        }
    }

    /// The picture as bytes, red green blue, each pixel changed by what `grain` returns.
    pub(super) fn to_rgb8(&self, mut grain: impl FnMut() -> f32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pixels.len() * 3);
        for pixel in &self.pixels {
            let grain = grain();
            bytes.extend(pixel.iter().map(|channel| to_u8(channel + grain)));
        }
        bytes
    }
}

/// Goes from the first colour (0) to the second (1).
pub(super) fn mix(from: Rgb, to: Rgb, part: f32) -> Rgb {
    let ([r, g, b], [r2, g2, b2]) = (from, to);
    [r + (r2 - r) * part, g + (g2 - g) * part, b + (b2 - b) * part]
}

/// Distance to an ellipse around the origin; exact at the edge, close enough elsewhere.
fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> f32 {
    let k0 = (x * x / (rx * rx) + y * y / (ry * ry)).sqrt();
    let k1 = (x * x / (rx * rx * rx * rx) + y * y / (ry * ry * ry * ry)).sqrt();
    if k1 < 1.0e-6 {
        -rx.min(ry)
    } else {
        k0 * (k0 - 1.0) / k1
    }
}

/// Distance to a quadratic curve, as eight straight pieces.
fn stroke(p: (f32, f32), a: (f32, f32), b: (f32, f32), c: (f32, f32)) -> f32 {
    const PIECES: u32 = 8;
    let at = |i: u32| {
        let t = as_f32(i) / as_f32(PIECES);
        let (u, v, w) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
        (u * a.0 + v * b.0 + w * c.0, u * a.1 + v * b.1 + w * c.1)
    };
    (0..PIECES)
        .map(|i| segment(p, at(i), at(i + 1)))
        .fold(f32::MAX, f32::min)
}

/// Distance to a straight piece.
fn segment(p: (f32, f32), a: (f32, f32), b: (f32, f32)) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 {
        ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length
    } else {
        0.0
    };
    let t = t.clamp(0.0, 1.0);
    let (ex, ey) = (p.0 - a.0 - t * dx, p.1 - a.1 - t * dy);
    (ex * ex + ey * ey).sqrt()
}

/// A pixel count as a coordinate.
fn as_f32(n: u32) -> f32 {
    // Pictures here are a few hundred pixels wide: every count below 65,536 is exact.
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

/// A channel as a byte.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=255 just before"
)]
fn to_u8(channel: f32) -> u8 {
    (channel.clamp(0.0, 255.0) + 0.5) as u8
}
