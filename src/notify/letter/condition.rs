//! One condition of a scenario with its evidence, in words.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::chart::{Chart, chart};
use super::time::written;
use super::words::{grade_words, verdict_words};
use super::{SENTENCE, TITLE, capped};
use crate::model::alert::{ConditionAccount, EvidenceAccount};
use crate::model::text::{figure, one_line};
use crate::notify::safe::web_link;

/// Pieces of evidence shown for one condition; `alert show` has the others.
const EVIDENCE: usize = 5;

/// One condition, ready to be laid out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Condition {
    /// Its place in the list, from 1.
    pub number: usize,
    /// `✓`, `✗` or `?`.
    pub mark: &'static str,
    /// `holds`, `does not hold` or `unknown`.
    pub verdict: &'static str,
    /// The indicator's title.
    pub title: String,
    /// The indicator's full name.
    pub indicator: String,
    /// How it is measured.
    pub measure: String,
    /// The value in words, with what it was before: `900 → 390`.
    pub value: String,
    /// The limit in words.
    pub bound: String,
    /// Why the answer is so.
    pub why: String,
    /// What the indicator stands in for.
    pub proxy: Option<String>,
    /// The last periods.
    pub chart: Option<Chart>,
    /// What it rests on, newest first.
    pub evidence: Vec<Evidence>,
    /// How much evidence is not shown, as a sentence.
    pub more_evidence: Option<String>,
}

/// One piece of evidence, ready to be laid out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Evidence {
    /// The source's words.
    pub quote: String,
    /// The item's title.
    pub title: Option<String>,
    /// Where it is, where that is a web address.
    pub link: Option<String>,
    /// What stands in the place of a link but is none.
    pub unlinked: Option<String>,
    /// Who says so.
    pub source: String,
    /// Letter and digit with their words.
    pub grade: String,
    /// The figure with its bounds.
    pub figure: Option<String>,
    /// When it happened.
    pub happened: String,
    /// When we learned it.
    pub learned: String,
    /// What is odd about it.
    pub flags: Option<String>,
}

/// A condition in words.
pub(super) fn condition(number: usize, account: &ConditionAccount, zone: &TimeZone) -> Condition {
    let (mark, verdict) = verdict_words(account.verdict);
    let (shown, more_evidence) = capped(&account.evidence, EVIDENCE);
    Condition {
        number,
        mark,
        verdict,
        title: one_line(&account.title, TITLE),
        indicator: one_line(&account.indicator.to_string(), TITLE),
        measure: one_line(&account.measure, 60),
        value: value_words(account),
        bound: one_line(&account.bound, TITLE),
        why: one_line(&account.why, SENTENCE),
        proxy: account.proxy_for.as_deref().map(|proxy| one_line(proxy, SENTENCE)),
        chart: chart(account),
        evidence: shown.iter().map(|evidence| evidence_words(evidence, zone)).collect(),
        more_evidence: more_words(more_evidence),
    }
}

fn more_words(hidden: usize) -> Option<String> {
    match hidden {
        0 => None,
        1 => Some("1 more piece of evidence is not shown here.".to_owned()),
        _ => Some(format!("{hidden} more pieces of evidence are not shown here.")),
    }
}

/// `390 sorties`, or `900 sorties → 390 sorties` where it has changed since the last message.
fn value_words(account: &ConditionAccount) -> String {
    let now = one_line(&account.shown, TITLE);
    match account.before.as_deref() {
        Some(before) => format!("{} → {now}", one_line(before, TITLE)),
        None => now,
    }
}

fn evidence_words(evidence: &EvidenceAccount, zone: &TimeZone) -> Evidence {
    let link = evidence.link.as_deref().and_then(web_link);
    let unlinked = evidence.link.as_deref().filter(|_| link.is_none()).map(|text| one_line(text, 200));
    Evidence {
        quote: one_line(&evidence.quote, SENTENCE),
        title: evidence.title.as_deref().map(|title| one_line(title, TITLE)).filter(|title| !title.is_empty()),
        link,
        unlinked: unlinked.filter(|text| !text.is_empty()),
        source: one_line(&evidence.source, TITLE),
        grade: grade_words(&one_line(&evidence.grade, 8)),
        figure: figure_words(evidence),
        happened: written(evidence.event_time, zone),
        learned: written(evidence.recorded_at, zone),
        flags: flag_words(&evidence.flags),
    }
}

/// `390`, `300 to 400`, `at least 300`, `at most 400`.
fn figure_words(evidence: &EvidenceAccount) -> Option<String> {
    let shown = |value: f64| figure(value, 3);
    match (evidence.low, evidence.high) {
        (Some(low), Some(high)) if low < high => Some(format!("{} to {}", shown(low), shown(high))),
        (Some(low), None) => Some(format!("at least {}", shown(low))),
        (None, Some(high)) => Some(format!("at most {}", shown(high))),
        _ => evidence.value.map(shown),
    }
}

fn flag_words(flags: &[String]) -> Option<String> {
    let (shown, _) = capped(flags, 10);
    let words: Vec<_> = shown.iter().map(|flag| one_line(flag, 40)).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
