//! The grammar's rules in cases of our own, and the known answers where they are at hand.

use super::*;
use crate::model::quantity::Bound;

/// One figure as `value unit bound`, a range as `low..high`, and `-` for none.
fn shown(text: &str) -> Vec<String> {
    let found = read(text, None).into_iter().filter(|found| found.quantity().is_some());
    found.map(|found| one(&found)).collect()
}

fn one(found: &Found) -> String {
    let quantity = found.quantity().unwrap();
    let figure = match (quantity.bound, quantity.low, quantity.high) {
        (Bound::Range | Bound::Vague, Some(low), Some(high)) => format!("{low}..{high}"),
        _ => quantity.value.to_string(),
    };
    let of = found.of.map(|of| format!("of {of}"));
    let zero = (found.reading == Reading::StatedZero).then(|| "zero".to_owned());
    let bound = (quantity.bound != Bound::Exact).then(|| quantity.bound.word().to_owned());
    let parts = [Some(figure), of, found.unit.clone(), bound, zero];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}: {:#?}", read(text, None));
}

#[test]
fn separators_follow_the_language() {
    check("12,345 flights", &["12345"]);
    check("12,345 вильотів", &["12.345"]);
    check("7 654 321 вылет", &["7654321"]);
    check("8’765 rounds", &["8765"]);
    check("1.234 sorties", &[]);
    check("у 2026 300 дронів", &["300"]);
}

#[test]
fn magnitudes_and_currencies() {
    check("3.4bn rounds and 2.5 thousand shells", &["3400000000", "2500"]);
    check("17K followers", &["17000 approx"]);
    check("1.5m rounds", &["1500000"]);
    check("6 млн 300 тис. гривень", &["6300000 UAH"]);
    check("3 тис. 250 дронів", &["3250"]);
    check("3 мільйони двісті тисяч гривень", &["3200000 UAH"]);
    check("3 million two hundred thousand shells", &["3200000"]);
    check("$1 billion for five countries", &["1000000000 USD", "5"]);
    check("2 million five countries", &["2000000", "5"]);
    check("US$2.75bn, C$30m, £7 million", &["2750000000 USD", "30000000 CAD", "7000000 GBP"]);
    check("60 млрд шведських крон", &["60000000000 SEK"]);
    check("9 млрд крон", &[]);
    check("4,5 Mrd. Euro", &["4500000000 EUR"]);
    check("aid of 500m", &[]);
    check("500m east of the bridge", &["500 m"]);
    check("grew to 45,5 кв. кілометрів на добу", &["45.5 km2/d"]);
}

#[test]
fn words_of_bound() {
    check("more than 340 shells", &["340 at_least"]);
    check("a total of at least 80 and no more than 90", &["80 at_least", "90 at_most"]);
    check("60+ strikes, 70 or more hits", &["60 at_least", "70 at_least"]);
    check("понад півтори тисячі", &["1500 at_least"]);
    check("не менше 15, не більше 20 штурмів", &["15 at_least", "20 at_most"]);
    check("щонайменше п’ять, майже сто", &["5 at_least", "100 just_below"]);
    check("≈30, ~40, >50", &["30 approx", "40 approx", "50 at_least"]);
    check("зросла до 120", &["120"]);
    check("up to an aggregate value of $9 million", &["9000000 USD at_most"]);
}

#[test]
fn bounds_keep_a_low_and_a_high() {
    let ends = |text: &str| {
        let quantity = read(text, None).remove(0).quantity().unwrap();
        (quantity.low, quantity.high)
    };
    assert_eq!(ends("over 200"), (Some(200.0), None));
    assert_eq!(ends("up to 200"), (None, Some(200.0)));
    assert_eq!(ends("nearly 200"), (Some(180.0), Some(200.0)));
    assert_eq!(ends("about 200"), (Some(180.0), Some(220.0)));
    assert_eq!(ends("1.7K"), (Some(1650.0), Some(1750.0)));
}

