//! Kulldorff's spatial scan statistic (1997), Poisson model: where, not only how much.
//!
//! Every circle around a site is compared with what was expected in it; the
//! most unlikely one is the cluster, and its p-value comes from shuffling the
//! same number of cases between the sites.

use std::collections::HashMap;

use super::Unknown;
use super::numeric::random::Random;
use super::options::Sides;
use crate::model::geo::Point;

/// More sites would cost seconds; cells of a coarser grid make fewer.
const MOST_SITES: usize = 400;
/// Every case is drawn anew in each shuffle.
const MOST_CASES: f64 = 50_000.0;
/// A circle holds at most this share of what is expected, else its outside is the cluster.
const MOST_EXPECTED: f64 = 0.5;
/// The length of a degree of latitude.
const KM_PER_DEGREE: f64 = 111.195;

/// A place with its cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    /// Where it is.
    pub at: Point,
    /// The cases observed there.
    pub observed: u32,
    /// What was expected there, in any unit: only the proportions between sites count.
    pub expected: f64,
}

/// The most unlikely circle.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The places of its sites in the list, the circle's centre first.
    pub sites: Vec<usize>,
    /// The distance from the centre to its farthest site, in km.
    pub radius_km: f64,
    /// Cases observed in it.
    pub observed: f64,
    /// Cases expected in it, all sites together expecting as many as were observed.
    pub expected: f64,
    /// The log likelihood ratio.
    pub llr: f64,
    /// (1 + shuffles at least as unlikely) / (shuffles + 1).
    pub p: f64,
}

/// Scans the sites. `shuffles` is how many times cases are shuffled; 999 is usual.
///
/// # Errors
/// With fewer than two sites or more than 400, no case or more than 50,000, or
/// expectations that are not positive numbers.
pub fn scan(sites: &[Site], sides: Sides, shuffles: u32, random: &mut Random) -> Result<Cluster, Unknown> {
    let expected = scaled(sites)?;
    let circles: Vec<Vec<usize>> = (0..sites.len()).map(|centre| circle(sites, centre, &expected)).collect();
    let observed: Vec<f64> = sites.iter().map(|site| f64::from(site.observed)).collect();
    let best = best(&observed, &expected, &circles, sides);
    let mut as_unlikely = 0;
    for _ in 0..shuffles {
        let shuffled = shuffled(&expected, random);
        as_unlikely += u32::from(self::best(&shuffled, &expected, &circles, sides).llr >= best.llr);
    }
    let p = f64::from(1 + as_unlikely) / (f64::from(shuffles) + 1.0);
    let members: Vec<usize> = circles.get(best.circle).into_iter().flatten().take(best.size).copied().collect();
    let within = |values: &[f64]| members.iter().filter_map(|site| values.get(*site)).sum();
    Ok(Cluster {
        radius_km: radius(sites, &members),
        observed: within(&observed),
        expected: within(&expected),
        sites: members,
        llr: best.llr,
        p,
    })
}

/// Makes sites of reports: cells of a grid, expecting what earlier reports showed there.
///
/// Half a report is expected in every cell on top, so that a first report from a
/// new place is remarkable and not infinitely so.
pub fn sites(latest: &[Point], earlier: &[Point], cell_km: f64) -> Vec<Site> {
    let mut cells: HashMap<(i64, i64), Site> = HashMap::new();
    let mut order = Vec::new();
    let reports = latest.iter().map(|at| (at, true)).chain(earlier.iter().map(|at| (at, false)));
    for (at, is_latest) in reports {
        let cell = cell(*at, cell_km);
        let site = cells.entry(cell).or_insert_with(|| {
            order.push(cell);
            Site { at: *at, observed: 0, expected: 0.5 }
        });
        if is_latest {
            site.observed = site.observed.saturating_add(1);
        } else {
            site.expected += 1.0;
        }
    }
    order.iter().filter_map(|cell| cells.get(cell).copied()).collect()
}

fn cell(at: Point, cell_km: f64) -> (i64, i64) {
    let size = cell_km.max(0.1);
    let row = (at.lat * KM_PER_DEGREE / size).floor();
    // The row's own latitude, so that all points of a row share one width of columns.
    let shrunk = (row * size / KM_PER_DEGREE).to_radians().cos().abs().max(0.01);
    (row as i64, (at.lon * KM_PER_DEGREE * shrunk / size).floor() as i64)
}

