//! The daily picture.

use super::chart::marked_spark;
use super::time::zone;
use super::{Letter, Line, SENTENCE, Section, capped, footer, subject};
use crate::model::notification::{Digest, DigestLine, DigestSection, Message};
use crate::model::text::one_line;

/// Sections that are shown.
const SECTIONS: usize = 60;
/// Lines of one section.
const LINES: usize = 100;
/// Readings drawn with a line.
const DRAWN: usize = 24;

/// A letter with the daily picture.
pub(super) fn letter(message: &Message, digest: &Digest) -> Letter {
    let day =
        jiff::fmt::strtime::format("%-d %B %Y", &message.created.to_zoned(zone(&digest.zone))).unwrap_or_default();
    let (shown, hidden) = capped(&digest.sections, SECTIONS);
    let mut sections: Vec<_> = shown.iter().map(section).collect();
    if hidden > 0 {
        sections.push(Section::new("Not shown here", vec![Line::text(format!("{hidden} more sections."))]));
    }
    Letter {
        subject: subject("", &format!("Watchfloor: the daily picture, {day}")),
        kicker: "Daily picture".to_owned(),
        headline: day,
        tone: "plain",
        lead: vec![
            "This is the daily picture of everything that is being watched. It comes every day, also when nothing has happened, so that its absence means something: if it does not come, the program that watches is down.".to_owned(),
            "You get this mail because the settings ask for a daily picture and your address is among their recipients.".to_owned(),
        ],
        facts: Vec::new(),
        background: Vec::new(),
        conditions: Vec::new(),
        sections,
        footer: footer(),
    }
}

fn section(section: &DigestSection) -> Section {
    let (shown, hidden) = capped(&section.lines, LINES);
    let more = (hidden > 0).then(|| Line::text(format!("… and {hidden} more.")));
    Section::new(&section.title, shown.iter().map(line).chain(more).collect())
}

fn line(line: &DigestLine) -> Line {
    let newest = line.series.get(line.series.len().saturating_sub(DRAWN)..).unwrap_or(&line.series);
    let drawn = (!newest.is_empty()).then(|| marked_spark(newest));
    Line { spark: drawn, ..Line::text(one_line(&line.text, SENTENCE)) }
}
