//! The words of each kind of message, and of grades and verdicts.

use crate::model::alert::Account;
use crate::model::condition::Verdict;
use crate::model::notification::Kind;
use crate::model::scenario::Path;
use crate::model::source::Grade;

/// What a message about a scenario is called.
pub(super) struct Phrases {
    /// Before the subject's stem, so that a thread keeps one stem.
    pub prefix: &'static str,
    /// Behind `Risk scenario` or `Baseline scenario`.
    pub event: &'static str,
    /// `alarm`, `caution`, `calm` or `plain`.
    pub tone: &'static str,
    /// What happened, for someone who has never seen the project.
    pub meaning: &'static str,
}

/// The phrases of a kind.
pub(super) fn phrases(kind: Kind, path: Path) -> Phrases {
    let (prefix, event, tone, meaning) = match kind {
        Kind::Escalated => {
            ("Escalated: ", "escalated", alarm(path), "The signs have grown stronger since the last message.")
        }
        Kind::Reminder => (
            "Reminder: ",
            "still active",
            alarm(path),
            "Nothing new has happened: it is still active and nobody has acknowledged it yet.",
        ),
        Kind::Resolved => {
            ("Resolved: ", "resolved", "calm", "The signs are gone, and have been for as long as the watch asks.")
        }
        Kind::Undone => (
            "Undone: ",
            "undone by revision",
            "caution",
            "The alert is withdrawn: a source has corrected or removed figures that it rested on. The world has not changed, what is known of it has.",
        ),
        Kind::Blind => (
            "Blind: ",
            "cannot be judged",
            "caution",
            "Too little is known at the moment to say whether it holds or not. Until that is mended, silence does not mean that nothing happens.",
        ),
        Kind::SeesAgain => (
            "Sees again: ",
            "can be judged again",
            "calm",
            "What was missing has come back; silence means again that nothing happens.",
        ),
        Kind::Drill => (
            "DRILL: ",
            "drill",
            "plain",
            "This is a drill, started by hand: nothing has triggered. The data below are real.",
        ),
        _ => ("", "triggered", alarm(path), "What the assessment named as signs of this path is now to be seen."),
    };
    Phrases { prefix, event, tone, meaning }
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
    let unknown = match account.unknown().count() {
        0 => String::new(),
        count => format!(", {count} cannot be judged"),
    };
    let total = account.conditions.len();
    let (noun, verb) =
        (if total == 1 { "condition" } else { "conditions" }, if account.met() == 1 { "holds" } else { "hold" });
    let needs = match account.needs.as_str() {
        "any" => "one is enough",
        "all" => "all are needed",
        other => other,
    };
    format!(
        "{} of {total} {noun} {verb}{unknown}; {}",
        account.met(),
        if needs.contains(" of ") { format!("needed: {needs}") } else { needs.to_owned() }
    )
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
