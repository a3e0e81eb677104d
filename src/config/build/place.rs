//! `[places.x]`.

use crate::model::geo::{Extent, Place, Point, Ring};
use crate::settings::{Entries, Entry, Page};

/// Every place of a table.
pub fn places(entries: &[Entry], page: &mut Page) -> Vec<Place> {
    entries.iter().filter_map(|entry| place(&entry.name, entry.node.table()?, page)).collect()
}

fn place(id: &str, entries: &Entries, page: &mut Page) -> Option<Place> {
    let names = if entries.has("names") { entries.strings("names") } else { vec![id.to_owned()] };
    let extents: Vec<&str> = ["radius", "box", "polygon"].into_iter().filter(|key| entries.has(key)).collect();
    let [extent] = extents.as_slice() else {
        let (code, which) =
            if extents.is_empty() { ("missing-key", "no extent") } else { ("ambiguous", "several extents") };
        page.error(code, &entries.span, format!("place `{id}` has {which}"))
            .label("expected one of `radius`, `box` and `polygon`");
        return None;
    };
    let (middle, extent) = match *extent {
        "radius" => (None, Extent::Radius { km: entries.distance("radius")? }),
        "box" => boxed(entries, page)?,
        _ => polygon(entries, page)?,
    };
    if entries.has("lat") != entries.has("lon") {
        page.error("missing-key", &entries.span, format!("place `{id}` has half a centre"))
            .label("`lat` and `lon` go together");
        return None;
    }
    let given = entries.number("lat").zip(entries.number("lon")).and_then(|(lat, lon)| Point::new(lat, lon));
    let Some(centre) = given.or(middle) else {
        if !entries.broken.iter().any(|key| key == "lat" || key == "lon") {
            page.error("missing-key", &entries.span, format!("place `{id}` has a `radius` and no centre"))
                .label("`lat` and `lon` have to be given");
        }
        return None;
    };
    Some(Place { id: id.to_owned(), names, centre, extent })
}

fn numbers(entries: &Entries, key: &str) -> Vec<f64> {
    entries.items(key).iter().filter_map(crate::settings::Node::number).collect()
}

fn boxed(entries: &Entries, page: &mut Page) -> Option<(Option<Point>, Extent)> {
    entries.get("box")?;
    let figures = numbers(entries, "box");
    let corners = match figures.as_slice() {
        [west, south, east, north] => Some((*west, *south, *east, *north)),
        _ => None,
    };
    let fits = |(west, south, east, north): &(f64, f64, f64, f64)| {
        south < north && Point::new(*south, *west).is_some() && Point::new(*north, *east).is_some()
    };
    let Some((west, south, east, north)) = corners.filter(fits) else {
        page.error("invalid-extent", &entries.span_of("box"), "this is not a box on the globe")
            .label("expected `[west, south, east, north]` in degrees, south below north");
        return None;
    };
    // A box over the date line has its west limit above its east one.
    let width = if west <= east { east - west } else { east - west + 360.0 };
    let lon = west + width / 2.0;
    let middle = Point::new(f64::midpoint(south, north), if lon > 180.0 { lon - 360.0 } else { lon });
    Some((middle, Extent::Box { west, south, east, north }))
}

fn polygon(entries: &Entries, page: &mut Page) -> Option<(Option<Point>, Extent)> {
    entries.get("polygon")?;
    let corner = |node: &crate::settings::Node| {
        let figures: Vec<f64> = node.items().iter().filter_map(crate::settings::Node::number).collect();
        match figures.as_slice() {
            [lon, lat] => Point::new(*lat, *lon),
            _ => None,
        }
    };
    let points: Option<Vec<Point>> = entries.items("polygon").iter().map(corner).collect();
    let Some(points) = points.filter(|points| points.len() >= 3) else {
        page.error("invalid-extent", &entries.span_of("polygon"), "this is not a polygon on the globe")
            .label("expected `[[lon, lat], …]` in degrees, at least three");
        return None;
    };
    let count = points.len() as f64;
    let (lat, lon) = points.iter().fold((0.0, 0.0), |(lat, lon), point| (lat + point.lat, lon + point.lon));
    let ring: Ring = points.iter().map(|point| [point.lon, point.lat]).collect();
    Some((Point::new(lat / count, lon / count), Extent::Polygon(ring)))
}
