//! The words in dates: months and weekdays of the languages that feeds are
//! written in, zones, and words that mean nothing.
//!
//! Names are matched by their beginning, since every language abbreviates and
//! inflects. A beginning that means different months in two languages (`lis`
//! is October in Croatian and November in Polish) is listed only where the
//! longer spelling settles it, or not at all.

/// Month beginnings in lower case.
const MONTHS: [&[&str]; 12] = [
    &["jan", "janv", "gen", "ene", "січ", "янв", "sty", "led", "ian", "oca", "tammi", "ιαν", "яну", "студ"],
    &["feb", "febr", "fév", "fev", "лют", "фев", "lut", "úno", "şub", "helmi", "φεβ"],
    &["mar", "mär", "märz", "maa", "mrt", "maart", "бер", "мар", "bře", "már", "mart", "μαρ", "μάρ", "сак"],
    &["apr", "avr", "abr", "квіт", "кві", "апр", "kwi", "dub", "nis", "huhti", "ápr", "απρ", "крас"],
    &["may", "mai", "mag", "mei", "maj", "тра", "май", "мая", "kvě", "toukok", "máj", "μαϊ", "μάι", "μαΐ"],
    &["jun", "juin", "giu", "чер", "июн", "cze", "čer", "haz", "kesä", "jún", "iun", "ιούν", "ιουν", "юни"],
    &[
        "jul",
        "juil",
        "lug",
        "лип",
        "июл",
        "lip",
        "čec",
        "červenec",
        "tem",
        "heinä",
        "júl",
        "iul",
        "ιούλ",
        "ιουλ",
        "юли",
    ],
    &["aug", "aoû", "aou", "ago", "сер", "авг", "sie", "srp", "ağu", "elok", "αύγ", "αυγ"],
    &["sep", "set", "вер", "сен", "wrz", "zář", "eyl", "syys", "sze", "σεπ"],
    &["oct", "okt", "ott", "out", "жов", "окт", "paź", "říj", "eki", "loka", "οκτ"],
    &["nov", "лис", "ноя", "lis", "kas", "marras", "νοέ", "νοε", "ное"],
    &["dec", "dez", "déc", "dic", "дек", "гру", "gru", "pro", "ara", "joulu", "δεκ"],
];

/// Weekday beginnings in lower case; a full stop or an ending may follow.
const WEEKDAYS: &[&str] = &[
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "пон",
    "вів",
    "сер",
    "чет",
    "п'ят",
    "п’ят",
    "пʼят",
    "суб",
    "нед",
    "вто",
    "сре",
    "пят",
    "вос",
    "lun",
    "mar",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "mié",
    "jue",
    "vie",
    "sáb",
    "dom",
    "gio",
    "sab",
    "seg",
    "ter",
    "qua",
    "qui",
    "sex",
    "montag",
    "dienst",
    "mittw",
    "donn",
    "freit",
    "samst",
    "sonn",
    "die",
    "mit",
    "don",
    "fre",
    "son",
    "maa",
    "din",
    "woe",
    "don",
    "vri",
    "zat",
    "zon",
    "pon",
    "wto",
    "śro",
    "czw",
    "pią",
    "sob",
    "nie",
    "pond",
    "úte",
    "stř",
    "čtv",
    "pát",
    "ned",
    "joi",
    "vin",
    "sâm",
    "dum",
    "pzt",
    "çar",
    "per",
    "cum",
    "cmt",
    "paz",
    "sal",
    "måndag",
    "tis",
    "ons",
    "tor",
    "lör",
    "sön",
    "man",
    "tir",
    "lør",
    "søn",
    "κυρ",
    "δευ",
    "τρι",
    "τετ",
    "πεμ",
    "παρ",
    "σαβ",
    "σάβ",
    "ker",
    "het",
    "szo",
    "vas",
    "csü",
];

/// Weekdays of one or two letters, matched whole.
const SHORT_WEEKDAYS: &[&str] = &[
    "пн", "вт", "ср", "чт", "пт", "сб", "нд", "вс", "mo", "di", "mi", "do", "fr", "sa", "so", "su", "tu", "we", "th",
    "lu", "ma", "me", "je", "ve", "sá", "sz", "月", "火", "水", "木", "金", "土", "日",
];

/// Words between the parts of a date.
const FILLERS: &[&str] = &[
    "at",
    "on",
    "of",
    "the",
    "о",
    "об",
    "в",
    "у",
    "від",
    "от",
    "року",
    "рік",
    "р",
    "года",
    "год",
    "г",
    "um",
    "uhr",
    "den",
    "der",
    "am",
    "le",
    "à",
    "de",
    "del",
    "las",
    "el",
    "a",
    "di",
    "il",
    "alle",
    "ore",
    "o",
    "godz",
    "roku",
    "r",
    "v",
    "kl",
    "date",
    "published",
    "updated",
    "posted",
    "pubdate",
    "опубліковано",
    "дата",
    "і",
    "та",
    "klo",
    "h",
    "год.",
];

/// Zones by name, in minutes east of UTC. One-letter military zones are left out but for Z: RFC 2822 says
/// that nobody used them rightly. Names that mean several zones (IST, and CST in China) keep RFC 822's reading or none.
const ZONES: &[(&str, i32)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("bst", 60),
    ("west", 60),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("msd", 240),
    ("trt", 180),
    ("jst", 540),
    ("kst", 540),
    ("sgt", 480),
    ("hkt", 480),
    ("aest", 600),
    ("aedt", 660),
    ("acst", 570),
    ("awst", 480),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("art", -180),
    ("sast", 120),
    ("et", -300),
    ("ct", -360),
    ("mt", -420),
    ("pt", -480),
];

/// The month's number that a lower-case word names.
pub fn month(word: &str) -> Option<i16> {
    let word = word.trim_end_matches('.');
    if word.chars().count() < 3 || word.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // The longest beginning decides: `červenec` is July although `čer` is June.
    let mut best: Option<(usize, i16)> = None;
    for (names, number) in MONTHS.iter().zip(1..) {
        for name in names.iter().filter(|name| word.starts_with(**name)) {
            if best.is_none_or(|(length, _)| name.len() > length) {
                best = Some((name.len(), number));
            }
        }
    }
    best.map(|(_, number)| number)
}

/// Whether a lower-case word names a weekday.
pub fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    SHORT_WEEKDAYS.contains(&word) || WEEKDAYS.iter().any(|name| word.starts_with(name))
}

/// Whether a lower-case word adds nothing to a date.
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// A named zone's offset in seconds east of UTC.
pub fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, minutes)| minutes * 60)
}
