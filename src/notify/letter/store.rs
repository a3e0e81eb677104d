//! Letters about the store itself: it refuses what is to be written, takes everything again, or is damaged.

use jiff::SignedDuration;

use super::time::{written, zone};
use super::{Fact, Letter, Line, SENTENCE, Section, capped, footer, subject};
use crate::model::notification::StoreNotice;
use crate::model::text::one_line;

/// Works that are named one by one.
const NAMED: usize = 50;

/// A letter about a store that refuses or has refused.
pub(super) fn letter(notice: &StoreNotice) -> Letter {
    let is_over = notice.until.is_some();
    let (prefix, kicker, tone) = if is_over {
        ("Recovered: ", "Store recovered", "calm")
    } else {
        ("Watchfloor cannot record: ", "Store refuses", "alarm")
    };
    let happened = if is_over {
        "Watchfloor's store takes everything again. Nothing was half stored and nothing that had been decided is lost."
    } else {
        "Watchfloor cannot store what it learns. Until that is mended it judges nothing anew, and silence does not mean that nothing happens."
    };
    let meaning = if is_over {
        "Feeds are asked again now, and what they still list is recorded. What they published and withdrew meanwhile was never seen; the time counts as not watched, and no hold ran on over it."
    } else {
        "What was decided before is safe. It is tried again every few seconds, without a restart, and you get one more mail when it works again."
    };
    Letter {
        subject: subject(prefix, &one_line(&notice.error, 120)),
        kicker: kicker.to_owned(),
        // The path is among the facts: as a headline it breaks in the middle of a name.
        headline: if is_over { "The store takes everything again" } else { "Nothing can be recorded" }.to_owned(),
        tone,
        lead: vec![
            happened.to_owned(),
            meaning.to_owned(),
            "You get this mail because your address is among the recipients of the settings.".to_owned(),
        ],
        facts: facts(notice),
        conditions: Vec::new(),
        background: Vec::new(),
        sections: sections(notice),
        footer: footer(),
    }
}

/// A letter about a store of which a part is damaged.
pub(super) fn damaged(notice: &StoreNotice) -> Letter {
    let lead = [
        "The daily check of Watchfloor's store found damage. It still runs and records, but what it reads from the damaged part may be wrong or missing: trust no message, and no silence, before this is mended.",
        "The next start may be refused for the same reason. Nothing repairs itself; keep the file as it is until you have a copy of it.",
        "You get this mail because your address is among the recipients of the settings.",
    ];
    let path = one_line(&notice.path, SENTENCE).replace('\'', "?");
    let steps = vec![
        Line::command(
            "Stop it, and keep the files as they are:",
            format!("systemctl stop watchfloor; tar -cf '{path}.tar' '{path}'*"),
        ),
        Line::command("Where nothing but an index is named, make it anew:", format!("sqlite3 '{path}' REINDEX")),
        Line::text(
            "Else restore your last copy, or save what can be read, as docs/operations.md shows under \"A damaged database\".",
        ),
        Line::command("Whether the disk fails:", "journalctl -k -p err".to_owned()),
    ];
    Letter {
        subject: subject("Watchfloor's store is damaged: ", &one_line(&notice.error, 120)),
        kicker: "Store damaged".to_owned(),
        headline: "A part of the store is damaged".to_owned(),
        tone: "alarm",
        lead: lead.map(str::to_owned).to_vec(),
        facts: vec![
            Fact::new("Found", written(notice.since, &zone(&notice.zone))),
            Fact::new("Damage", &notice.error),
            Fact::new("Database", &notice.path),
        ],
        conditions: Vec::new(),
        background: Vec::new(),
        sections: vec![Section::new("What you can do", steps)],
        footer: footer(),
    }
}

fn facts(notice: &StoreNotice) -> Vec<Fact> {
    let zone = zone(&notice.zone);
    let mut facts = vec![Fact::new("Refused since", written(notice.since, &zone))];
    facts.extend(notice.until.map(|until| {
        let length = lasted(until.duration_since(notice.since));
        Fact::new("Recovered", format!("{}, after {length}", written(until, &zone)))
    }));
    facts.push(Fact::new("First refusal", &notice.error));
    facts.push(Fact::new("Refused", format!("{} times", notice.refusals)));
    facts.push(Fact::new("Database", &notice.path));
    facts
}

fn sections(notice: &StoreNotice) -> Vec<Section> {
    let (shown, hidden) = capped(&notice.works, NAMED);
    let more = (hidden > 0).then(|| Line::text(format!("… and {hidden} more.")));
    let works: Vec<_> = shown.iter().map(Line::text).chain(more).collect();
    if notice.until.is_some() {
        return vec![Section::new("What could not be stored meanwhile", works)];
    }
    let folder = notice.path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let folder = one_line(folder, SENTENCE).replace('\'', "?");
    let actions = vec![
        Line::command("Room and free inodes of the disk:", format!("df -h '{folder}'; df -i '{folder}'")),
        Line::command("What the log says:", "journalctl -u watchfloor -p warning --since -1h".to_owned()),
        Line::text("What each refusal means and how to mend it is in docs/operations.md. No restart is needed."),
    ];
    vec![Section::new("What could not be stored", works), Section::new("What you can do", actions)]
}

/// `45 seconds`, `12 minutes`, `3 hours`.
fn lasted(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}