/// The expectations, scaled to as many cases as were observed.
fn scaled(sites: &[Site]) -> Result<Vec<f64>, Unknown> {
    if sites.len() < 2 {
        return Err(Unknown::Missing { needed: 2, have: sites.len() });
    }
    if sites.len() > MOST_SITES {
        return Err(Unknown::Unfit { why: "there are more than 400 sites: a coarser grid makes fewer" });
    }
    let cases: f64 = sites.iter().map(|site| f64::from(site.observed)).sum();
    let weight: f64 = sites.iter().map(|site| site.expected).sum();
    if cases == 0.0 {
        return Err(Unknown::Unfit { why: "there is no case to scan for" });
    }
    if cases > MOST_CASES {
        return Err(Unknown::Unfit { why: "there are more than 50000 cases: a shorter window holds fewer" });
    }
    if !weight.is_finite() || sites.iter().any(|site| site.expected <= 0.0) {
        return Err(Unknown::Unfit { why: "what is expected at a site has to be above zero" });
    }
    Ok(sites.iter().map(|site| site.expected / weight * cases).collect())
}

/// The sites around a centre, nearest first, as far as a circle may grow.
fn circle(sites: &[Site], centre: usize, expected: &[f64]) -> Vec<usize> {
    let Some(middle) = sites.get(centre) else { return Vec::new() };
    let mut around: Vec<(f64, usize)> =
        sites.iter().enumerate().map(|(place, site)| (site.at.distance_km(middle.at), place)).collect();
    around.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1 != centre).cmp(&(b.1 != centre))));
    let most = MOST_EXPECTED * expected.iter().sum::<f64>() * (1.0 + 1e-9);
    let mut sum = 0.0;
    let fits = |place: &usize| {
        sum += expected.get(*place).copied().unwrap_or_default();
        sum <= most
    };
    around.into_iter().map(|(_, place)| place).take_while(fits).collect()
}

fn radius(sites: &[Site], members: &[usize]) -> f64 {
    let site = |place: Option<&usize>| place.and_then(|place| sites.get(*place));
    match (site(members.first()), site(members.last())) {
        (Some(centre), Some(edge)) => centre.at.distance_km(edge.at),
        _ => 0.0,
    }
}

/// The most unlikely of all circles: which, and how many of its nearest sites.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Best {
    circle: usize,
    size: usize,
    llr: f64,
}

fn best(observed: &[f64], expected: &[f64], circles: &[Vec<usize>], sides: Sides) -> Best {
    let total: f64 = observed.iter().sum();
    let mut best = Best::default();
    for (circle, members) in circles.iter().enumerate() {
        let (mut cases, mut mean) = (0.0, 0.0);
        for (nearer, site) in members.iter().enumerate() {
            cases += observed.get(*site).copied().unwrap_or_default();
            mean += expected.get(*site).copied().unwrap_or_default();
            let llr = log_likelihood_ratio(cases, mean, total, sides);
            if llr > best.llr {
                best = Best { circle, size: nearer + 1, llr };
            }
        }
    }
    best
}

/// c·ln(c/E) + (C − c)·ln((C − c)/(C − E)) where there are more cases than
/// expected, or on both sides where they differ; else 0.
fn log_likelihood_ratio(cases: f64, expected: f64, total: f64, sides: Sides) -> f64 {
    if cases <= expected && sides == Sides::Above {
        return 0.0;
    }
    let term = |cases: f64, expected: f64| if cases > 0.0 { cases * (cases / expected).ln() } else { 0.0 };
    term(cases, expected) + term(total - cases, total - expected)
}

