//! Times as readers of a watch expect them: in its zone, with the zone's name.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone of a watch; UTC where the system does not know it, which every written time then says.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// `13 March 2026, 08:00 EET`.
pub(super) fn written(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned(zone.clone());
    jiff::fmt::strtime::format("%-d %B %Y, %H:%M %Z", &zoned).unwrap_or_else(|_| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_names_its_zone() {
        let at: Timestamp = "2026-03-13T06:00:00Z".parse().unwrap();
        assert_eq!(written(at, &zone("no/such zone")), "13 March 2026, 06:00 UTC");
        assert_eq!(written(at, &TimeZone::fixed(jiff::tz::offset(2))), "13 March 2026, 08:00 +02");
    }
}
