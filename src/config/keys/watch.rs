//! The keys of a watch file, of its places, sources, feeds and marks.

use super::indicator::INDICATOR;
use super::scenario::SCENARIO;
use crate::settings::{Key, Kind, Table};

/// `watches/*.toml`.
pub static WATCH: Table = Table {
    noun: "the watch",
    doc: "One assessment being watched; its id is the file's name without `.toml`.",
    keys: &[
        Key::required("watch", Kind::Table(&ABOUT), "What is being watched: at least a `title`."),
        Key::optional("places", Kind::Ids(&PLACE), "none", "Places that indicators name."),
        Key::optional("sources", Kind::Ids(&SOURCE), "none", "Who speaks, and how reliable they are."),
        Key::optional("feeds", Kind::Ids(&FEED), "none", "What is polled."),
        Key::optional("indicators", Kind::Ids(&INDICATOR), "none", "What is measured."),
        Key::optional("scenarios", Kind::Ids(&SCENARIO), "none", "What alerts, and when."),
        Key::optional(
            "marks",
            Kind::List(&Kind::Table(&MARK)),
            "none",
            "Known dates: drawn on charts, scored by `backtest`.",
        ),
    ],
};

static ABOUT: Table = Table {
    noun: "`[watch]`",
    doc: "What is being watched.",
    keys: &[
        Key::required("title", Kind::Text, "How it is shown."),
        Key::optional("basis", Kind::Text, "none", "What it was made from."),
        Key::optional("from", Kind::Date, "none", "The first date it is about."),
        Key::optional("until", Kind::Date, "none", "The last date it is about."),
        Key::optional("review_by", Kind::Date, "none", "When an analyst should look at it again."),
        Key::optional("timezone", Kind::Text, "the settings' zone", "The IANA zone of its periods and schedules."),
    ],
};

const NUMBERS: Kind = Kind::List(&crate::settings::key::ANY_NUMBER);

/// `[places.x]`.
pub static PLACE: Table = Table {
    noun: "place",
    doc: "A named place: a point with a `radius`, a `box` or a `polygon`.",
    keys: &[
        Key::optional(
            "names",
            Kind::List(&Kind::Text),
            "its id",
            "Its names as texts write them; the first is the one shown.",
        ),
        Key::optional("lat", Kind::Number(-90.0, 90.0), "the middle of `box` or `polygon`", "Degrees north."),
        Key::optional("lon", Kind::Number(-180.0, 180.0), "the middle of `box` or `polygon`", "Degrees east."),
        Key::optional("radius", Kind::Distance, "none", "So far around `lat` and `lon`."),
        Key::optional("box", NUMBERS, "none", "`[west, south, east, north]` in degrees."),
        Key::optional("polygon", Kind::List(&NUMBERS), "none", "`[[lon, lat], …]` in degrees, at least three."),
    ],
};

/// `[sources.x]`.
pub static SOURCE: Table = Table {
    noun: "source",
    doc: "Who speaks, and how reliable they are.",
    keys: &[
        Key::optional("title", Kind::Text, "its id", "How it is shown."),
        Key::optional(
            "names",
            Kind::List(&Kind::Text),
            "its title and its id",
            "What else texts and feeds call it, `*` at an end for any ending: whom \"according to …\" means.",
        ),
        Key::optional(
            "reliability",
            Kind::Word(&["A", "B", "C", "D", "E", "F"]),
            "ungraded",
            "Its Admiralty letter, set by the analyst and never changed by software. E and F are kept out of corroboration.",
        ),
        Key::optional(
            "discipline",
            Kind::Word(&crate::model::source::Discipline::WORDS),
            "`media`",
            "How it comes to know.",
        ),
        Key::optional("party", Kind::Text, "none", "Whose side speaks."),
        Key::optional("owner", Kind::Text, "itself", "Who owns it: sources of one owner are one origin."),
        Key::optional("lineage", Kind::Text, "none", "Sources of one lineage read the same channels."),
    ],
};

/// Where a field is: one place, or several that are joined.
pub const PLACE_IN_ITEM: Kind = Kind::Either(&[Kind::Text, Kind::List(&Kind::Text)]);