/// The same number of cases, each at a site with the site's expected probability.
fn shuffled(expected: &[f64], random: &mut Random) -> Vec<f64> {
    let mut limits = Vec::with_capacity(expected.len());
    let total = expected.iter().fold(0.0, |sum, share| {
        limits.push(sum + share);
        sum + share
    });
    let mut counts = vec![0.0; expected.len()];
    for _ in 0..total.round() as u64 {
        let drawn = random.unit() * total;
        let site = limits.partition_point(|limit| *limit <= drawn);
        if let Some(count) = counts.get_mut(site.min(limits.len() - 1)) {
            *count += 1.0;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    const COUNTS: [f64; 4] = [12.0, 3.0, 4.0, 1.0];

    /// Singles and adjacent pairs, as circles that grow.
    fn windows() -> Vec<Vec<usize>> {
        vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![3]]
    }

    #[test]
    fn four_places_in_a_row() {
        let found = best(&COUNTS, &[5.0; 4], &windows(), Sides::Above);
        assert_eq!((found.circle, found.size), (0, 1));
        assert!((found.llr - 5.476755572867805).abs() < 1e-12);
    }

    /// Every way to place twenty cases at four sites, with its probability.
    #[test]
    fn the_exact_probability_of_four_places() {
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let observed = best(&COUNTS, &[5.0; 4], &windows(), Sides::Above).llr;
        let (mut outcomes, mut p) = (0, 0.0);
        for a in 0..=20u32 {
            for b in 0..=20 - a {
                for c in 0..=20 - a - b {
                    let counts = [a, b, c, 20 - a - b - c];
                    let llr = best(&counts.map(f64::from), &[5.0; 4], &windows(), Sides::Above).llr;
                    let ways = factorial(20) / counts.map(factorial).iter().product::<f64>();
                    outcomes += 1;
                    p += if llr >= observed - 1e-9 { ways / 4f64.powi(20) } else { 0.0 };
                }
            }
        }
        assert_eq!(outcomes, 1771);
        assert!((p - 0.00419393).abs() < 5e-9, "{p}");
    }

    /// The same four places on a map; shuffling comes near the exact probability.
    #[test]
    fn a_cluster_on_a_map() {
        let site = |(place, observed): (u32, f64)| Site {
            at: at(49.0, 36.0 + f64::from(place)),
            observed: observed as u32,
            expected: 2.0,
        };
        let row: Vec<Site> = (0..4).zip(COUNTS).map(site).collect();
        let found = scan(&row, Sides::Above, 4999, &mut Random::new(7)).unwrap();
        assert_eq!((found.sites.as_slice(), found.observed, found.expected), (&[0][..], 12.0, 5.0));
        assert_eq!(found.radius_km, 0.0);
        assert!((found.llr - 5.476755572867805).abs() < 1e-9);
        assert!((0.002..0.008).contains(&found.p), "{}", found.p);
        assert_eq!(found, scan(&row, Sides::Above, 4999, &mut Random::new(7)).unwrap(), "one seed, one answer");
    }

    #[test]
    fn a_place_that_has_gone_silent_is_found_on_both_sides_only() {
        let site =
            |(place, observed): (u32, u32)| Site { at: at(49.0, 30.0 + f64::from(place)), observed, expected: 10.0 };
        let row: Vec<Site> = (0..).zip([20, 21, 20, 0, 21, 20]).map(site).collect();
        let both = scan(&row, Sides::Both, 199, &mut Random::new(1)).unwrap();
        assert_eq!((both.sites.as_slice(), both.observed), (&[3][..], 0.0));
        assert!(both.p < 0.01);
        assert!(scan(&row, Sides::Above, 199, &mut Random::new(1)).unwrap().p > 0.05);
    }

    #[test]
    fn reports_become_sites() {
        let earlier = [at(49.710, 37.615), at(49.711, 37.616), at(48.0, 37.0)];
        let latest = [at(49.712, 37.617), at(50.4, 30.5)];
        let found = sites(&latest, &earlier, 10.0);
        let shape: Vec<(u32, f64)> = found.iter().map(|site| (site.observed, site.expected)).collect();
        assert_eq!(shape, [(1, 2.5), (1, 0.5), (0, 1.5)]);
    }

    #[test]
    fn what_cannot_be_scanned_is_said() {
        let site = |expected, observed| Site { at: at(49.0, 36.0), observed, expected };
        let check = |sites: &[Site]| scan(sites, Sides::Both, 9, &mut Random::new(1)).unwrap_err();
        assert_eq!(check(&[site(1.0, 3)]), Unknown::Missing { needed: 2, have: 1 });
        for sites in [vec![site(1.0, 0); 2], vec![site(0.0, 1); 2], vec![site(f64::NAN, 1); 2], vec![site(1.0, 1); 401]]
        {
            assert!(matches!(check(&sites), Unknown::Unfit { .. }));
        }
        // All sites at one spot: no circle is better than another, and nothing is alarming.
        assert_eq!(scan(&[site(1.0, 1); 3], Sides::Both, 9, &mut Random::new(1)).unwrap().p, 1.0);
    }
}
