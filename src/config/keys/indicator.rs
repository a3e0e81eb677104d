//! The keys of an indicator and of its inputs.

use crate::model::indicator::Kind as Kinds;
use crate::model::source::Discipline;
use crate::settings::key::ANY_NUMBER;
use crate::settings::{Key, Kind, Table};

/// `[indicators.x]`.
pub static INDICATOR: Table = Table {
    noun: "indicator",
    doc: "A question that is measured over time.",
    keys: &[
        Key::required(
            "kind",
            Kind::Word(&Kinds::WORDS),
            "What it is: `level` a state that holds until the next value, `count` so many a period, `report` happenings at places, `schedule` expected events.",
        ),
        Key::required(
            "from",
            Kind::List(&Kind::Table(&FROM)),
            "Its inputs, one `[[indicators.x.from]]` each, tried in order.",
        ),
        Key::optional("title", Kind::Text, "its id", "How it is shown."),
        Key::optional("unit", Kind::Text, "none", "The unit of its values."),
        Key::optional(
            "period",
            Kind::Word(&["day", "week", "month", "quarter"]),
            "`day`",
            "The calendar period its readings are made for.",
        ),
        Key::optional(
            "aggregate",
            Kind::Word(&["last", "sum", "mean", "median", "min", "max"]),
            "`last` of a level, else `sum`",
            "How the values of one period become one.",
        ),
        Key::optional(
            "combine",
            Kind::Word(&["first", "sum", "max", "median"]),
            "`first`",
            "How feeds are put together: per period the first in order that covers it, or their sum, maximum or median.",
        ),
        Key::optional("proxy_for", Kind::Text, "none", "What it stands in for; shown wherever the value is."),
        Key::optional(
            "stale_after",
            Kind::Duration,
            "learned from its cadence",
            "Without a new value for so long, conditions on it are unknown.",
        ),
        Key::optional(
            "plausible",
            Kind::List(&ANY_NUMBER),
            "none",
            "`[low, high]`: values outside are flagged and kept out of readings.",
        ),
        Key::optional(
            "breaks",
            Kind::List(&Kind::Date),
            "none",
            "Dates at which its definition changed: no comparison across them.",
        ),
        Key::optional(
            "observability",
            Kind::Table(&OBSERVABILITY),
            "it can always be seen",
            "`count` and `report`: when it can be seen at all. Outside of it nothing seen is unknown and not zero.",
        ),
        Key::optional(
            "near",
            Kind::Text,
            "anywhere",
            "`report`: the place in which reports have to be, by coordinates or by name.",
        ),
        Key::optional(
            "corroboration",
            Kind::Table(&CORROBORATION),
            "two origins within 72 hours and 10 km",
            "`report`: when an event counts as corroborated.",
        ),
        Key::optional("due", Kind::Date, "none", "`schedule`: the stated date."),
        Key::optional("grace", Kind::Duration, "`0d`", "`schedule`: late only so long after `due`."),
        Key::optional(
            "rhythm",
            Kind::Number(0.0, 1.0),
            "off",
            "`schedule`: late when the gap is longer than this share of the series' own.",
        ),
        Key::optional(
            "min_amount",
            Kind::Table(&AMOUNT),
            "none",
            "`schedule`: statements of less are not of this event.",
        ),
    ],
};

static AMOUNT: Table = Table {
    noun: "`min_amount`",
    doc: "An amount of money.",
    keys: &[
        Key::required("value", Kind::Number(0.0, f64::MAX), "The figure."),
        Key::required("currency", Kind::Text, "Its ISO 4217 code: `USD`."),
    ],
};

static OBSERVABILITY: Table = Table {
    noun: "`observability`",
    doc: "When an instrument can see: an indicator of cloud or coverage, and at least one bound.",
    keys: &[
        Key::required("indicator", Kind::Text, "The indicator of cloud or coverage: a `level` or `count`."),
        Key::optional("above", ANY_NUMBER, "none", "It can be seen above this."),
        Key::optional("below", ANY_NUMBER, "none", "It can be seen below this."),
        Key::optional("at_least", ANY_NUMBER, "none", "It can be seen at or above this."),
        Key::optional("at_most", ANY_NUMBER, "none", "It can be seen at or below this."),
    ],
};