/// `[feeds.x]`.
pub static FEED: Table = Table {
    noun: "feed",
    doc: "A place that is polled for one source.",
    keys: &[
        Key::required(
            "url",
            Kind::Text,
            "What is asked for: `https:`, `http:`, or `file:` with a path relative to this file. May hold `{secret:name}` and times such as `{utc-7d:%Y-%m-%d}`.",
        ),
        Key::optional("source", Kind::Text, "a source of its own, ungraded", "Who speaks: an id of `[sources]`."),
        Key::optional("preset", Kind::Text, "none", "A known shape that fills `format`, `items` and `fields`."),
        Key::optional("format", Kind::Word(&FORMATS), "`auto`", "The format of its documents."),
        Key::optional(
            "items",
            Kind::Text,
            "the format's own; json: the root array, else the root; html and text: the whole document",
            "Where the items are: a JSONPath (RFC 9535) for json, a CSS selector for html.",
        ),
        Key::optional(
            "fields",
            Kind::Map(&PLACE_IN_ITEM),
            "the format's own",
            "Named fields and where each is: a column, a JSONPath or member, a CSS selector with `@attribute`. Several are joined by a space.",
        ),
        Key::optional(
            "header",
            Kind::Bool,
            "`true`",
            "Whether a table (csv, xlsx) has a line with the columns' names; `false`: they are named `1`, `2`, ….",
        ),
        Key::optional("sheet", Kind::Text, "the first that holds anything", "The sheet of a workbook (xlsx)."),
        Key::optional(
            "member",
            Kind::Text,
            "the largest file",
            "Which file of a zip archive is read: its name, with `*` for anything.",
        ),
        Key::optional("every", Kind::Duration, "`30m`", "So often; `0s` is due at every run of `run --once`."),
        Key::optional("schedule", Kind::Text, "none", "Instead of `every`: cron, five fields, in the watch's zone."),
        Key::optional("method", Kind::Word(&["GET", "POST"]), "`GET`", "The request's method."),
        Key::optional(
            "headers",
            Kind::Map(&Kind::Text),
            "none",
            "Extra request headers; values may hold `{secret:name}` and times.",
        ),
        Key::optional(
            "body",
            Kind::Text,
            "none",
            "The request's body; may hold `{secret:name}` and times such as `{utc-7d:%Y-%m-%d}`.",
        ),
        Key::optional(
            "follow",
            Kind::Either(&[Kind::Bool, Kind::Text]),
            "`false`",
            "Also fetch each new item's page and read its text: `true` takes the part that looks like the article, a CSS selector says which.",
        ),
        Key::optional(
            "through",
            Kind::Text,
            "none",
            "The address is of a page that names the document: where its link is, a JSONPath, a CSS selector with `@attribute`, or a regex between slashes.",
        ),
        Key::optional(
            "auth",
            Kind::Table(&AUTH),
            "none",
            "How requests show who asks: one of `basic`, `bearer` and `oauth`.",
        ),
        Key::optional(
            "paging",
            Kind::Table(&PAGING),
            "none",
            "Where the next page is: one of `next`, `link`, `page` and `cursor`.",
        ),
        Key::optional(
            "deletes",
            Kind::Text,
            "none",
            "The id of another feed: the values of its items with the ids of this feed's items are taken back.",
        ),
        Key::optional("alert_after", Kind::Duration, "`24h`", "Broken for so long, people are told."),
    ],
};

static AUTH: Table = Table {
    noun: "`auth`",
    doc: "How requests show who asks. It goes to the feed's own host and to no other; each secret in it is a `{secret:name}`.",
    keys: &[
        Key::optional("basic", Kind::Table(&BASIC), "none", "A user name and a password."),
        Key::optional("bearer", Kind::Text, "none", "A token: `{secret:name}`."),
        Key::optional("oauth", Kind::Table(&OAUTH), "none", "A token that is asked for, kept and renewed."),
    ],
};

static BASIC: Table = Table {
    noun: "`basic`",
    doc: "A user name and a password.",
    keys: &[
        Key::required("username", Kind::Text, "The user name; may hold `{secret:name}`."),
        Key::required("password", Kind::Text, "The password: `{secret:name}`."),
    ],
};

static OAUTH: Table = Table {
    noun: "`oauth`",
    doc: "A token that is asked for (OAuth 2.0).",
    keys: &[
        Key::required(
            "grant",
            Kind::Word(&["password", "client_credentials"]),
            "For whom it is: a user with a password, or the client itself.",
        ),
        Key::required("token_url", Kind::Text, "Where tokens are given out."),
        Key::required("client_id", Kind::Text, "Who we are there; may hold `{secret:name}`."),
        Key::optional("client_secret", Kind::Text, "none", "What shows that we are it: `{secret:name}`."),
        Key::optional("username", Kind::Text, "none", "The user (`grant = \"password\"`); may hold `{secret:name}`."),
        Key::optional("password", Kind::Text, "none", "The user's password: `{secret:name}`."),
        Key::optional("scope", Kind::Text, "none", "What the token is to be good for."),
    ],
};

/// `paging`.
pub static PAGING: Table = Table {
    noun: "`paging`",
    doc: "Further pages of one poll, asked of the feed's own host only. A page that fails fails the poll, so that nothing between is lost.",
    keys: &[
        Key::optional(
            "next",
            Kind::Text,
            "none",
            "Where a page holds the link to the next: a JSONPath, a CSS selector with `@attribute`, or a regex between slashes.",
        ),
        Key::optional(
            "link",
            Kind::Text,
            "none",
            "The relation in the answer's `Link` headers that leads to the next page (RFC 8288), mostly `next`.",
        ),
        Key::optional("page", Kind::Text, "none", "The parameter of the address that counts pages."),
        Key::optional("first", Kind::Integer(0, 1_000_000), "`1`", "The number of the first page (`page`)."),
        Key::optional("step", Kind::Integer(1, 1_000_000), "`1`", "What is added for the next page (`page`)."),
        Key::optional("cursor", Kind::Text, "none", "Where a page holds the mark of the next, as of `next`."),
        Key::optional("parameter", Kind::Text, "`cursor`", "The parameter of the address that takes it (`cursor`)."),
        Key::optional("most", Kind::Integer(1, 1000), "`10`", "The most pages of one poll."),
        Key::optional(
            "until",
            Kind::Word(&["known", "end"]),
            "`known`",
            "Where to stop: at a page with items that are known, as lists with the newest first need it, or at the end.",
        ),
    ],
};

static MARK: Table = Table {
    noun: "mark",
    doc: "A known date.",
    keys: &[
        Key::required("date", Kind::Date, "The date."),
        Key::required("title", Kind::Text, "What happened."),
        Key::optional("scenario", Kind::Text, "none", "Which scenario it shows."),
    ],
};

/// The words of `format`.
const FORMATS: [&str; 11] =
    ["auto", "rss", "atom", "json-feed", "json", "csv", "html", "text", "ical", "geojson", "xlsx"];
