//! Frozen accounts and contents as JSON: how a decision is written down.
//!
//! The model knows nothing of JSON; these are its written forms. Members may
//! be added with a default, never renamed: what was written once must be
//! readable for ever.

mod notices;

use serde::{Deserialize, Serialize};

use self::notices::{NoticeForm, StoreForm, UndeliveredForm};

use super::error::{Result, StoreError};
use crate::model::alert::{Account, ConditionAccount, EvidenceAccount, NoteAccount, PointAccount};
use crate::model::condition::Verdict;
use crate::model::likelihood::{Confidence, Likelihood, Move};
use crate::model::name::Name;
use crate::model::notification::{Content, Digest, DigestLine, DigestSection};
use crate::model::scenario::{Path, Phase};
use crate::model::time::{from_millis, millis};

/// Writes an account.
pub fn write_account(account: &Account) -> String {
    to_json(&AccountForm::from(account))
}

/// Reads an account.
///
/// # Errors
/// A form that this program cannot have written.
pub fn read_account(json: &str) -> Result<Account> {
    from_json::<AccountForm>(json)?.read()
}

/// Writes a message's content.
pub fn write_content(content: &Content) -> String {
    to_json(&match content {
        Content::Scenario(account) => ContentForm::Scenario(Box::new(AccountForm::from(account.as_ref()))),
        Content::Feed(notice) => ContentForm::Feed(NoticeForm::from(notice.as_ref())),
        Content::Digest(digest) => ContentForm::Picture {
            zone: digest.zone.clone(),
            sections: digest.sections.iter().map(write_section).collect(),
        },
        Content::Undelivered(undelivered) => ContentForm::Undelivered(UndeliveredForm::from(undelivered.as_ref())),
        Content::Store(notice) => ContentForm::Store(StoreForm::from(notice.as_ref())),
        Content::Test => ContentForm::Test,
    })
}

/// Reads a message's content.
///
/// # Errors
/// A form that this program cannot have written.
pub fn read_content(json: &str) -> Result<Content> {
    Ok(match from_json(json)? {
        ContentForm::Scenario(form) => Content::Scenario(Box::new(form.read()?)),
        ContentForm::Feed(form) => Content::Feed(Box::new(form.read()?)),
        ContentForm::Digest(sections) => Content::Digest(read_digest("UTC".to_owned(), sections)),
        ContentForm::Picture { zone, sections } => Content::Digest(read_digest(zone, sections)),
        ContentForm::Undelivered(form) => Content::Undelivered(Box::new(form.read()?)),
        ContentForm::Store(form) => Content::Store(Box::new(form.read())),
        ContentForm::Test => Content::Test,
    })
}

fn to_json(form: &impl Serialize) -> String {
    // Strings, figures and lists of them: there is nothing in a form that JSON cannot say.
    serde_json::to_string(form).unwrap_or_else(|error| format!("{{\"unwritable\":\"{error}\"}}"))
}

fn from_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))
}

fn unreadable(why: String) -> StoreError {
    StoreError::Row { table: "transition or notification", why }
}

fn read_name(word: &str) -> Result<Name> {
    Name::parse(word).ok_or_else(|| unreadable(format!("`{word}` is no full name")))
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ContentForm {
    Scenario(Box<AccountForm>),
    Feed(NoticeForm),
    /// How the daily picture was written at first.
    Digest(Vec<SectionForm>),
    Picture {
        zone: String,
        sections: Vec<SectionForm>,
    },
    Undelivered(UndeliveredForm),
    Store(StoreForm),
    Test,
}

/// A bare text is how lines without a series are written, and how all were at first.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum LineForm {
    Text(String),
    Drawn { text: String, series: Vec<PointForm> },
}

/// Title and lines.
type SectionForm = (String, Vec<LineForm>);

/// Period, value, whether it is final; and where a part of the period is not accounted for, a fourth that says so.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PointForm {
    Part(String, Option<f64>, bool, bool),
    Whole(String, Option<f64>, bool),
}

fn read_digest(zone: String, sections: Vec<SectionForm>) -> Digest {
    Digest { zone, sections: sections.into_iter().map(read_section).collect() }
}

fn write_section(section: &DigestSection) -> SectionForm {
    let line = |line: &DigestLine| match line.series.as_slice() {
        [] => LineForm::Text(line.text.clone()),
        series => LineForm::Drawn { text: line.text.clone(), series: series.iter().map(write_point).collect() },
    };
    (section.title.clone(), section.lines.iter().map(line).collect())
}