static CORROBORATION: Table = Table {
    noun: "`corroboration`",
    doc: "When an event counts as corroborated.",
    keys: &[
        Key::optional("origins", Kind::Integer(1, 100), "`2`", "At least so many independent origins."),
        Key::optional("within", Kind::Duration, "`72h`", "Reports so close in time to the event's first are of it."),
        Key::optional("distance", Kind::Distance, "`10 km`", "Reports so close to the event's first are of it."),
        Key::optional(
            "disciplines",
            Kind::List(&Kind::Word(&Discipline::WORDS)),
            "off",
            "A report of each of these disciplines.",
        ),
        Key::optional("distinct_party", Kind::Bool, "`false`", "Origins of at least two parties."),
        Key::optional(
            "reliability",
            Kind::Word(&["A", "B", "C", "D"]),
            "off",
            "So many origins at or above this letter.",
        ),
        Key::optional("credibility", Kind::Integer(1, 6), "off", "The event's digit at or better than this."),
    ],
};

/// `[[indicators.x.from]]`.
pub static FROM: Table = Table {
    noun: "`from`",
    doc: "What is read from the items of one feed. Patterns read title, newline, content, or the named `field`.",
    keys: &[
        Key::required("feed", Kind::Text, "The feed it reads: an id of `[feeds]`."),
        Key::optional("match", Kind::Table(&MATCH), "every item", "Words that have to occur, or must not."),
        Key::optional("where", Kind::List(&Kind::Table(&WHERE)), "none", "Tests on fields; all must hold."),
        Key::optional(
            "value",
            Kind::Either(&[Kind::Text, Kind::Table(&VALUE)]),
            "each matching item counts one",
            "Where the figure is: a pattern with the group `value`, or a table.",
        ),
        Key::optional(
            "parts",
            Kind::Text,
            "none",
            "`level`, `count`: a pattern with the group `value` for the figures that should add up to the value; where they do not, it is marked `contradicted`.",
        ),
        Key::optional(
            "cumulative",
            Kind::Word(&["day", "month", "year", "total"]),
            "a plain value",
            "A running total that begins again each day, month, year, or never (`total`).",
        ),
        Key::optional(
            "shared_by",
            Kind::Integer(2, 100),
            "this one alone",
            "The figure is stated for so many areas together: this indicator takes a share of it, between nothing and all.",
        ),
        Key::optional(
            "date",
            Kind::Text,
            "none",
            "A pattern with the group `date`: the expected date of a `schedule`, else the event's.",
        ),
        Key::optional("amount", Kind::Text, "none", "`schedule`: a pattern with the group `amount`."),
        Key::optional("status", Kind::Table(&STATUS), "none", "`schedule`: words that show how it stands."),
        Key::optional("field", Kind::Text, "title and content", "Read this field instead."),
    ],
};

static MATCH: Table = Table {
    noun: "`match`",
    doc: "Words, `*` at an end for any ending.",
    keys: &[
        Key::optional("all", Kind::List(&Kind::Text), "none", "Each has to occur."),
        Key::optional("any", Kind::List(&Kind::Text), "none", "One has to occur."),
        Key::optional("none", Kind::List(&Kind::Text), "none", "None may occur."),
        Key::optional("field", Kind::Text, "title and content", "Read this field instead."),
    ],
};

static WHERE: Table = Table {
    noun: "`where`",
    doc: "One test on a field: exactly one of the five.",
    keys: &[
        Key::required("field", Kind::Text, "The field's name."),
        Key::optional("one_of", Kind::List(&Kind::Text), "", "It is one of these words."),
        Key::optional("equals", Kind::Text, "", "It is this word."),
        Key::optional("above", ANY_NUMBER, "", "It is a figure above this."),
        Key::optional("below", ANY_NUMBER, "", "It is a figure below this."),
        Key::optional("matches", Kind::Text, "", "This pattern occurs in it."),
    ],
};

static VALUE: Table = Table {
    noun: "`value`",
    doc: "Where the figure is: one of the five.",
    keys: &[
        Key::optional("field", Kind::Text, "", "A named field."),
        Key::optional("regex", Kind::Text, "", "A pattern: the group `value`, else the first, else the match."),
        Key::optional("jsonpath", Kind::Text, "", "A JSONPath into the raw element."),
        Key::optional("css", Kind::Text, "", "A CSS selector into the raw fragment, with `@attribute` at its end."),
        Key::optional("area", Kind::Text, "", "geojson: the area of the polygons within this place, in km²."),
    ],
};

static STATUS: Table = Table {
    noun: "`status`",
    doc: "Words that show how an expected event stands.",
    keys: &[
        Key::optional("announced", Kind::List(&Kind::Text), "none", "It is named as coming."),
        Key::optional("confirmed", Kind::List(&Kind::Text), "none", "It is settled."),
        Key::optional("delivered", Kind::List(&Kind::Text), "none", "It has happened."),
        Key::optional("delayed", Kind::List(&Kind::Text), "none", "It will be later."),
        Key::optional("cancelled", Kind::List(&Kind::Text), "none", "It will not be."),
    ],
};
