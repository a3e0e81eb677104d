//! The keys of a scenario and of its conditions.

use crate::model::condition::Measure;
use crate::settings::key::ANY_NUMBER;
use crate::settings::{Key, Kind, Table};

/// The words of `measure`.
const MEASURES: [&str; Measure::ALL.len()] = {
    let mut words = [""; Measure::ALL.len()];
    let mut index = 0;
    while index < words.len() {
        words[index] = Measure::ALL[index].0;
        index += 1;
    }
    words
};

const WAIT: Kind = Kind::Either(&[Kind::Duration, Kind::Releases]);
const BOUND: Kind = Kind::Either(&[ANY_NUMBER, Kind::Share, Kind::Duration]);

/// `[scenarios.x]`.
pub static SCENARIO: Table = Table {
    noun: "scenario",
    doc: "A baseline or risk path, and the conditions under which it is under way.",
    keys: &[
        Key::required("path", Kind::Word(&["baseline", "risk"]), "Which path of the assessment it is."),
        Key::required("when", Kind::List(&Kind::Table(&WHEN)), "Its conditions, one `[[scenarios.x.when]]` each."),
        Key::optional("title", Kind::Text, "its id", "How it is shown."),
        Key::optional("needs", Kind::Text, "`all`", "How many conditions have to hold: `all`, `any` or `2 of 3`."),
        Key::optional("hold", WAIT, "`0s`", "True for this long before it triggers; `2 releases` of slow indicators."),
        Key::optional("clear_after", WAIT, "`0s`", "False for this long before it resolves."),
        Key::optional("repeat", Kind::Duration, "off", "Remind so often while active and unacknowledged."),
        Key::optional("prior", Kind::Number(0.0, 1.0), "none", "The analyst's starting probability."),
        Key::optional("to", Kind::List(&Kind::Text), "`[email] to`", "Who is told."),
    ],
};

/// `[[scenarios.x.when]]`.
pub static WHEN: Table = Table {
    noun: "condition",
    doc: "One test on one indicator. At least one of `above`, `below`, `at_least` and `at_most`.",
    keys: &[
        Key::required("indicator", Kind::Text, "What is tested: an id of `[indicators]`."),
        Key::optional(
            "measure",
            Kind::Word(&MEASURES),
            "`value`; `corroborated` of reports, `days_overdue` of schedules",
            "What is measured on it.",
        ),
        Key::optional(
            "baseline",
            Kind::Integer(1, 1000),
            "by measure",
            "How many readings before the latest make the baseline.",
        ),
        Key::optional("over", Kind::Integer(1, 1000), "`1`", "`change`: against the reading so many periods before."),
        Key::optional("window", Kind::Duration, "by measure", "Looking back so long."),
        Key::optional("above", BOUND, "none", "True above this."),
        Key::optional("below", BOUND, "none", "True below this."),
        Key::optional("at_least", BOUND, "none", "True at or above this."),
        Key::optional("at_most", BOUND, "none", "True at or below this."),
        Key::optional("clear_above", BOUND, "none", "Once true, stays true until above this."),
        Key::optional("clear_below", BOUND, "none", "Once true, stays true until below this."),
        Key::optional("hold", WAIT, "`0s`", "It has to hold for so long by itself."),
        Key::optional("expect", Kind::Bool, "`true`", "`false` turns the answer round: a disconfirming condition."),
        Key::optional("partial", Kind::Word(&["final", "nowcast"]), "`final`", "Whether a running period may decide."),
        Key::optional(
            "likelihood_ratio",
            Kind::Number(0.0, f64::MAX),
            "none",
            "How much likelier this is if the scenario is under way.",
        ),
        Key::optional(
            "half_life",
            Kind::Duration,
            "45 days counts, 14 days reports, 90 days schedules",
            "How fast its weight decays.",
        ),
        Key::optional(
            "group",
            Kind::Text,
            "by source, owner and lineage",
            "Conditions of one group depend on one another: the strongest counts.",
        ),
    ],
};
