//! The area of polygons within a place, on the sphere.

use crate::model::geo::{EARTH_RADIUS_KM, Extent, Place, Point, Polygon, Ring, ring_area_km2};

/// Corners of the ring that stands for a circle; its area is 0.005 % short of the circle's.
const CIRCLE_CORNERS: u32 = 360;

/// Square kilometres of the polygons that lie within the place: outlines less holes.
pub fn within(polygons: &[Polygon], place: &Place) -> f64 {
    let clip = outline(place);
    let area = |ring: &Ring| ring_area_km2(&clipped(ring, &clip));
    polygons
        .iter()
        .filter_map(|polygon| polygon.split_first())
        .map(|(outline, holes)| area(outline) - holes.iter().map(area).sum::<f64>())
        .sum::<f64>()
        .max(0.0)
}

/// The place as a convex ring, counter-clockwise. A polygon of the configuration is taken as it is.
fn outline(place: &Place) -> Ring {
    let ring = match &place.extent {
        Extent::Radius { km } => circle(place.centre, *km),
        Extent::Box { west, south, east, north } => {
            vec![[*west, *south], [*east, *south], [*east, *north], [*west, *north]]
        }
        Extent::Polygon(ring) => ring.clone(),
    };
    if signed_area(&ring) < 0.0 { ring.into_iter().rev().collect() } else { ring }
}

fn circle(centre: Point, km: f64) -> Ring {
    let (lat, lon, angle) = (centre.lat.to_radians(), centre.lon.to_radians(), km / EARTH_RADIUS_KM);
    (0..CIRCLE_CORNERS)
        .map(|corner| {
            let bearing = -f64::from(corner) * std::f64::consts::TAU / f64::from(CIRCLE_CORNERS);
            let to_lat = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos()).asin();
            let east = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * to_lat.sin());
            [(lon + east).to_degrees(), to_lat.to_degrees()]
        })
        .collect()
}

fn signed_area(ring: &[[f64; 2]]) -> f64 {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|([x1, y1], [x2, y2])| x1 * y2 - x2 * y1).sum()
}

/// A ring cut to a convex one (Sutherland and Hodgman 1974).
fn clipped(ring: &Ring, clip: &Ring) -> Ring {
    let mut kept = ring.clone();
    for (from, to) in clip.iter().zip(clip.iter().cycle().skip(1)) {
        let side = |p: &[f64; 2]| (to[0] - from[0]) * (p[1] - from[1]) - (to[1] - from[1]) * (p[0] - from[0]);
        let mut next = Vec::with_capacity(kept.len() + 4);
        for (a, b) in kept.iter().zip(kept.iter().cycle().skip(1)) {
            let (at_a, at_b) = (side(a), side(b));
            if at_a >= 0.0 {
                next.push(*a);
            }
            if (at_a >= 0.0) != (at_b >= 0.0) {
                let share = at_a / (at_a - at_b);
                next.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
            }
        }
        kept = next;
        if kept.is_empty() {
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_square() {
        let place = Place {
            id: "p".into(),
            names: vec![],
            centre: Point { lat: 0.5, lon: 0.25 },
            extent: Extent::Box { west: 0.0, south: 0.0, east: 0.5, north: 1.0 },
        };
        let square = vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]];
        let whole = ring_area_km2(&square[0]);
        assert!((within(&[square], &place) / whole - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_circle_within_a_large_polygon() {
        let place = Place {
            id: "p".into(),
            names: vec![],
            centre: Point { lat: 49.7, lon: 37.6 },
            extent: Extent::Radius { km: 40.0 },
        };
        let large = vec![vec![[30.0, 45.0], [45.0, 45.0], [45.0, 55.0], [30.0, 55.0]]];
        let area = within(&[large], &place);
        let cap = std::f64::consts::TAU * EARTH_RADIUS_KM.powi(2) * (1.0 - (40.0 / EARTH_RADIUS_KM).cos());
        assert!((area / cap - 1.0).abs() < 1e-3, "{area} {cap}");
    }
}
