//! The configuration as the rest of the program uses it: resolved, cross-checked, compiled.

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::extract::provenance::Sources;
use crate::model::geo::Place;
use crate::model::indicator::Indicator;
use crate::model::likelihood::Lexicon;
use crate::model::money::Rates;
use crate::model::name::Name;
use crate::model::scenario::Scenario;
use crate::model::source::Source;
use crate::{extract, fetch, format, notify};

/// Everything the configuration says.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The daemon's settings.
    pub settings: Settings,
    /// The watches in the order of their files.
    pub watches: Vec<Watch>,
}

/// The daemon's settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file they were read from.
    pub file: PathBuf,
    /// The database.
    pub store: PathBuf,
    /// Where commands nudge the daemon; `None` outside a service manager.
    pub socket: Option<PathBuf>,
    /// How long fetched items are kept.
    pub keep_items: SignedDuration,
    /// The lexicon of probability words.
    pub lexicon: Lexicon,
    /// The default zone's IANA name.
    pub zone_name: String,
    /// The default zone.
    pub zone: TimeZone,
    /// `[http]`.
    pub http: fetch::Settings,
    /// `[email]`; `None`: nobody is told.
    pub email: Option<Email>,
    /// `[log]`.
    pub log: Log,
    /// `[rates]`.
    pub rates: Rates,
    /// `[web] listen`.
    pub listen: Option<SocketAddr>,
}

/// `[log]`: what the daemon writes to its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// Another level for a part of the program.
    pub levels: Vec<(String, String)>,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// The journal with its fields where standard error leads there, else text.
    Auto,
    /// A sentence with fields behind it.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[email]`.
#[derive(Debug, Clone)]
pub struct Email {
    /// How messages leave, and from whom.
    pub sending: notify::Settings,
    /// Who is told where a scenario names nobody.
    pub to: Vec<String>,
    /// When the daily picture is sent, in the default zone.
    pub digest: Option<fetch::Schedule>,
    /// Fetched after each healthy cycle.
    pub heartbeat: Option<fetch::Target>,
}

/// One assessment being watched.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Its file's stem.
    pub id: String,
    /// How it is shown.
    pub title: String,
    /// What it was made from.
    pub basis: Option<String>,
    /// The first date it is about.
    pub from: Option<Date>,
    /// The last date it is about.
    pub until: Option<Date>,
    /// When an analyst should look at it again.
    pub review_by: Option<Date>,
    /// The zone's IANA name.
    pub zone_name: String,
    /// The zone of its periods and schedules.
    pub zone: TimeZone,
    /// Its places, the shared ones included.
    pub places: Vec<Place>,
    /// Its sources, the shared ones and the feeds' own included.
    pub sources: Sources,
    /// Its feeds in the order of the file.
    pub feeds: Vec<Feed>,
    /// Its indicators in the order of the file.
    pub indicators: Vec<WatchedIndicator>,
    /// Its scenarios in the order of the file.
    pub scenarios: Vec<Scenario>,
    /// Known dates.
    pub marks: Vec<Mark>,
    /// The settings' table of currencies.
    pub rates: Rates,
}

/// A place that is polled for one source.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its full name.
    pub name: Name,
    /// Who speaks.
    pub source: Source,
    /// What is asked for.
    pub target: fetch::Target,
    /// When it is due.
    pub schedule: fetch::Schedule,
    /// How its documents are read.
    pub reader: format::Reader,
    /// How the page of each item is read, where links are followed.
    pub follow: Option<format::PageReader>,
    /// Where the answer names the document that is read in its stead.
    pub through: Option<format::Pointer>,
    /// How a document goes on.
    pub paging: Option<Paging>,
    /// The feed whose items this one's items take back.
    pub deletes: Option<Name>,
    /// Broken for so long, people are told.
    pub alert_after: SignedDuration,
}

/// How a document goes on.
#[derive(Debug, Clone)]
pub struct Paging {
    /// How the next page is asked for.
    pub turn: Turn,
    /// The most pages of one poll.
    pub most: u32,
    /// Whether to go on to the end, or only to what is known.
    pub until: Until,
}

/// How the next page is asked for.
#[derive(Debug, Clone)]
pub enum Turn {
    /// By a link in the page.
    Link(format::Pointer),
    /// By the link of this relation in the answer's headers.
    Header(String),
    /// By its number.
    Number {
        /// The parameter that takes it.
        parameter: String,
        /// The number of the first page.
        first: u32,
        /// What is added for each next one.
        step: u32,
    },
    /// By a mark in the page.
    Cursor {
        /// Where it is.
        mark: format::Pointer,
        /// The parameter that takes it.
        parameter: String,
    },
}

/// Where paging stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// At a page with items that are known.
    Known,
    /// When there is no next page.
    End,
}

/// An indicator with its compiled extractors.
#[derive(Debug, Clone)]
pub struct WatchedIndicator {
    /// What it is.
    pub spec: Indicator,
    /// One for each of `spec.inputs`, in the same order.
    pub extractors: Vec<extract::Extractor>,
}

/// A known date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The date.
    pub date: Date,
    /// What happened.
    pub title: String,
    /// Which scenario it shows, by local id.
    pub scenario: Option<String>,
}

/// Who stands for everyone in a replay of a watch that tells nobody.
const NOBODY: &str = "desk@watchfloor.invalid";

impl Plan {
    /// The plan of one watch alone for a replay that sends nothing: what it would say is decided also where nobody is
    /// told, and without the daily picture, which says nothing new.
    #[must_use]
    pub fn rehearsed(&self, watch: &Watch) -> Self {
        let stand_in = || Email {
            sending: notify::Settings {
                sender: notify::Sender::new(NOBODY),
                transport: notify::Transport::File { dir: PathBuf::new() },
            },
            to: vec![NOBODY.to_owned()],
            digest: None,
            heartbeat: None,
        };
        let email = self.settings.email.clone().unwrap_or_else(stand_in);
        let email = Email { digest: None, heartbeat: None, ..email };
        Self { settings: Settings { email: Some(email), ..self.settings.clone() }, watches: vec![watch.clone()] }
    }

    /// The watch with an id.
    pub fn watch(&self, id: &str) -> Option<&Watch> {
        self.watches.iter().find(|watch| watch.id == id)
    }

    /// Every feed with its watch.
    pub fn feeds(&self) -> impl Iterator<Item = (&Watch, &Feed)> {
        self.watches.iter().flat_map(|watch| watch.feeds.iter().map(move |feed| (watch, feed)))
    }

    /// A feed by its full name, with its watch.
    pub fn feed(&self, name: &Name) -> Option<(&Watch, &Feed)> {
        self.feeds().find(|(_, feed)| feed.name == *name)
    }
}

impl Watch {
    /// An indicator by its full name.
    pub fn indicator(&self, name: &Name) -> Option<&WatchedIndicator> {
        self.indicators.iter().find(|indicator| indicator.spec.name == *name)
    }
}
