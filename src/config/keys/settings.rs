//! The keys of `watchfloor.toml`.

use super::watch::{PLACE, SOURCE};
use crate::settings::{Key, Kind, Table};

/// `watchfloor.toml`.
pub static SETTINGS: Table = Table {
    noun: "the settings",
    doc: "The daemon's settings; by default `/etc/watchfloor/watchfloor.toml`.",
    keys: &[
        Key::optional(
            "include",
            Kind::List(&Kind::Text),
            "none",
            "The watch files: paths, with `*` in the file name. Relative to this file.",
        ),
        Key::optional(
            "timezone",
            Kind::Text,
            "`UTC`",
            "The IANA zone of every watch that names none: period limits and cron schedules.",
        ),
        Key::optional(
            "lexicon",
            Kind::Word(&["icd203", "ajp2", "phia"]),
            "`icd203`",
            "The words for probabilities: US ICD 203, NATO AJP-2 or the UK PHIA yardstick. The numeric band always stands beside the word.",
        ),
        Key::optional("store", Kind::Table(&STORE), "", "The database."),
        Key::optional("http", Kind::Table(&HTTP), "", "How feeds are fetched."),
        Key::optional(
            "email",
            Kind::Table(&EMAIL),
            "alerts are recorded and shown, and nobody is told",
            "Who is told, and how messages leave.",
        ),
        Key::optional("log", Kind::Table(&LOG), "", "What the daemon writes to its log."),
        Key::optional("web", Kind::Table(&WEB), "no page", "The status page."),
        Key::optional(
            "secrets",
            Kind::Map(&Kind::Secret),
            "none",
            "Secrets by name, used as `{secret:name}` in the `url`, `headers` and `body` of feeds, in `proxy` and `heartbeat`.",
        ),
        Key::optional("sources", Kind::Ids(&SOURCE), "none", "Sources shared by all watches."),
        Key::optional("places", Kind::Ids(&PLACE), "none", "Places shared by all watches."),
        Key::optional(
            "rates",
            Kind::Map(&Kind::Map(&Kind::Number(0.0, f64::MAX))),
            "amounts of different currencies are not compared",
            "What one unit of each currency is worth from each date on, in a common currency that itself stands at 1: `EUR = { 2026-01-01 = 1.17 }`.",
        ),
    ],
};

static STORE: Table = Table {
    noun: "`[store]`",
    doc: "The database.",
    keys: &[
        Key::optional(
            "path",
            Kind::Text,
            "`watchfloor.db` in `$STATE_DIRECTORY`, else beside this file",
            "The database file.",
        ),
        Key::optional(
            "keep_items",
            Kind::Duration,
            "`400d`",
            "How long fetched items are kept. Observations, alerts and their evidence are kept for ever.",
        ),
    ],
};

static HTTP: Table = Table {
    noun: "`[http]`",
    doc: "How feeds are fetched.",
    keys: &[
        Key::optional(
            "user_agent",
            Kind::Text,
            "`watchfloor/` and the version",
            "The `User-Agent` header; name a contact.",
        ),
        Key::optional("timeout", Kind::Duration, "`30s`", "For one whole request, redirects included."),
        Key::optional("max_body", Kind::Size, "`16 MiB`", "The most of a body after decompression."),
        Key::optional("concurrency", Kind::Integer(1, 1024), "`64`", "Requests in flight at once."),
        Key::optional("per_host_interval", Kind::Duration, "`2s`", "Least time between two requests to one host."),
        Key::optional(
            "proxy",
            Kind::Text,
            "none",
            "A proxy's URL: `http`, `https`, `socks5` or `socks5h`. May hold `{secret:name}`.",
        ),
        Key::optional(
            "allow_private",
            Kind::Bool,
            "`false`",
            "Whether a feed or a redirect may reach private, loopback or link-local addresses.",
        ),
    ],
};

