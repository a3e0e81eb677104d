//! The words of each kind of message, and of grades and verdicts.

use crate::model::alert::Account;
use crate::model::condition::Verdict;
use crate::model::notification::Kind;
use crate::model::scenario::Path;
use crate::model::source::Grade;
use crate::model::text::one_line;

/// What a message about a scenario is called, and what it tells someone who has never seen the project.
pub(super) struct Phrases {
    /// Before the subject's stem, so that a thread keeps one stem.
    pub prefix: &'static str,
    /// Behind `Risk scenario` or `Baseline scenario`.
    pub event: &'static str,
    /// `alarm`, `caution`, `calm` or `plain`.
    pub tone: &'static str,
    /// Behind the scenario's title: what happened.
    pub happened: &'static str,
    /// What follows from it; empty where that is plain.
    pub meaning: &'static str,
}

/// The phrases of a kind; of `Triggered` for the kinds that are not about scenarios.
pub(super) fn phrases(kind: Kind, path: Path) -> Phrases {
    match kind {
        Kind::Escalated => Phrases {
            prefix: "Escalated: ",
            event: "escalated",
            tone: alarm(path),
            happened: "shows itself more strongly than at the last message",
            meaning: "",
        },
        Kind::Reminder => Phrases {
            prefix: "Reminder: ",
            event: "still active",
            tone: alarm(path),
            happened: "is still showing itself",
            meaning: "Nobody has acknowledged it yet. ",
        },
        Kind::Drill => Phrases {
            prefix: "DRILL: ",
            event: "drill",
            tone: "plain",
            happened: "is the subject of a drill that was started by hand",
            meaning: "Nothing has triggered; the data below are real. ",
        },
        Kind::Resolved | Kind::Undone => ended(kind, path),
        Kind::Blind | Kind::SeesAgain => sight(kind),
        _ => Phrases {
            prefix: "",
            event: "triggered",
            tone: alarm(path),
            happened: "has begun to show itself",
            meaning: "",
        },
    }
}

fn ended(kind: Kind, path: Path) -> Phrases {
    if kind == Kind::Undone {
        return Phrases {
            prefix: "Undone: ",
            event: "undone by revision",
            tone: "caution",
            happened: "had not begun after all",
            meaning: "The alert is withdrawn, because a source has corrected or removed figures that it rested on: the world has not changed, what is known of it has. ",
        };
    }
    Phrases {
        prefix: "Resolved: ",
        event: "resolved",
        // That the expected path no longer shows itself is no good news.
        tone: if path == Path::Risk { "calm" } else { "caution" },
        happened: "no longer shows itself",
        meaning: "Its signs have been gone for as long as the watch asks. ",
    }
}

fn sight(kind: Kind) -> Phrases {
    if kind == Kind::SeesAgain {
        return Phrases {
            prefix: "Sees again: ",
            event: "can be judged again",
            tone: "calm",
            happened: "can be judged again",
            meaning: "What was missing has come back; silence means again that nothing happens. ",
        };
    }
    Phrases {
        prefix: "Blind: ",
        event: "cannot be judged",
        tone: "caution",
        happened: "cannot be judged at the moment",
        meaning: "Too little is known to say whether it has begun. Until that is mended, silence does not mean that nothing happens. ",
    }
}

/// A risk that shows itself is bad news, a baseline that does is not.
fn alarm(path: Path) -> &'static str {
    match path {
        Path::Risk => "alarm",
        Path::Baseline => "calm",
    }
}

/// `risk: a path that the assessment warns of`.
pub(super) fn path_words(path: Path) -> &'static str {
    match path {
        Path::Risk => "risk: a path that the assessment warns of",
        Path::Baseline => "baseline: the path that the assessment expects",
    }
}

/// `[RISK]` or `[BASELINE]`.
pub(super) fn path_tag(path: Path) -> &'static str {
    match path {
        Path::Risk => "[RISK]",
        Path::Baseline => "[BASELINE]",
    }
}

/// A mark and words.
pub(super) fn verdict_words(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::True => ("✓", "holds"),
        Verdict::False => ("✗", "does not hold"),
        Verdict::Unknown => ("?", "unknown"),
    }
}

/// `2 of 3 conditions hold, 1 cannot be judged; needed: 2 of 3`.
pub(super) fn tally(account: &Account) -> String {
    let (met, total) = (account.met(), account.conditions.len());
    let noun = if total == 1 { "condition" } else { "conditions" };
    let verb = if met == 1 { "holds" } else { "hold" };
    let unknown = match account.unknown().count() {
        0 => String::new(),
        count => format!(", {count} cannot be judged"),
    };
    let needed = match account.needs.as_str() {
        "any" => "one is enough".to_owned(),
        "all" => "all are needed".to_owned(),
        other => format!("needed: {}", one_line(other, 40)),
    };
    format!("{met} of {total} {noun} {verb}{unknown}; {needed}")
}

/// `B2 (usually reliable source; probably true)`: AJP-2.1.
pub(super) fn grade_words(text: &str) -> String {
    use crate::model::source::Reliability::{A, B, C, D, E, F};
    let grade = Grade::parse(text);
    let source = grade.reliability.map(|letter| match letter {
        A => "completely reliable source",
        B => "usually reliable source",
        C => "fairly reliable source",
        D => "not usually reliable source",
        E => "unreliable source",
        F => "source's reliability cannot be judged",
    });
    let claim = grade.credibility.map(|digit| match digit {
        1 => "confirmed by other sources",
        2 => "probably true",
        3 => "possibly true",
        4 => "doubtful",
        5 => "improbable",
        _ => "truth cannot be judged",
    });
    let words = [source.unwrap_or("source not graded"), claim.unwrap_or("claim not graded")].join("; ");
    format!("{grade} ({words})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_come_with_their_words() {
        assert_eq!(grade_words("B2"), "B2 (usually reliable source; probably true)");
        assert_eq!(grade_words("C-"), "C- (fairly reliable source; claim not graded)");
        assert_eq!(grade_words("<b>"), "-- (source not graded; claim not graded)");
    }
}
