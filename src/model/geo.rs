//! Places on the sphere: points, areas, distances.

use std::f64::consts::PI;

/// The mean radius of the earth in kilometres (IUGG), used for every distance and area.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A point in degrees: latitude north, longitude east.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Degrees north, −90 to 90.
    pub lat: f64,
    /// Degrees east, −180 to 180.
    pub lon: f64,
}

impl Point {
    /// A point, when both figures are finite and on the globe.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        (lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0).then_some(Self { lat, lon })
    }

    /// The great-circle distance in kilometres (haversine).
    pub fn distance_km(self, other: Point) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let (dlat, dlon) = (lat2 - lat1, (other.lon - self.lon).to_radians());
        let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_KM * a.sqrt().min(1.0).asin()
    }
}

/// A ring of a polygon as `[longitude, latitude]` pairs in degrees; closed or not.
pub type Ring = Vec<[f64; 2]>;

/// A polygon: the first ring is its outline, the others are holes.
pub type Polygon = Vec<Ring>;

/// What a GeoJSON feature covers.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// One point.
    Point(Point),
    /// One or more polygons.
    Area(Vec<Polygon>),
}

/// The outline of a named place.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// Everything within so many kilometres of the place's centre.
    Radius {
        /// Kilometres.
        km: f64,
    },
    /// `west, south, east, north` in degrees.
    Box {
        /// Western limit, degrees east.
        west: f64,
        /// Southern limit, degrees north.
        south: f64,
        /// Eastern limit, degrees east.
        east: f64,
        /// Northern limit, degrees north.
        north: f64,
    },
    /// A ring of `[longitude, latitude]` pairs.
    Polygon(Ring),
}

/// A place of the watch: its names in all spellings, its centre and its extent.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The id it has in the configuration.
    pub id: String,
    /// Names as texts write them; the first is the one shown.
    pub names: Vec<String>,
    /// The centre, from which a radius is measured.
    pub centre: Point,
    /// What counts as being there.
    pub extent: Extent,
}

impl Place {
    /// Whether the point lies within the extent.
    pub fn contains(&self, point: Point) -> bool {
        match &self.extent {
            Extent::Radius { km } => self.centre.distance_km(point) <= *km,
            Extent::Box { west, south, east, north } => {
                let in_lon = if west <= east {
                    (*west..=*east).contains(&point.lon)
                } else {
                    // A box over the date line.
                    point.lon >= *west || point.lon <= *east
                };
                in_lon && (*south..=*north).contains(&point.lat)
            }
            Extent::Polygon(ring) => ring_contains(ring, point),
        }
    }

    /// How far, in kilometres, the extent reaches from the centre: the error of a report that only names the place.
    pub fn reach_km(&self) -> f64 {
        let farthest = |corners: &mut dyn Iterator<Item = Point>| {
            corners.map(|corner| self.centre.distance_km(corner)).fold(0.0, f64::max)
        };
        match &self.extent {
            Extent::Radius { km } => *km,
            Extent::Box { west, south, east, north } => farthest(
                &mut [(south, west), (south, east), (north, west), (north, east)]
                    .into_iter()
                    .map(|(lat, lon)| Point { lat: *lat, lon: *lon }),
            ),
            Extent::Polygon(ring) => farthest(&mut ring.iter().map(|[lon, lat]| Point { lat: *lat, lon: *lon })),
        }
    }
}

/// Whether a ring encloses a point (even-odd rule on the plate carrée).
pub fn ring_contains(ring: &[[f64; 2]], point: Point) -> bool {
    let mut inside = false;
    let mut previous = ring.len().wrapping_sub(1);
    for current in 0..ring.len() {
        let ([x1, y1], [x2, y2]) = (ring[current], ring[previous]);
        let crosses = (y1 > point.lat) != (y2 > point.lat);
        if crosses && point.lon < (x2 - x1) * (point.lat - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
        previous = current;
    }
    inside
}

/// The area in square kilometres that a ring encloses on the sphere.
///
/// Sum of the spherical excess of each edge with the pole, exact for edges
/// that are straight in longitude and latitude over short distances
/// (Chamberlain and Duquette 2007, *Some Algorithms for Polygons on a Sphere*).
pub fn ring_area_km2(ring: &[[f64; 2]]) -> f64 {
    let mut sum = 0.0;
    for (index, [lon1, lat1]) in ring.iter().enumerate() {
        let [lon2, lat2] = ring[(index + 1) % ring.len()];
        let mut dlon = (lon2 - lon1).to_radians();
        if dlon > PI {
            dlon -= 2.0 * PI;
        } else if dlon < -PI {
            dlon += 2.0 * PI;
        }
        sum += dlon * (2.0 + lat1.to_radians().sin() + lat2.to_radians().sin());
    }
    (sum * EARTH_RADIUS_KM * EARTH_RADIUS_KM / 2.0).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_to_the_detections_of_september_2022() {
        let kupyansk = Point::new(49.7106, 37.6156).unwrap();
        let km = kupyansk.distance_km(Point::new(49.70, 37.17).unwrap());
        assert!((km - 32.1).abs() < 0.1, "{km}");
    }

    #[test]
    fn a_degree_square_at_the_equator() {
        let area = ring_area_km2(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]);
        assert!((area - 12_364.0).abs() < 2.0, "{area}");
    }

    #[test]
    fn no_point_beyond_the_globe() {
        assert_eq!(Point::new(91.0, 0.0), None);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
    }

    #[test]
    fn a_box_may_cross_the_date_line() {
        let place = Place {
            id: "fiji".into(),
            names: vec![],
            centre: Point { lat: -17.0, lon: 179.0 },
            extent: Extent::Box { west: 177.0, south: -20.0, east: -178.0, north: -15.0 },
        };
        assert!(place.contains(Point { lat: -17.0, lon: -179.0 }));
        assert!(!place.contains(Point { lat: -17.0, lon: 170.0 }));
    }
}
