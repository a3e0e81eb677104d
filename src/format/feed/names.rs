//! Which element is which: the vocabularies that feeds mix, by namespace where
//! it is declared and by the usual prefix where it is not.

/// A set of element names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// RSS of any version and Atom: their names do not collide in what is read here.
    Feed,
    /// Dublin Core and its terms.
    DublinCore,
    /// RSS 1.0 content module.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts.
    Itunes,
    /// W3C basic geo, GeoRSS and GML.
    Geo,
    /// XHTML.
    Xhtml,
    /// Anything else: its leaves become fields.
    Other,
}

/// What an element means to a feed reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// `rss`, `rdf:RDF`, `feed`.
    Root,
    /// `channel`.
    Channel,
    /// `item`, `entry`.
    Item,
    /// The title.
    Title,
    /// A title of another vocabulary, for want of the own one.
    OtherTitle,
    /// A link, in the text or in `href`.
    Link,
    /// RSS `guid`.
    Guid,
    /// Atom `id`.
    Id,
    /// `dc:identifier`, for want of the own one.
    OtherId,
    /// A date of publication.
    Published,
    /// A date of change.
    Updated,
    /// An author, as text or with parts.
    Author,
    /// An author of another vocabulary, for want of the own one.
    OtherAuthor,
    /// A part of a person: the name.
    Name,
    /// A part of a person: the address.
    Email,
    /// A part of a person: the page.
    Uri,
    /// `description`, `summary`, `subtitle`.
    Summary,
    /// A description of another vocabulary, for want of the own one.
    OtherSummary,
    /// `content`.
    Content,
    /// A category, in the text or in `term`.
    Category,
    /// RSS and Atom `source`.
    Source,
    /// `dc:publisher`.
    Publisher,
    /// `enclosure`, `media:content`.
    Enclosure,
    /// A language.
    Language,
    /// RSS `ttl`.
    Ttl,
    /// `lat lon` in one element.
    Point,
    /// A latitude.
    Lat,
    /// A longitude.
    Lon,
    /// A ring of `lat lon` pairs.
    Polygon,
    /// `south west north east`.
    Box,
    /// Holds what counts without counting itself: `media:group`, `georss:where`.
    Transparent,
    /// Not read, with all that is in it: `image`, `textInput`.
    Skipped,
    /// Unknown; a leaf of an item becomes a field.
    Unknown,
}

/// The vocabulary of a namespace.
pub fn vocabulary(address: &str) -> Vocabulary {
    let address = address.trim().to_ascii_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| address.starts_with(start));
    if begins(&["http://purl.org/dc/", "https://purl.org/dc/"]) {
        Vocabulary::DublinCore
    } else if begins(&["http://purl.org/rss/1.0/modules/content"]) {
        Vocabulary::Content
    } else if begins(&["http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss"]) {
        Vocabulary::Media
    } else if begins(&["http://www.itunes.com/dtds/podcast", "http://example.com/dtds/podcast"]) {
        Vocabulary::Itunes
    } else if begins(&["http://www.w3.org/2003/01/geo", "http://www.georss.org/georss", "http://www.opengis.net/gml"]) {
        Vocabulary::Geo
    } else if begins(&["http://www.w3.org/1999/xhtml"]) {
        Vocabulary::Xhtml
    } else if is_feed(&address) {
        Vocabulary::Feed
    } else {
        Vocabulary::Other
    }
}

fn is_feed(address: &str) -> bool {
    let starts =
        ["http://www.w3.org/2005/atom", "http://purl.org/atom/", "http://purl.org/rss/", "http://my.netscape.com"];
    let rest = ["http://backend.userland.com", "http://blogs.law.harvard.edu", "http://cyber.law.harvard.edu"];
    let is_module = address.contains("/modules/");
    let is_known = starts.iter().chain(&rest).any(|start| address.starts_with(start));
    address.is_empty() || (is_known && !is_module) || address.contains("w3.org/1999/02/22-rdf-syntax-ns")
}