static EMAIL: Table = Table {
    noun: "`[email]`",
    doc: "Who is told, and how messages leave.",
    keys: &[
        Key::required("from", Kind::Text, "The sender: `Watchfloor <watch@example.org>`."),
        Key::required("to", Kind::List(&Kind::Text), "Who is told where a scenario names nobody."),
        Key::optional(
            "transport",
            Kind::Word(&["smtp", "sendmail", "file"]),
            "`file`",
            "How messages leave: a mail server, the local `sendmail`, or one `.eml` a message in a folder.",
        ),
        Key::optional("smtp", Kind::Table(&SMTP), "", "The mail server (`transport = \"smtp\"`)."),
        Key::optional("dir", Kind::Text, "`mail` beside this file", "The folder of `transport = \"file\"`."),
        Key::optional("sendmail", Kind::Text, "`/usr/sbin/sendmail`", "The program of `transport = \"sendmail\"`."),
        Key::optional(
            "digest",
            Kind::Text,
            "none",
            "Cron, in the default zone: the daily picture, sent also when nothing happened.",
        ),
        Key::optional(
            "heartbeat",
            Kind::Text,
            "none",
            "A URL fetched after each healthy cycle, so that a dead daemon is noticed elsewhere. May hold `{secret:name}`.",
        ),
        Key::optional(
            "unsubscribe",
            Kind::Text,
            "none",
            "Where a reader may ask to get no more: a `mailto:` or `https:` address, sent as `List-Unsubscribe`.",
        ),
        Key::optional("dkim", Kind::Table(&DKIM), "none", "Signing of messages, where the mail server does not."),
    ],
};

static DKIM: Table = Table {
    noun: "`dkim`",
    doc: "Signing of messages (DKIM).",
    keys: &[
        Key::required("selector", Kind::Text, "The public key stands in the DNS at `selector._domainkey.domain`."),
        Key::optional("domain", Kind::Text, "that of `from`", "The domain that answers for the message."),
        Key::required(
            "key",
            Kind::Secret,
            "Where the private key is found: PEM, RSA of at least 2048 bits or Ed25519.",
        ),
    ],
};

static SMTP: Table = Table {
    noun: "`smtp`",
    doc: "A mail server.",
    keys: &[
        Key::required("host", Kind::Text, "Its name, checked against its certificate."),
        Key::optional("port", Kind::Integer(1, 65_535), "465, 587 or 25 by `tls`", "Its port."),
        Key::optional(
            "tls",
            Kind::Word(&["implicit", "starttls", "none"]),
            "`implicit`",
            "How the connection is protected; `none` only to this machine.",
        ),
        Key::optional("username", Kind::Text, "none", "Who we are to it."),
        Key::optional("password", Kind::Secret, "none", "Where the password or token is found."),
        Key::optional(
            "auth",
            Kind::Word(&["password", "xoauth2"]),
            "`password`",
            "How we prove who we are: with a password (AUTH PLAIN or LOGIN), or with a token of OAuth 2.0, which is read anew for each connection where it is in a `file`.",
        ),
        Key::optional("ca_file", Kind::Text, "the system's", "Certificates to trust besides the system's, as PEM."),
    ],
};

/// The words of log levels, the quietest first.
const LEVELS: Kind = Kind::Word(&["error", "warn", "info", "debug", "trace"]);

static LOG: Table = Table {
    noun: "`[log]`",
    doc: "What the daemon writes to its log.",
    keys: &[
        Key::optional("level", LEVELS, "`info`", "How much is written."),
        Key::optional("levels", Kind::Table(&PARTS), "", "Another level for a part: `{ feeds = \"debug\" }`."),
        Key::optional(
            "format",
            Kind::Word(&["auto", "text", "json"]),
            "`auto`",
            "`auto` is the journal with its fields under systemd, else text.",
        ),
    ],
};

static PARTS: Table = Table {
    noun: "`levels`",
    doc: "Levels of the log's parts.",
    keys: &[
        Key::optional("feeds", LEVELS, "`level`", "Polls and what they brought."),
        Key::optional("scenarios", LEVELS, "`level`", "Changes of scenarios."),
        Key::optional("mail", LEVELS, "`level`", "Messages and what became of them."),
        Key::optional("daemon", LEVELS, "`level`", "Start, reload, stop, the clock, the store."),
    ],
};

static WEB: Table = Table {
    noun: "`[web]`",
    doc: "The status page.",
    keys: &[Key::required("listen", Kind::Text, "An address and port: `127.0.0.1:8417`.")],
};