#[test]
fn ranges() {
    check("between 40 and 60 sorties", &["40..60 range"]);
    check("з 5 до 8 дронів; от 3 до 4 атак", &["5..8 range", "3..4 range"]);
    check("$1.2-1.5 billion", &["1200000000..1500000000 USD range"]);
    check("дві-три колони, two or three tanks", &["2..3 range", "2..3 range"]);
    check("10 000–12 000 soldiers", &["10000..12000 range"]);
    check("1.2bn-1.5bn rounds", &["1200000000..1500000000 range"]);
    check("$1.2bn–1.5bn, 1.2km-1.5km", &["1200000000..1500000000 USD range", "1.2..1.5 km range"]);
    check("5k-10k shells", &["5000..10000 range"]);
    check("$5-6m in aid, a package of €300-400m", &["5000000..6000000 USD range", "300000000..400000000 EUR range"]);
    check("aid of $5m-6m", &["5000000..6000000 USD range"]);
    check("U-1.5, F-16 and Х-59", &[]);
    check("10...15 дронів, 20…25 атак", &["10..15 range", "20..25 range"]);
    check("about 10... 15 were lost", &["10 approx", "15"]);
    check("rose from 10 to 15", &[]);
    check("a score of 9-4", &[]);
    check("2014–2022", &[]);
}

#[test]
fn a_range_shares_the_word_that_multiplies() {
    check("two to three hundred drones", &["200..300 range"]);
    check("дві-три сотні", &["200..300 range"]);
    check("2-3 dozen", &["24..36 range"]);
    check("5-6 сотен", &["500..600 range"]);
    check("fifty to a hundred", &["50..100 range"]);
    check("at least 5-7 tanks, up to 10-15 guns", &["5 at_least", "15 at_most"]);
    check("понад 10-15 дронів", &["10 at_least"]);
}

#[test]
fn a_change_is_no_range() {
    for text in [
        "rose by 15 to 95 drones",
        "rose 15 to 95",
        "up from 40 to 52",
        "attacks were down 12 to 52",
        "down 12% to 52",
        "fell from 120 to 80",
    ] {
        check(text, &[]);
    }
    check("10 to 15 drones", &["10..15 range"]);
    check("air defence shot down 10 to 15 drones", &["10..15 range"]);
    check("the city was hit by 10 to 15 drones", &["10..15 range"]);
    check("shot down from 40 to 52 drones", &["40..52 range"]);
    check("increased shelling hit another 10 to 15 houses", &["10..15 range"]);
    check("five first responders", &["5"]);
}

#[test]
fn one_of_a_magnitude_and_many_of_it() {
    check("мільярд доларів", &["1000000000 USD"]);
    check("понад мільярд євро, мільйон снарядів", &["1000000000 EUR at_least", "1000000"]);
    check("близько сотні дронів, до тисячі окупантів", &["100 approx", "1000 at_most"]);
    check("более тысячи дронов, около миллиона снарядов", &["1000 at_least", "1000000 approx"]);
    check("тисячі снарядів, сотні дронів", &["2000..9000 vague", "200..900 vague"]);
    check("ста п'ятдесятьма дронами", &["150"]);
    check("двадцятьма п'ятьома дронами", &["25"]);
    check("тридцатью семью ракетами", &["37"]);
    check("с семью", &[]);
    check("півсотні дронів", &["50 approx"]);
    check("1 млн 210 тис. 520 осіб", &["1210520"]);
}

#[test]
fn bounds_that_are_denied_or_only_look_like_some() {
    check("a package not exceeding $50 million", &["50000000 USD at_most"]);
    check("an aggregate value of no greater than $60 million", &["60000000 USD at_most"]);
    check("in an amount not to exceed $25 million", &["25000000 USD at_most"]);
    check("сума не перевищує 100 млн євро", &["100000000 EUR at_most"]);
    check("втрати перевищили 1 млн осіб", &["1000000 at_least"]);
    check("a dispute over the $300 million package", &["300000000 USD"]);
    check("deliveries under a $725 million package", &["725000000 USD"]);
    check("over a hundred drones, over 300 tanks", &["100 at_least", "300 at_least"]);
    check("approx. 300 shells", &["300 approx"]);
    check("at least 30 of 45 missiles", &["30 of 45 at_least"]);
}

