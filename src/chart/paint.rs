//! The drawing as pixels.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::{Chart, Size, svg};

/// Latin, Cyrillic and a few signs: a machine that sends mail need not have fonts. Licence beside it.
const FONT: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    Arc::new(fonts)
});

/// Paints a chart as PNG, `scale` pixels for each CSS pixel.
///
/// # Errors
/// What the painter says, as a sentence: a size it cannot make.
pub fn png(chart: &Chart, size: Size, scale: f64) -> Result<Vec<u8>, String> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    let tree = Tree::from_str(&svg(chart, size), &options)
        .map_err(|error| format!("a chart's drawing cannot be read: {error}"))?;
    let (width, height) = ((size.width * scale).round() as u32, (size.height * scale).round() as u32);
    let mut pixels =
        Pixmap::new(width, height).ok_or_else(|| format!("a chart cannot be {width} × {height} pixels"))?;
    let transform = Transform::from_scale(scale as f32, scale as f32);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| format!("a chart cannot be written as PNG: {error}"))
}
