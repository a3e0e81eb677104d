//! Documents as real publishers wrote them, with figures read from them by hand
//! or by other programs. They lie outside of the repository; where they are not
//! there, each test says so and passes.

#![expect(clippy::unwrap_used, reason = "a file that is listed is there, or the test fails")]

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use watchfloor::format::{FieldSource, Options, Reader};
use watchfloor::model::geo::ring_area_km2;
use watchfloor::model::item::{Document, Item, Parsed};

/// The folder of real data, beside the checkout or in the directory above it.
fn real(test: &str, folder: &str) -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = checkout.join("../shared/data").join(folder);
    if found.is_dir() {
        return Some(found);
    }
    println!("skipped {test}: ../shared is not here");
    None
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    files.sort();
    files
}

fn read(path: &Path, options: Options) -> Parsed {
    let document = Document { body: fs::read(path).unwrap(), content_type: None, url: None };
    Reader::new(options).unwrap().read(&document).unwrap()
}

fn options(format: &str, items: Option<&str>, fields: &[(&str, &[&str])]) -> Options {
    let source = |places: &[&str]| match places {
        [one] => FieldSource::One((*one).to_owned()),
        several => FieldSource::Joined(several.iter().map(|place| (*place).to_owned()).collect()),
    };
    Options {
        format: Some(format.to_owned()),
        items: items.map(str::to_owned),
        fields: fields.iter().map(|(name, places)| ((*name).to_owned(), source(places))).collect(),
        ..Options::default()
    }
}

fn published(item: &Item) -> String {
    item.published.map(|at| at.to_string()).unwrap_or_default()
}

#[test]
fn sixty_states_of_a_press_feed() {
    let Some(folder) = real("sixty_states_of_a_press_feed", "whitehouse/rss_snapshots") else { return };
    let mut ids = HashSet::new();
    let mut count = 0;
    for path in files(&folder, "xml") {
        let parsed = read(&path, Options::default());
        assert_eq!((parsed.header.format.as_str(), parsed.items.len()), ("rss20", 30), "{}", path.display());
        assert!(parsed.items.iter().all(|item| item.published.is_some() && item.title.is_some()));
        assert!(parsed.items.iter().all(|item| item.link.as_deref() == Some(item.id.as_str())));
        ids.extend(parsed.items.into_iter().map(|item| item.id));
        count += 1;
    }
    assert_eq!((count, ids.len()), (60, 583));
}

#[test]
fn a_day_of_the_press_feed() {
    let Some(folder) = real("a_day_of_the_press_feed", "whitehouse/rss_snapshots") else { return };
    let path = files(&folder, "xml").into_iter().find(|path| path.to_string_lossy().contains("20240424T")).unwrap();
    let parsed = read(&path, options("rss", None, &[]));
    let signing = parsed.items.iter().find(|item| item.title.as_ref().unwrap().contains("H.R. 815, the")).unwrap();
    assert_eq!(published(signing), "2024-04-24T17:26:07Z");
    assert_eq!(signing.categories, ["speeches-remarks"]);
}

#[test]
fn daily_losses_as_json() {
    let Some(folder) = real("daily_losses_as_json", "petroivaniuk") else { return };
    let reading =
        options("json", None, &[("id", &["$.date"]), ("published", &["date"]), ("guns", &["$['field artillery']"])]);
    let parsed = read(&folder.join("russia_losses_equipment.json"), reading);
    assert_eq!((parsed.items.len(), parsed.warnings.len()), (1626, 0));
    let last = parsed.items.last().unwrap();
    assert_eq!((last.id.as_str(), published(last).as_str()), ("2026-08-08", "2026-08-08T00:00:00Z"));
    assert_eq!((last.field("guns"), last.field("drone")), (Some("47580"), Some("449606")));
}