#[test]
fn sizes_designators_and_cases_beside_a_figure() {
    check("72 155mm howitzers and 144,000 155mm rounds", &["72", "144000"]);
    check("12 250-kilogram bombs", &["12"]);
    check("100 000 155-мм снарядів", &["100000"]);
    check("more than 300 M113 carriers", &["300 at_least"]);
    check("137-ма ударними БпЛА та 2-ма ракетами", &["137", "2"]);
    check("12-ть дронів, до 3-х ракет", &["12", "3 at_most"]);
    check("2x Iskander-M, 4x4 trucks", &["2"]);
    check("2.2m artillery shells, 40m concrete walls", &[]);
    check("3x more drones", &[]);
    check("$2 billion Canadian, 61 billion U.S. dollars", &["2000000000 CAD", "61000000000 USD"]);
    check("3 billion yen, 400 млн фунтів стерлінгів", &["3000000000 JPY", "400000000 GBP"]);
    check("Türkiye says 1,200 drones were launched", &["1200"]);
    check("Es gab 1,5 Angriffe über München", &["1.5"]);
    check("Since the 2022 invasion Russia has lost 11,000 tanks", &["11000"]);
    check("the 2043 strikes", &["2043"]);
    check("launched 150 drones overnight.[12]", &["150"]);
    check("о 6 ранку ворог ударив 12 дронами", &["12"]);
    check("At 6 in the morning 12 drones attacked", &["12"]);
    check("воїни 47 бригади знищили 3 танки", &["3"]);
    check("бійці 3 корпусу взяли 12 полонених", &["12"]);
    check("three quarters of a million troops", &[]);
    check("one third of 300 tanks", &[]);
    check("five point two billion dollars", &[]);
    check("twice as many drones, в два раза больше", &[]);
    check("зросла зі 120 до 154", &[]);
    check("no decisions were made", &[]);
}

#[test]
fn figures_that_are_denied_or_of_something_else() {
    for text in [
        "none of the 12 drones reached the city",
        "not one of the 12 drones",
        "жоден із 12 дронів",
        "ни один из 12 дронов",
        "сорок сьома бригада",
        "сорок седьмая бригада",
        "двадцать первого августа",
        "Twenty First Army",
        "на 2025-2030 роки",
        "between 2022 and 2024",
        "2022, 2023 and 2024",
        "12, 13 and 14 March",
        "March 12 and 13",
        "1400 GMT",
        "1400 local time",
        "великої кількості балістики",
        "3 штурмова бригада",
        "47 окрема механізована бригада",
        "$300-odd million",
        "ground zero",
        "zero tolerance",
        "Boeing 737",
        "12 Brigade",
        "47 Mechanized Brigade was seen",
        "Week 12",
    ] {
        check(text, &[]);
    }
    check("у ніч з 12 на 13 березня 40 дронів", &["40"]);
    check("у кількості 5 одиниць", &["5"]);
    check("3 бригади", &["3"]);
    check("12 brigades and 3 Army trucks", &["12", "3"]);
    check("last week 12 drones", &["12"]);
    check("двадцять п'ять дронів", &["25"]);
    check("300 с лишним человек", &["300 at_least"]);
    check("2 з половиною тисячі снарядів", &["2500"]);
    check("S$50 million, NZ$5m", &["50000000 SGD", "5000000 NZD"]);
    check("$5m NZD", &["5000000 NZD"]);
}

#[test]
fn vague_words() {
    check("several drones, a few hundred men", &["3..9 vague", "300..900 vague"]);
    check("тисячі снарядів, десятки тисяч гільз", &["2000..9000 vague", "20000..90000 vague"]);
    check("hundreds of tanks", &["200..900 vague"]);
    check("several hundred thousand shells", &["300000..900000 vague"]);
    check("несколько сотен тысяч", &["300000..900000 vague"]);
    check("several hundred million dollars", &["300000000..900000000 USD vague"]);
    check("кількасот тисяч", &["300000..900000 vague"]);
    check("a dozen boats, two dozen cars", &["12 approx", "24 approx"]);
}

#[test]
fn a_part_and_its_whole() {
    check("8 of the 12 drones", &["8 of 12"]);
    check("three out of four", &["3 of 4"]);
    check("дві третини", &[]);
    check("one in five drones", &[]);
    check("one of the largest", &[]);
}

#[test]
fn stated_zeros_name_what_was_counted() {
    check("No strikes were recorded.", &["0 zero"]);
    check("there were no civilian casualties", &["0 zero"]);
    check("штурмів не зафіксовано", &["0 zero"]);
    check("не відбулося жодного штурму", &["0 zero"]);
    check("ни одной атаки", &["0 zero"]);
    check("0 drones", &["0 zero"]);
    check("0 % of drones", &["0 %"]);
    for text in [
        "no information",
        "no strikes were confirmed",
        "no longer there",
        "інформації не було",
        "ні разу",
        "it was not active",
    ] {
        check(text, &[]);
    }
}

