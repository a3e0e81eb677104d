//! Letters about feeds and extractors, and the test.

use jiff::tz::TimeZone;

use super::time::{written, zone};
use super::{Fact, Letter, Line, SENTENCE, Section, TITLE, capped, footer, subject};
use crate::model::notification::{FeedNotice, Kind, Message};
use crate::model::text::one_line;
use crate::notify::safe::short_title;

/// Lines of a list that are shown.
const LINES: usize = 100;

/// A letter about a feed or one of its extractors.
pub(super) fn feed(message: &Message, notice: &FeedNotice) -> Letter {
    let zone = zone(&notice.zone);
    let words = feed_words(message.kind);
    let stem = format!(
        "{}: {} ({})",
        short_title(&notice.watch_title),
        one_line(notice.feed.local(), 64),
        one_line(&notice.health, 40)
    );
    Letter {
        subject: subject(words.prefix, &stem),
        kicker: words.kicker.to_owned(),
        headline: format!("{}: {}", one_line(&notice.source, TITLE), one_line(notice.feed.local(), 64)),
        tone: words.tone,
        lead: vec![
            format!(
                "The assessment “{}” is being watched through public sources. This is about one of them, not about the world.",
                one_line(&notice.watch_title, TITLE)
            ),
            words.meaning.to_owned(),
            "You get this mail because a source's health has changed and your address is among the recipients of the settings or of the watch.".to_owned(),
        ],
        facts: feed_facts(notice, &zone),
        conditions: Vec::new(),
        background: Vec::new(),
        sections: feed_sections(message.kind, notice),
        footer: footer(),
    }
}

struct FeedWords {
    prefix: &'static str,
    kicker: &'static str,
    tone: &'static str,
    meaning: &'static str,
}

fn feed_words(kind: Kind) -> FeedWords {
    match kind {
        Kind::FeedRecovered => FeedWords {
            prefix: "Recovered: ",
            kicker: "Feed recovered",
            tone: "calm",
            meaning: "The feed answers again. What it published meanwhile is read as far as it still offers it.",
        },
        Kind::ExtractorBroken => FeedWords {
            prefix: "Extractor broken: ",
            kicker: "Extractor no longer matches",
            tone: "caution",
            meaning: "The feed answers, but the figures that used to be found in it no longer are: most likely it has changed its wording or layout. Nothing is taken for zero because of that.",
        },
        _ => FeedWords {
            prefix: "Feed broken: ",
            kicker: "Feed broken",
            tone: "caution",
            meaning: "The feed has been broken for longer than the watch tolerates. What depends on it may be judged late or not at all; nothing is taken for zero because of that.",
        },
    }
}

fn feed_facts(notice: &FeedNotice, zone: &TimeZone) -> Vec<Fact> {
    let last = notice.last_success.map_or_else(|| "never".to_owned(), |at| written(at, zone));
    let mut facts = vec![
        Fact::new("What changed", format!("{} since {}", one_line(&notice.health, 40), written(notice.since, zone))),
        Fact::new("Last worked", last),
    ];
    facts.extend(notice.error.as_deref().map(|error| Fact::new("Last error", error)));
    facts.push(Fact::new("Feed", notice.feed.to_string()));
    facts.push(Fact::new("Source", &notice.source));
    facts.push(Fact::new("Watch", &notice.watch_title));
    facts
}

fn feed_sections(kind: Kind, notice: &FeedNotice) -> Vec<Section> {
    let mut depends: Vec<_> = limited(&notice.indicators);
    if depends.is_empty() {
        depends.push(Line::text("No indicator depends on it."));
    }
    let mut sections = vec![Section::new("What depends on it", depends)];
    if kind != Kind::FeedRecovered {
        let lines = vec![
            Line::command("See its last polls:", format!("watchfloor feed show {}", notice.feed)),
            Line::command(
                "Fetch it now and see what would be recorded, without recording it:",
                format!("watchfloor feed fetch {}", notice.feed),
            ),
        ];
        sections.push(Section::new("What you can do", lines));
    }
    sections
}

/// A message to see whether mail arrives.
pub(super) fn test(message: &Message) -> Letter {
    Letter {
        subject: subject("", "Watchfloor: a test message"),
        kicker: "Test".to_owned(),
        headline: "Mail arrives".to_owned(),
        tone: "calm",
        lead: vec![
            "This is a test message. It was sent by hand to see whether mail from watchfloor arrives here: it does. Nothing has happened.".to_owned(),
            "You get this mail because someone ran “watchfloor mail test” with your address among the recipients.".to_owned(),
        ],
        facts: vec![
            Fact::new("Sent to", &message.recipient),
            Fact::new("Asked for", written(message.created, &TimeZone::UTC)),
            Fact::new("Message-ID", &message.message_id),
        ],
        conditions: Vec::new(),
        background: Vec::new(),
        sections: Vec::new(),
        footer: footer(),
    }
}

/// Lines of text, and how many were left out.
fn limited(lines: &[String]) -> Vec<Line> {
    let (shown, hidden) = capped(lines, LINES);
    let more = (hidden > 0).then(|| Line::text(format!("… and {hidden} more.")));
    shown.iter().map(|line| Line::text(one_line(line, SENTENCE))).chain(more).collect()
}
