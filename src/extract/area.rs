//! `value = { area = "place" }`: how much of a place the item's polygons cover, in km² on the sphere.
//!
//! Clipping is done in longitude and latitude, the area of what is left on
//! the sphere. Holes are taken off; polygons of one item do not overlap
//! (RFC 7946 gives a MultiPolygon no other sense).

use std::f64::consts::PI;

use super::source::Source;
use super::text::evidence;
use super::{Figure, FigureReader};
use crate::model::geo::{EARTH_RADIUS_KM, Extent, Place, Point, Polygon, Ring, ring_area_km2};
use crate::model::quantity::Quantity;

/// A circle is clipped as a polygon of so many corners.
const CORNERS: u32 = 180;

/// The covered area of a place.
#[derive(Debug, Clone)]
pub(super) struct AreaReader {
    place: Place,
}

impl AreaReader {
    /// The area within this place.
    pub(super) fn new(place: &Place) -> Self {
        Self { place: place.clone() }
    }
}

impl FigureReader for AreaReader {
    fn read(&self, source: &Source<'_>) -> Figure {
        let item = source.item;
        if item.area.is_empty() {
            return Figure::no_match("the item has no polygons");
        }
        match covered_km2(&item.area, &self.place) {
            Some(area) => Figure::value(Quantity::exact(area), evidence::of_item(item)),
            None => Figure::error("a corner of the item's polygons is not on the globe"),
        }
    }
}

/// The area of polygons within a place in km²; `None` where a corner is not on the globe.
pub fn covered_km2(polygons: &[Polygon], place: &Place) -> Option<f64> {
    let is_on_globe = |[lon, lat]: &[f64; 2]| lon.is_finite() && lon.abs() <= 360.0 && lat.abs() <= 90.0;
    if !polygons.iter().flatten().flatten().all(is_on_globe) {
        return None;
    }
    let window = Window::of(place);
    let covered = |polygon: &Polygon| {
        let mut rings = polygon.iter().map(|ring| window.covered_km2(ring, place.centre.lon));
        let outline = rings.next().unwrap_or(0.0);
        (outline - rings.sum::<f64>()).max(0.0)
    };
    Some(polygons.iter().map(covered).sum())
}

/// The extent of a place as what a ring can be clipped by.
enum Window {
    /// A convex ring, counter-clockwise.
    Convex(Ring),
    /// Triangles with their signs, which add up to a ring of any shape.
    Fan(Vec<(Ring, f64)>),
}

impl Window {
    fn of(place: &Place) -> Self {
        let centre = place.centre;
        match &place.extent {
            Extent::Box { west, south, east, north } => {
                let (west, mut east) = (near(*west, centre.lon), near(*east, centre.lon));
                if east < west {
                    east += 360.0;
                }
                Self::Convex(vec![[west, *south], [east, *south], [east, *north], [west, *north]])
            }
            Extent::Radius { km } => Self::Convex(circle(centre, *km)),
            Extent::Polygon(ring) => Self::Fan(fan(&unwrapped(ring, centre.lon))),
        }
    }

    fn covered_km2(&self, ring: &[[f64; 2]], centre: f64) -> f64 {
        let ring = unwrapped(ring, centre);
        match self {
            Self::Convex(window) => ring_area_km2(&clipped(&ring, window)),
            Self::Fan(triangles) => {
                let signed = triangles.iter().map(|(triangle, sign)| sign * ring_area_km2(&clipped(&ring, triangle)));
                signed.sum::<f64>().abs()
            }
        }
    }
}

/// Longitudes without the jump at the date line, as seen from a centre.
fn unwrapped(ring: &[[f64; 2]], centre: f64) -> Ring {
    let mut previous = centre;
    let mut unwrapped = Vec::with_capacity(ring.len());
    for [lon, lat] in ring {
        previous = near(*lon, previous);
        unwrapped.push([previous, *lat]);
    }
    unwrapped
}

/// The longitude plus or minus whole turns that is nearest to another.
fn near(lon: f64, other: f64) -> f64 {
    lon - 360.0 * ((lon - other) / 360.0).round()
}

/// A circle on the sphere as a ring of the same area.
fn circle(centre: Point, km: f64) -> Ring {
    let step = 2.0 * PI / f64::from(CORNERS);
    // The inscribed polygon is smaller by this factor.
    let radius = km / EARTH_RADIUS_KM * (step / step.sin()).sqrt();
    let (lat, lon) = (centre.lat.to_radians(), centre.lon.to_radians());
    let corner = |index: u32| {
        // Bearings run clockwise; the ring runs against them.
        let bearing = -step * f64::from(index);
        let to_lat = (lat.sin() * radius.cos() + lat.cos() * radius.sin() * bearing.cos()).clamp(-1.0, 1.0).asin();
        let east = bearing.sin() * radius.sin() * lat.cos();
        let to_lon = lon + east.atan2(radius.cos() - lat.sin() * to_lat.sin());
        [to_lon.to_degrees(), to_lat.to_degrees()]
    };
    (0..CORNERS).map(corner).collect()
}

/// Triangles from the first corner to each edge: counter-clockwise ones add, the others take off.
fn fan(ring: &[[f64; 2]]) -> Vec<(Ring, f64)> {
    let Some((apex, rest)) = ring.split_first() else { return Vec::new() };
    let triangles = rest.windows(2).filter_map(|edge| match edge {
        [a, b] => {
            let turn = cross(*apex, *a, *b);
            let triangle = if turn >= 0.0 { vec![*apex, *a, *b] } else { vec![*apex, *b, *a] };
            (turn != 0.0).then(|| (triangle, turn.signum()))
        }
        _ => None,
    });
    triangles.collect()
}

