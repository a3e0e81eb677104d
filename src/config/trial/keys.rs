//! The keys of a scenario test.

use crate::model::notification::Kind as Mail;
use crate::model::observation::Status;
use crate::settings::key::ANY_NUMBER;
use crate::settings::{Key, Kind, Table};

/// The words of `mails`.
const MAILS: [&str; Mail::ALL.len()] = {
    let mut words = [""; Mail::ALL.len()];
    let mut index = 0;
    while index < words.len() {
        words[index] = Mail::ALL[index].0;
        index += 1;
    }
    words
};

const PHASES: Kind = Kind::Word(&["inactive", "pending", "active", "clearing"]);

/// A test file.
pub static TRIALS: Table = Table {
    noun: "test file",
    doc: "Tests of a watch's scenarios: what is told when, and what has to follow. `watchfloor test FILE` runs them.",
    keys: &[
        Key::required("watch", Kind::Text, "The file of the watch, relative to this one."),
        Key::required("test", Kind::List(&Kind::Table(&TEST)), "The tests, one `[[test]]` each."),
        Key::optional(
            "settings",
            Kind::Text,
            "none",
            "The settings file, where the watch uses its sources, places or zone.",
        ),
    ],
};

/// `[[test]]`.
pub static TEST: Table = Table {
    noun: "test",
    doc: "One course of things. Before it begins, every feed has been healthy and silent for long; while it runs, every \
        feed answers whenever it matters, and has nothing new but what is told here.",
    keys: &[
        Key::required("name", Kind::Text, "What is tested, as a sentence."),
        Key::required(
            "start",
            Kind::Moment,
            "When it begins. Its date, as it is written, is the first of each series.",
        ),
        Key::optional(
            "series",
            Kind::Ids(&SERIES),
            "none",
            "By indicator: its values, one a period. They stand in for all its sources.",
        ),
        Key::optional(
            "observe",
            Kind::Map(&Kind::List(&Kind::Table(&OBSERVE))),
            "none",
            "By indicator: single values.",
        ),
        Key::optional(
            "revise",
            Kind::Map(&Kind::List(&Kind::Table(&REVISE))),
            "none",
            "By indicator: corrections of its series.",
        ),
        Key::optional(
            "documents",
            Kind::Map(&Kind::List(&Kind::Table(&DOCUMENT))),
            "none",
            "By feed: documents to be read.",
        ),
        Key::optional("expect", Kind::List(&Kind::Table(&EXPECT)), "none: the test fails", "What has to follow."),
    ],
};

/// `series.ID`.
pub static SERIES: Table = Table {
    noun: "series",
    doc: "Values of an indicator, one a period from the start on. Each is told at the end of its period.",
    keys: &[
        Key::required("every", Kind::Text, "A period: `6h`, `1d`, `1w`, `1mo` or `1q`."),
        Key::required(
            "values",
            Kind::Text,
            "`900 450 _ 380`; `_` is missing. `10+5x3` is `10 15 20 25`, `7x2` is `7 7 7`, `_x2` is `_ _`.",
        ),
    ],
};

/// `observe.ID`.
pub static OBSERVE: Table = Table {
    noun: "observation",
    doc: "One value as if it had been extracted: a figure, a report at a place, or a statement about an expected event.",
    keys: &[
        Key::required("at", Kind::Moment, "When it is told."),
        Key::optional("value", ANY_NUMBER, "none", "`level`, `count`: the figure."),
        Key::optional(
            "date",
            Kind::Date,
            "that of `at`",
            "`level`, `count`: the day it is about. `schedule`: the expected date.",
        ),
        Key::optional("status", Kind::Word(&Status::WORDS), "none", "`schedule`: what is said to have happened."),
        Key::optional("amount", ANY_NUMBER, "none", "`schedule`: the amount."),
        Key::optional("currency", Kind::Text, "`USD`", "`schedule`: the amount's currency."),
        Key::optional("place", Kind::Text, "none", "`report`: a place of the watch."),
        Key::optional("lat", Kind::Number(-90.0, 90.0), "none", "`report`: the latitude, instead of `place`."),
        Key::optional("lon", Kind::Number(-180.0, 180.0), "none", "`report`: the longitude, instead of `place`."),
        Key::optional("feed", Kind::Text, "the indicator's first", "Which feed tells it."),
        Key::optional("source", Kind::Text, "the feed's", "The publisher that the item names."),
        Key::optional("id", Kind::Text, "its own", "The item's identity: the same one again is a revision."),
        Key::optional("title", Kind::Text, "none", "The item's title."),
        Key::optional("text", Kind::Text, "the value", "The item's text."),
        Key::optional("link", Kind::Text, "none", "The item's link."),
    ],
};

/// `revise.ID`.
pub static REVISE: Table = Table {
    noun: "revision",
    doc: "A correction of one value of the series.",
    keys: &[
        Key::required("period", Kind::Text, "Which value: `2026-02`, `2026-02-14`, `2026-W07` or `2026-Q1`."),
        Key::required("value", ANY_NUMBER, "What it is from now on."),
        Key::required("at", Kind::Moment, "When that is told."),
    ],
};

/// `documents.ID`.
pub static DOCUMENT: Table = Table {
    noun: "document",
    doc: "A document that a feed gives, read by its own extractors.",
    keys: &[
        Key::required("at", Kind::Moment, "When it is fetched."),
        Key::required("file", Kind::Text, "The file, relative to this one."),
    ],
};

/// `expect`.
pub static EXPECT: Table = Table {
    noun: "expectation",
    doc: "What has to be so at a moment (`at`), or to have happened in a stretch (`between`).",
    keys: &[
        Key::optional("at", Kind::Moment, "none", "At this moment, after everything that happens at it."),
        Key::optional(
            "between",
            Kind::List(&Kind::Moment),
            "none",
            "From the first to the second moment, both included.",
        ),
        Key::optional("scenario", Kind::Text, "none", "Which scenario."),
        Key::optional("state", PHASES, "none", "`at`: the state it stands in."),
        Key::optional("blind", Kind::Bool, "none", "`at`: whether it cannot be judged."),
        Key::optional("transitions", Kind::List(&PHASES), "none", "`between`: the states it comes into, in order."),
        Key::optional(
            "mails",
            Kind::Either(&[Kind::Integer(0, 100_000), Kind::List(&Kind::Word(&MAILS))]),
            "none",
            "`between`: how many messages there are, or their kinds in order; about everything where no scenario is named.",
        ),
    ],
};