#[test]
fn what_is_no_figure_says_why() {
    let cases = [
        ("Su-34", "a designator"),
        ("2S19 guns", "a designator"),
        ("Leopard 2", "the number of a thing"),
        ("122-мм міни", "a calibre"),
        ("on 14 October", "a date"),
        ("in 2023", "a date"),
        ("10.05", "a date, or could be one"),
        ("at 21:40", "a time of day or a ratio"),
        ("до 19.30", "a time of day or a ratio"),
        ("47th Brigade", "an ordinal"),
        ("112-та бригада", "a part of a word"),
        ("part 3/3", "a part of a series or a fraction"),
        ("S. 2226", "the number of a thing"),
        ("section 614(a)(3)", "the number of a thing"),
        ("1) first", "the number of a list"),
        ("http://example.org/2024/7", "a part of an address or a series"),
        ("у 3 рази більше", "a factor"),
        ("49°42'", "an angle"),
        ("007", "`007` begins with a zero, as codes do"),
    ];
    for (text, why) in cases {
        let found = read(text, None);
        let whys: Vec<Option<&str>> = found.iter().map(Found::why).collect();
        assert_eq!(whys, [Some(why)], "{text}");
    }
}

#[test]
fn spans_are_in_characters() {
    let found = read("збито понад 40 дронів", None);
    let one = found.first().unwrap();
    assert_eq!((one.span, one.text.as_str()), ((6, 14), "понад 40"));
}

#[test]
fn known_answers() {
    let Some(table) = shared("data/kat/numbers.tsv") else { return };
    let mut wrong = Vec::new();
    let rows = table.lines().skip(1).filter_map(|row| row.split_once('\t').map(|_| row));
    for row in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let expected: serde_json::Value = serde_json::from_str(columns[2]).unwrap();
        let expected: Vec<serde_json::Value> = expected.as_array().unwrap().clone();
        let found: Vec<Found> = read(columns[0], None).into_iter().filter(|found| found.quantity().is_some()).collect();
        let is_right = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(found, expected)| is_as_known(found, expected));
        if !is_right {
            wrong.push(format!("{}\n  expected {}\n  found {:?}", columns[0], columns[2], shown(columns[0])));
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether a figure is what a row of the table says. Of a range the table gives the ends, of a bound figure itself.
fn is_as_known(found: &Found, expected: &serde_json::Value) -> bool {
    let number = |key: &str| expected.get(key).and_then(serde_json::Value::as_f64);
    let word = |key: &str| expected.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let quantity = found.quantity().unwrap();
    let value = if quantity.bound == Bound::Range { quantity.low } else { Some(quantity.value) };
    let ends = [("lo", quantity.low), ("hi", quantity.high)];
    value == number("v")
        && Some(quantity.bound.word()) == word("bound").as_deref()
        && found.unit == word("cur").or_else(|| word("unit"))
        && found.of == number("of")
        && ends.into_iter().all(|(key, end)| number(key).is_none_or(|known| end == Some(known)))
}

/// Every memorandum names its sums; the table gives them as written, read by a person.
#[test]
fn sums_of_real_memoranda() {
    let Some(table) = shared("data/whitehouse/drawdown_memoranda.csv") else { return };
    let mut wrong = Vec::new();
    let mut rows = 0;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        rows += 1;
        let name = record[4].rsplit('/').next().unwrap().to_owned();
        let Some(text) = shared(&format!("data/whitehouse/memoranda/{name}")) else { return };
        let body = text.splitn(3, "---").nth(2).unwrap();
        let sums = |text: &str| -> Vec<f64> {
            let found = crate::extract::amounts::read(text, None).into_iter().filter_map(|found| found.amount.ok());
            found.map(|amount| amount.quantity.value).collect()
        };
        if sums(body) != sums(&record[2]) || sums(&record[2]).len() != record[2].matches('$').count() {
            wrong.push(format!("{name}: {} but {:?}", &record[2], sums(body)));
        }
    }
    assert_eq!(rows, 63);
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A file of the figures that are measured elsewhere, where it is at hand.
fn shared(path: &str) -> Option<String> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    let text = std::fs::read_to_string(file).ok();
    if text.is_none() {
        println!("skipped {path}: ../shared is not here");
    }
    text
}