/// The part of a ring inside a convex counter-clockwise window (Sutherland and Hodgman 1974).
fn clipped(ring: &[[f64; 2]], window: &[[f64; 2]]) -> Ring {
    let mut kept: Ring = ring.to_vec();
    let ends = window.iter().cycle().skip(1);
    for (from, to) in window.iter().zip(ends) {
        if kept.is_empty() {
            break;
        }
        kept = clipped_by_edge(&kept, *from, *to);
    }
    kept
}

fn clipped_by_edge(ring: &[[f64; 2]], from: [f64; 2], to: [f64; 2]) -> Ring {
    let mut kept = Vec::with_capacity(ring.len());
    let Some(mut previous) = ring.last().copied() else { return kept };
    let mut previous_side = cross(from, to, previous);
    for current in ring {
        let side = cross(from, to, *current);
        if (side >= 0.0) != (previous_side >= 0.0) {
            let share = previous_side / (previous_side - side);
            kept.push([
                previous[0] + share * (current[0] - previous[0]),
                previous[1] + share * (current[1] - previous[1]),
            ]);
        }
        if side >= 0.0 {
            kept.push(*current);
        }
        (previous, previous_side) = (*current, side);
    }
    kept
}

/// Positive where the way from `a` over `b` to `c` turns left.
fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(extent: Extent) -> Place {
        Place { id: "p".into(), names: vec![], centre: Point { lat: 49.7, lon: 37.6 }, extent }
    }

    fn square(west: f64, south: f64, size: f64) -> Ring {
        vec![[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    }

    #[track_caller]
    fn check(polygons: &[Polygon], extent: Extent, expected: f64) {
        let area = covered_km2(polygons, &place(extent)).unwrap();
        assert!((area - expected).abs() <= expected * 1e-3 + 1e-9, "{area} is not {expected}");
    }

    #[test]
    fn a_box_cuts_and_a_hole_is_taken_off() {
        let whole = ring_area_km2(&square(37.0, 49.0, 1.0));
        let extent = Extent::Box { west: 37.0, south: 49.0, east: 38.0, north: 50.0 };
        check(&[vec![square(36.0, 48.0, 4.0)]], extent.clone(), whole);
        check(&[vec![square(30.0, 40.0, 1.0)]], extent.clone(), 0.0);
        let hole = square(37.25, 49.25, 0.5);
        check(&[vec![square(36.0, 48.0, 4.0), hole.clone()]], extent, whole - ring_area_km2(&hole));
    }

    #[test]
    fn a_circle_has_its_area() {
        let cap = 2.0 * PI * EARTH_RADIUS_KM.powi(2) * (1.0 - (40.0 / EARTH_RADIUS_KM).cos());
        check(&[vec![square(30.0, 40.0, 20.0)]], Extent::Radius { km: 40.0 }, cap);
    }

    #[test]
    fn a_place_of_any_shape() {
        // An L of three squares, in both directions of its ring.
        let mut ring =
            vec![[37.0, 49.0], [39.0, 49.0], [39.0, 50.0], [38.0, 50.0], [38.0, 51.0], [37.0, 51.0], [37.0, 49.0]];
        let expected = ring_area_km2(&ring);
        check(&[vec![square(30.0, 40.0, 20.0)]], Extent::Polygon(ring.clone()), expected);
        ring.reverse();
        check(&[vec![square(30.0, 40.0, 20.0)]], Extent::Polygon(ring.clone()), expected);
        check(&[vec![square(38.2, 50.2, 0.5)]], Extent::Polygon(ring), 0.0);
    }

    /// Eight days of a map against areas that were computed by other software.
    #[test]
    fn areas_of_a_real_map() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/deepstate");
        let Ok(table) = std::fs::read_to_string(folder.join("area_km2_by_box.csv")) else {
            println!("skipped areas_of_a_real_map: ../shared is not here");
            return;
        };
        let boxes = [(2, [36.9, 49.3, 38.35, 50.1]), (3, [36.1, 49.85, 37.75, 50.55]), (4, [36.55, 47.9, 37.9, 48.65])];
        let mut compared = 0;
        for row in table.lines().skip(1) {
            let columns: Vec<&str> = row.split(',').collect();
            let file = folder.join(format!("deepstatemap_data_{}.geojson", columns[0].replace('-', "")));
            let Ok(text) = std::fs::read_to_string(file) else { continue };
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            let polygons: Vec<Polygon> =
                serde_json::from_value(document["features"][0]["geometry"]["coordinates"].clone()).unwrap();
            for (column, [west, south, east, north]) in boxes {
                check(&polygons, Extent::Box { west, south, east, north }, columns[column].parse().unwrap());
                compared += 1;
            }
        }
        assert_eq!(compared, 24);
    }

    #[test]
    fn corners_off_the_globe_are_an_error() {
        let extent = Extent::Radius { km: 40.0 };
        assert_eq!(covered_km2(&[vec![vec![[f64::NAN, 0.0]]]], &place(extent.clone())), None);
        assert_eq!(covered_km2(&[vec![vec![[0.0, 91.0]]]], &place(extent)), None);
    }
}