/// The vocabulary that a prefix usually means; the empty one is the feed's own.
pub fn usual_vocabulary(prefix: &str) -> Vocabulary {
    match prefix {
        "" | "atom" | "atom10" | "atom03" | "a10" | "a" | "rss" | "rss10" | "rdf" => Vocabulary::Feed,
        "dc" | "dcterms" | "dct" | "dcterm" => Vocabulary::DublinCore,
        "content" => Vocabulary::Content,
        "media" => Vocabulary::Media,
        "itunes" => Vocabulary::Itunes,
        "geo" | "georss" | "gml" | "wgs84_pos" => Vocabulary::Geo,
        "xhtml" | "html" => Vocabulary::Xhtml,
        _ => Vocabulary::Other,
    }
}

/// The meaning of a lower-case local name in a vocabulary.
pub fn element(vocabulary: Vocabulary, local: &str) -> Element {
    match vocabulary {
        Vocabulary::Feed => feed_element(local),
        Vocabulary::DublinCore => dublin_core_element(local),
        Vocabulary::Content if local == "encoded" => Element::Content,
        Vocabulary::Xhtml if local == "body" || local == "div" => Element::Content,
        Vocabulary::Media => media_element(local),
        Vocabulary::Itunes => itunes_element(local),
        Vocabulary::Geo => geo_element(local),
        Vocabulary::Content | Vocabulary::Xhtml | Vocabulary::Other => Element::Unknown,
    }
}

fn feed_element(local: &str) -> Element {
    match local {
        "rss" | "rdf" | "feed" => Element::Root,
        "channel" => Element::Channel,
        "item" | "entry" => Element::Item,
        "title" => Element::Title,
        "link" => Element::Link,
        "guid" => Element::Guid,
        "id" => Element::Id,
        "pubdate" | "published" | "issued" | "created" => Element::Published,
        "updated" | "modified" | "lastbuilddate" | "date" => Element::Updated,
        "author" | "managingeditor" => Element::Author,
        "name" => Element::Name,
        "email" => Element::Email,
        "uri" | "url" | "homepage" => Element::Uri,
        "description" | "summary" | "subtitle" | "tagline" => Element::Summary,
        "content" | "fullitem" | "body" => Element::Content,
        "category" | "keywords" => Element::Category,
        "source" => Element::Source,
        "enclosure" => Element::Enclosure,
        "language" => Element::Language,
        "ttl" => Element::Ttl,
        "items" | "li" | "seq" => Element::Transparent,
        "image" | "textinput" | "cloud" | "skiphours" | "skipdays" | "contributor" | "webmaster" | "copyright"
        | "rights" | "generator" | "docs" | "info" | "logo" | "icon" | "rating" => Element::Skipped,
        _ => Element::Unknown,
    }
}

fn dublin_core_element(local: &str) -> Element {
    match local {
        "title" => Element::OtherTitle,
        "creator" | "author" => Element::OtherAuthor,
        "created" | "issued" => Element::Published,
        "date" | "modified" => Element::Updated,
        "subject" => Element::Category,
        "description" | "abstract" => Element::OtherSummary,
        "language" => Element::Language,
        "publisher" => Element::Publisher,
        "identifier" => Element::OtherId,
        "contributor" | "rights" => Element::Skipped,
        _ => Element::Unknown,
    }
}

fn media_element(local: &str) -> Element {
    match local {
        "group" => Element::Transparent,
        "content" => Element::Enclosure,
        "title" => Element::OtherTitle,
        "description" => Element::OtherSummary,
        "category" => Element::Category,
        _ => Element::Skipped,
    }
}

fn itunes_element(local: &str) -> Element {
    match local {
        "author" => Element::OtherAuthor,
        "summary" | "subtitle" => Element::OtherSummary,
        "title" => Element::OtherTitle,
        "category" => Element::Category,
        "owner" | "image" => Element::Skipped,
        _ => Element::Unknown,
    }
}

fn geo_element(local: &str) -> Element {
    match local {
        "lat" => Element::Lat,
        "long" | "lon" => Element::Lon,
        "point" | "pos" => Element::Point,
        "polygon" | "poslist" => Element::Polygon,
        "box" => Element::Box,
        "where" | "exterior" | "linearring" => Element::Transparent,
        _ => Element::Skipped,
    }
}