fn read_section((title, lines): SectionForm) -> DigestSection {
    let line = |line| match line {
        LineForm::Text(text) => DigestLine::from(text),
        LineForm::Drawn { text, series } => DigestLine { text, series: series.into_iter().map(read_point).collect() },
    };
    DigestSection { title, lines: lines.into_iter().map(line).collect() }
}

fn write_point(point: &PointAccount) -> PointForm {
    let PointAccount { period, value, is_final, is_whole } = point.clone();
    if is_whole { PointForm::Whole(period, value, is_final) } else { PointForm::Part(period, value, is_final, false) }
}

fn read_point(form: PointForm) -> PointAccount {
    match form {
        PointForm::Part(period, value, is_final, is_whole) => PointAccount { period, value, is_final, is_whole },
        PointForm::Whole(period, value, is_final) => PointAccount { period, value, is_final, is_whole: true },
    }
}

#[derive(Serialize, Deserialize)]
struct AccountForm {
    scenario: String,
    path: String,
    title: String,
    watch_title: String,
    basis: Option<String>,
    zone: String,
    at: i64,
    phase: String,
    since: i64,
    verdict: String,
    needs: String,
    reason: String,
    clears: Option<String>,
    #[serde(default)]
    likelihood: Option<LikelihoodForm>,
    conditions: Vec<ConditionForm>,
}

#[derive(Serialize, Deserialize)]
struct LikelihoodForm {
    probability: f64,
    log_odds: f64,
    word: String,
    low: f64,
    high: f64,
    confidence: String,
    confidence_why: String,
    moves: Vec<MoveForm>,
}

#[derive(Serialize, Deserialize)]
struct MoveForm {
    indicator: String,
    measure: String,
    weight: f64,
    without: f64,
}

