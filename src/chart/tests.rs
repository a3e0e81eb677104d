//! Pictures: what they show, that they stay within their bounds, that letters are really painted.

use super::*;

fn chart(style: Style) -> Chart {
    let values = [Some(880.0), Some(905.0), None, Some(910.0), Some(390.0), Some(120.0)];
    let mut points: Vec<_> =
        values.iter().enumerate().map(|(n, value)| Point::new(format!("2026-0{}", n + 1), *value)).collect();
    points[3].coverage = 0.6;
    points[4].range = Some((350.0, 420.0));
    points[5].is_final = false;
    Chart {
        style,
        points,
        unit: "вильотів".to_owned(),
        limits: vec![Limit { value: 700.0, label: "at most 700".to_owned() }],
        marks: vec![Mark { at: 4, label: "the offensive is reported".to_owned() }],
    }
}

#[test]
fn what_is_not_known_does_not_look_like_a_value() {
    let picture = svg(&chart(Style::Bars), Size::MAIL);
    assert_eq!(picture.matches("<rect").count(), 5, "five values, one gap:\n{picture}");
    assert_eq!(picture.matches("<path").count(), 1, "the gap is hatched");
    assert_eq!(picture.matches("stroke-dasharray=\"3 2\"").count(), 1, "the running period is an outline");
    assert_eq!(picture.matches("fill-opacity=\"0.5\"").count(), 1, "the partial period is pale");
    let line = svg(&chart(Style::Line), Size::MAIL);
    assert_eq!(line.matches("stroke-linecap").count(), 3, "the line breaks at the gap:\n{line}");
}

#[test]
fn a_picture_is_told_in_words() {
    assert_eq!(
        words(&chart(Style::Bars)),
        "вильотів: 2026-01 880, 2026-02 905, 2026-03 missing, 2026-04 910 (partial), 2026-05 390, 2026-06 120 (provisional); \
         at most 700 (700); 2026-05: the offensive is reported"
    );
}

/// Without a font the text would vanish silently: the painted picture has to be darker with it.
#[test]
fn letters_are_painted() {
    let painted = |chart: &Chart| {
        let bytes = png(chart, Size::MAIL, 2.0).unwrap();
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (800, 340));
        pixels.pixels().iter().filter(|pixel| pixel.alpha() > 0).count()
    };
    let with = chart(Style::Bars);
    let without = Chart { unit: String::new(), ..with.clone() };
    assert!(painted(&with) > painted(&without) + 100, "the unit in Cyrillic is seen");
}

#[test]
fn any_series_can_be_drawn() {
    let extremes = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, -0.0, f64::NAN, f64::INFINITY, 1e-300];
    let series = [
        Vec::new(),
        vec![Point::new("x", None)],
        vec![Point::new("x", Some(5.0))],
        extremes.iter().map(|value| Point::new("\"<b>&\u{1b}", Some(*value))).collect(),
        (0..400).map(|n| Point::new(n.to_string(), Some(f64::from(n % 7)))).collect(),
    ];
    for style in [Style::Bars, Style::Line] {
        for points in &series {
            let marks = vec![Mark { at: 9000, label: "beyond".to_owned() }];
            let limits = vec![Limit { value: f64::NAN, label: "x".repeat(500) }];
            let chart = Chart { style, points: points.clone(), unit: "<u>".repeat(100), limits, marks };
            let picture = svg(&chart, Size::PAGE);
            assert!(!picture.contains("NaN") && !picture.contains("inf") && !picture.contains("<b>"), "{picture}");
            assert!(png(&chart, Size::PAGE, 1.0).is_ok());
        }
    }
}