#[test]
fn satellite_detections_as_csv() {
    let Some(folder) = real("satellite_detections_as_csv", "firms") else { return };
    let fields: &[(&str, &[&str])] =
        &[("published", &["acq_date", "acq_time"]), ("lat", &["latitude"]), ("lon", &["longitude"])];
    let of = |name: &str| read(&folder.join(name), options("csv", None, fields));

    let october = of("J1_VIIRS_NRT_2025296_ukraine.csv");
    assert_eq!(october.items.len(), 31);
    assert_eq!(published(october.items.last().unwrap()), "2025-10-23T23:18:00Z");

    let clouded = of("J1_VIIRS_NRT_2025346_ukraine.csv");
    let point = clouded.items[0].point.unwrap();
    assert_eq!((clouded.items.len(), point.lat, point.lon), (1, 49.48957, 31.92691));

    let indexed = of("firms_raw_rowindexed_2022-09-07_excerpt.csv");
    assert_eq!((indexed.items.len(), indexed.warnings.len()), (12, 0));
    assert_eq!(published(&indexed.items[0]), "2022-09-07T00:11:00Z");
    assert_eq!(indexed.items[8].field("frp"), Some("3.24"));
}

#[test]
fn held_areas_as_geojson() {
    let Some(folder) = real("held_areas_as_geojson", "deepstate") else { return };
    let table = read(&folder.join("area_km2_by_box.csv"), options("csv", None, &[]));
    for path in files(&folder, "geojson") {
        let digits: String = path.file_stem().unwrap().to_string_lossy().chars().filter(char::is_ascii_digit).collect();
        let row = table.items.iter().find(|row| row.field("date").unwrap().replace('-', "") == digits).unwrap();
        let expected: f64 = row.field("ukraine_km2").unwrap().parse().unwrap();
        let parsed = read(&path, Options::default());
        let polygons = parsed.items.iter().flat_map(|item| &item.area);
        let area: f64 = polygons
            .map(|polygon| {
                ring_area_km2(&polygon[0]) - polygon[1..].iter().map(|hole| ring_area_km2(hole)).sum::<f64>()
            })
            .sum();
        assert!((area / expected - 1.0).abs() < 0.001, "{}: {area} against {expected}", path.display());
    }
}

#[test]
fn a_channel_preview_as_html() {
    let Some(folder) = real("a_channel_preview_as_html", "kpszsu") else { return };
    let fields: &[(&str, &[&str])] =
        &[("id", &["@data-post"]), ("published", &["time@datetime"]), ("content", &[".js-message_text"])];
    let parsed = read(&folder.join("69965_block.html"), options("html", Some("[data-post]"), fields));
    let [post] = parsed.items.as_slice() else { panic!("{} items", parsed.items.len()) };
    assert_eq!((post.id.as_str(), published(post).as_str()), ("kpszsu/69965", "2026-07-24T13:51:16Z"));
    let content = post.content.as_deref().unwrap();
    assert!(content.contains("збито/подавлено 81 ворожий БпЛА"), "{content}");
    assert!(content.contains("(07.00–16.30)") && content.contains("реактивні!\nВ результаті"), "{content}");
}

#[test]
fn an_agency_page_as_html() {
    let Some(folder) = real("an_agency_page_as_html", "sbu_alfa") else { return };
    let lines = [
        "\n6909 БпЛА та наземних роботизованих комплексів різного типу;\n2402",
        "\n8748 БпЛА та НРК різного типу\n3297",
    ];
    for (path, line) in [folder.join("alfa_june.html"), folder.join("alfa_july.html")].iter().zip(lines) {
        let parsed = read(path, options("html", None, &[]));
        let page = &parsed.items[0];
        assert!(page.title.as_ref().unwrap().contains("«Альфа» СБУ"), "{:?}", page.title);
        assert!(page.link.as_ref().unwrap().starts_with("https://ssu.gov.ua/novyny/"), "{:?}", page.link);
        let content = page.content.as_deref().unwrap();
        assert!(content.contains(line), "{content}");
        let document = Document { body: fs::read(path).unwrap(), content_type: None, url: None };
        assert!(Reader::new(options("rss", None, &[])).unwrap().read(&document).unwrap_err().is_shell);
    }
}