#[derive(Serialize, Deserialize)]
struct ConditionForm {
    indicator: String,
    title: String,
    unit: String,
    measure: String,
    verdict: String,
    value: Option<f64>,
    shown: String,
    before: Option<String>,
    bound: String,
    why: String,
    proxy_for: Option<String>,
    vintages: Vec<i64>,
    evidence: Vec<EvidenceForm>,
    series: Vec<PointForm>,
    #[serde(default)]
    is_level: bool,
    #[serde(default)]
    bound_at: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct EvidenceForm {
    indicator: String,
    vintage: i64,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    event_time: i64,
    recorded_at: i64,
    quote: String,
    title: Option<String>,
    link: Option<String>,
    source: String,
    grade: String,
    flags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteForm>,
}

#[derive(Serialize, Deserialize)]
struct NoteForm {
    at: i64,
    author: String,
    about: String,
    text: String,
}

impl From<&Account> for AccountForm {
    fn from(account: &Account) -> Self {
        Self {
            scenario: account.scenario.to_string(),
            path: account.path.word().to_owned(),
            title: account.title.clone(),
            watch_title: account.watch_title.clone(),
            basis: account.basis.clone(),
            zone: account.zone.clone(),
            at: millis(account.at),
            phase: account.phase.word().to_owned(),
            since: millis(account.since),
            verdict: account.verdict.word().to_owned(),
            needs: account.needs.clone(),
            reason: account.reason.clone(),
            clears: account.clears.clone(),
            likelihood: account.likelihood.as_ref().map(LikelihoodForm::from),
            conditions: account.conditions.iter().map(ConditionForm::from).collect(),
        }
    }
}

impl AccountForm {
    fn read(self) -> Result<Account> {
        Ok(Account {
            scenario: read_name(&self.scenario)?,
            path: Path::parse(&self.path).ok_or_else(|| unreadable(format!("`{}` is no path", self.path)))?,
            title: self.title,
            watch_title: self.watch_title,
            basis: self.basis,
            zone: self.zone,
            at: from_millis(self.at),
            phase: Phase::parse(&self.phase).ok_or_else(|| unreadable(format!("`{}` is no phase", self.phase)))?,
            since: from_millis(self.since),
            verdict: Verdict::parse(&self.verdict),
            needs: self.needs,
            reason: self.reason,
            clears: self.clears,
            likelihood: self.likelihood.map(LikelihoodForm::read).transpose()?,
            conditions: self.conditions.into_iter().map(ConditionForm::read).collect::<Result<_>>()?,
        })
    }
}

impl From<&Likelihood> for LikelihoodForm {
    fn from(likelihood: &Likelihood) -> Self {
        let moved = |one: &Move| MoveForm {
            indicator: one.indicator.to_string(),
            measure: one.measure.clone(),
            weight: one.weight,
            without: one.without,
        };
        Self {
            probability: likelihood.probability,
            log_odds: likelihood.log_odds,
            word: likelihood.word.clone(),
            low: likelihood.band.0,
            high: likelihood.band.1,
            confidence: likelihood.confidence.word().to_owned(),
            confidence_why: likelihood.confidence_why.clone(),
            moves: likelihood.moves.iter().map(moved).collect(),
        }
    }
}

impl LikelihoodForm {
    fn read(self) -> Result<Likelihood> {
        let moved = |one: MoveForm| -> Result<Move> {
            Ok(Move {
                indicator: read_name(&one.indicator)?,
                measure: one.measure,
                weight: one.weight,
                without: one.without,
            })
        };
        Ok(Likelihood {
            probability: self.probability,
            log_odds: self.log_odds,
            word: self.word,
            band: (self.low, self.high),
            confidence: Confidence::parse(&self.confidence)
                .ok_or_else(|| unreadable(format!("`{}` is no confidence", self.confidence)))?,
            confidence_why: self.confidence_why,
            moves: self.moves.into_iter().map(moved).collect::<Result<_>>()?,
        })
    }
}

impl From<&ConditionAccount> for ConditionForm {
    fn from(condition: &ConditionAccount) -> Self {
        Self {
            indicator: condition.indicator.to_string(),
            title: condition.title.clone(),
            unit: condition.unit.clone(),
            measure: condition.measure.clone(),
            verdict: condition.verdict.word().to_owned(),
            value: condition.value,
            shown: condition.shown.clone(),
            before: condition.before.clone(),
            bound: condition.bound.clone(),
            why: condition.why.clone(),
            proxy_for: condition.proxy_for.clone(),
            vintages: condition.vintages.clone(),
            evidence: condition.evidence.iter().map(EvidenceForm::from).collect(),
            series: condition.series.iter().map(write_point).collect(),
            is_level: condition.is_level,
            bound_at: condition.bound_at,
        }
    }
}

impl ConditionForm {
    fn read(self) -> Result<ConditionAccount> {
        Ok(ConditionAccount {
            indicator: read_name(&self.indicator)?,
            title: self.title,
            unit: self.unit,
            measure: self.measure,
            verdict: Verdict::parse(&self.verdict),
            value: self.value,
            shown: self.shown,
            before: self.before,
            bound: self.bound,
            why: self.why,
            proxy_for: self.proxy_for,
            vintages: self.vintages,
            evidence: self.evidence.into_iter().map(EvidenceForm::read).collect::<Result<_>>()?,
            series: self.series.into_iter().map(read_point).collect(),
            is_level: self.is_level,
            bound_at: self.bound_at,
        })
    }
}

impl From<&EvidenceAccount> for EvidenceForm {
    fn from(evidence: &EvidenceAccount) -> Self {
        Self {
            indicator: evidence.indicator.to_string(),
            vintage: evidence.vintage,
            value: evidence.value,
            low: evidence.low,
            high: evidence.high,
            event_time: millis(evidence.event_time),
            recorded_at: millis(evidence.recorded_at),
            quote: evidence.quote.clone(),
            title: evidence.title.clone(),
            link: evidence.link.clone(),
            source: evidence.source.clone(),
            grade: evidence.grade.clone(),
            flags: evidence.flags.clone(),
            author: evidence.author.clone(),
            notes: evidence.notes.iter().map(NoteForm::from).collect(),
        }
    }
}

impl From<&NoteAccount> for NoteForm {
    fn from(note: &NoteAccount) -> Self {
        Self { at: millis(note.at), author: note.author.clone(), about: note.about.clone(), text: note.text.clone() }
    }
}

impl EvidenceForm {
    fn read(self) -> Result<EvidenceAccount> {
        Ok(EvidenceAccount {
            indicator: read_name(&self.indicator)?,
            vintage: self.vintage,
            value: self.value,
            low: self.low,
            high: self.high,
            event_time: from_millis(self.event_time),
            recorded_at: from_millis(self.recorded_at),
            quote: self.quote,
            title: self.title,
            link: self.link,
            source: self.source,
            grade: self.grade,
            flags: self.flags,
            author: self.author,
            notes: self.notes.into_iter().map(NoteForm::read).collect(),
        })
    }
}

impl NoteForm {
    fn read(self) -> NoteAccount {
        NoteAccount { at: from_millis(self.at), author: self.author, about: self.about, text: self.text }
    }
}
