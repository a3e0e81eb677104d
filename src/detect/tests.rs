//! What every detector promises, whatever its method.

mod known_answers;
mod reference_files;
mod run_lengths;

use proptest::prelude::*;

use super::*;

/// The sixteen values on which most known answers rest.
const TINY: [f64; 16] = [2.0, 5.0, 3.0, 4.0, 6.0, 3.0, 4.0, 5.0, 3.0, 4.0, 9.0, 12.0, 4.0, 3.0, 15.0, 2.0];

const ABOVE: Options =
    Options { baseline: None, alpha: None, window: None, years: None, per_year: 52, sides: Sides::Above };

fn present(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

/// Every step of a learner over values without gaps.
fn follow(learner: &mut dyn Learner, values: &[f64]) -> Vec<Option<Estimate>> {
    let step = |value: &f64| {
        let estimate = learner.judge(*value).ok();
        learner.learn(Some(*value));
        estimate
    };
    values.iter().map(step).collect()
}

/// The rows, counted from 1, that raise an alarm.
fn alarms(steps: &[Option<Estimate>]) -> Vec<usize> {
    let alarm = |step: &Option<Estimate>| step.is_some_and(|estimate| estimate.alarm);
    steps.iter().enumerate().filter(|(_, step)| alarm(step)).map(|(row, _)| row + 1).collect()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected} ± {tolerance}");
}

/// A quarter of the default year, so that Farrington has its say in a short series.
fn quarterly(sides: Sides) -> Options {
    Options { per_year: 4, years: Some(3), sides, ..Options::default() }
}

#[test]
fn every_row_is_found_by_its_word_and_says_what_it_needs() {
    for detector in DETECTORS {
        assert!(std::ptr::eq(find(detector.word).unwrap(), detector), "{} is twice in the table", detector.word);
        assert!(!detector.doc.is_empty() && !detector.defaults.is_empty());
    }
    assert!(find("farringdon").is_none());
}

#[test]
fn every_measure_of_a_condition_that_is_a_detector_has_a_row() {
    use crate::model::condition::Measure;
    for measure in [
        Measure::Ratio,
        Measure::LogRatio,
        Measure::Zscore,
        Measure::Poisson,
        Measure::PoissonPlugIn,
        Measure::NegativeBinomial,
        Measure::EarsC1,
        Measure::EarsC2,
        Measure::EarsC3,
        Measure::Cusum,
        Measure::Ewma,
        Measure::Farrington,
        Measure::FarringtonClassic,
    ] {
        assert!(find(measure.word()).is_some(), "{}", measure.word());
    }
}

/// The first judgement comes exactly when `needs` says so, and before it the shortage is counted.
#[test]
fn what_is_missing_is_counted() {
    let series: Vec<Option<f64>> = (0..200).map(|row| Some(f64::from(10 + row * 7 % 5))).collect();
    for detector in DETECTORS {
        let needed = (detector.needs)(&Options::default());
        for have in [0, needed - 1] {
            let answer = measure(detector, &series[..have], 11.0, &Options::default());
            assert_eq!(answer, Err(Unknown::Missing { needed, have }), "{}", detector.word);
        }
        let answer = measure(detector, &series[..needed], 11.0, &Options::default());
        assert!(answer.is_ok(), "{}: {answer:?}", detector.word);
    }
    let shortage = Unknown::Missing { needed: 7, have: 5 }.to_string();
    assert_eq!(shortage, "7 earlier values are needed and there are 5: 2 are missing");
}

/// A gap is not judged, and what is not a number is a gap.
#[test]
fn gaps_are_not_judged() {
    let mut series = present(&[4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0]);
    series.extend([None, Some(f64::NAN), Some(f64::INFINITY), Some(1e16), Some(5.0)]);
    for detector in DETECTORS.iter().filter(|detector| !detector.word.starts_with("farrington")) {
        let steps: Vec<Step> = stream(detector, series.clone(), &Options::default()).collect();
        assert_eq!(steps.len(), series.len());
        for step in &steps[12..16] {
            assert_eq!(*step, Step { value: None, estimate: None }, "{}", detector.word);
            assert!(!step.alarm());
        }
        assert!(steps[16].estimate.is_some_and(|estimate| !estimate.alarm), "{}", detector.word);
    }
}

/// EARS as published is silent on a fall; here it is not.
#[test]
fn a_fall_to_nothing_raises_the_alarm_on_both_sides_only() {
    let level = [1650.0, 1620.0, 1678.0, 1656.0, 1571.0, 1702.0, 1611.0, 1526.0, 1640.0, 1590.0, 1612.0, 0.0];
    for word in ["zscore", "ears-c1", "ears-c2", "ears-c3", "poisson", "log_ratio", "ratio", "cusum", "ewma", "auto"] {
        let detector = find(word).unwrap();
        let last = |options: &Options| stream(detector, present(&level), options).last().unwrap().alarm();
        assert!(last(&Options::default()), "{word} slept through a fall to nothing");
        assert!(!last(&ABOVE), "{word} looked down though asked not to");
    }
}

#[test]
fn the_score_is_a_half_on_the_limit() {
    let on = Estimate { expected: 0.0, lower: -3.0, upper: 3.0, statistic: 3.0, reach: 1.0, alarm: false };
    assert_eq!(on.score(), 0.5);
    assert_eq!(Estimate { reach: 0.0, ..on }.score(), 0.0);
    assert!(Estimate { reach: 1e300, ..on }.score() <= 1.0);
}

/// A run of equal counts must not make one more report a sensation, nor blind the detector.
#[test]
fn a_constant_baseline_still_judges() {
    for (value, alarm) in [(5.0, false), (6.0, false), (7.0, true), (3.0, true)] {
        let estimate = measure(find("ears-c1").unwrap(), &[Some(5.0); 7], value, &Options::default()).unwrap();
        assert_eq!(estimate.alarm, alarm, "{value}");
    }
}

/// The choice of `auto` by the length of the history.
#[test]
fn auto_takes_the_most_demanding_method_that_can_judge() {
    let history: Vec<Option<f64>> = (0..170).map(|row| Some(f64::from(20 + row % 7))).collect();
    let large: Vec<Option<f64>> = history.iter().map(|value| value.map(|value| value * 1000.0)).collect();
    let check = |history: &[Option<f64>], word: &str| {
        let value = history[0].unwrap() * 1.1;
        let value = value.round();
        let chosen = measure(find("auto").unwrap(), history, value, &Options::default());
        assert_eq!(chosen, measure(find(word).unwrap(), history, value, &Options::default()), "{word}");
        assert!(chosen.is_ok(), "{word}");
    };
    check(&history[..3], "poisson");
    check(&history[..8], "poisson");
    check(&large[..3], "log_ratio");
    check(&history[..9], "ears-c2");
    check(&history[..158], "ears-c2");
    check(&history[..159], "farrington");
}

#[test]
fn options_out_of_range_are_named() {
    let check = |options: Options, expected: &str| assert_eq!(options.check().unwrap_err().to_string(), expected);
    let good = Options::default();
    assert_eq!(good.check(), Ok(()));
    check(Options { baseline: Some(1), ..good }, "`baseline` is 1: expected 2 to 100000");
    check(Options { years: Some(0), ..good }, "`years` is 0: expected 1 to 50");
    check(Options { window: Some(26), ..good }, "`window` is 26: expected 0 to 25");
    let alpha = "`alpha` is 1: expected a share above 0 and below 0.5, such as 0.01";
    check(Options { alpha: Some(1.0), ..good }, alpha);
    assert!(Options { alpha: Some(f64::NAN), ..good }.check().is_err());
    for (days, periods) in [(1.0, 365), (7.0, 52), (30.4, 12), (91.0, 4)] {
        assert_eq!(Options::per_year_of_gap(days), periods);
    }
}

fn any_value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        Just(None),
        Just(Some(0.0)),
        any::<f64>().prop_map(Some),
        (0..200i32).prop_map(|count| Some(f64::from(count))),
        Just(Some(1e15)),
        Just(Some(-1e15)),
    ]
}

/// Options as nobody should set them: the arithmetic has to survive them all the same.
fn any_options() -> impl Strategy<Value = Options> {
    let alpha = prop_oneof![Just(None), Just(Some(0.0)), Just(Some(f64::NAN)), (-1.0..2.0).prop_map(Some)];
    let small = || proptest::option::of(0..40usize);
    (small(), alpha, small(), proptest::option::of(0..4usize), 0..14usize, any::<bool>()).prop_map(
        |(baseline, alpha, window, years, per_year, both)| {
            let sides = if both { Sides::Both } else { Sides::Above };
            Options { baseline, alpha, window, years, per_year, sides }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_every_figure_is_finite(
        series in proptest::collection::vec(any_value(), 0..60), options in any_options()
    ) {
        for detector in DETECTORS {
            let steps: Vec<Step> = stream(detector, series.clone(), &options).collect();
            prop_assert_eq!(steps.len(), series.len());
            for estimate in steps.iter().filter_map(|step| step.estimate) {
                let Estimate { expected, lower, upper, statistic, reach, .. } = estimate;
                prop_assert!([expected, lower, upper, statistic, reach].iter().all(|figure| figure.is_finite()));
                prop_assert!((0.0..=1.0).contains(&estimate.score()), "{} {:?}", detector.word, estimate);
            }
        }
    }

    /// A judgement depends on nothing that comes later, and one call says what the stream said.
    #[test]
    fn only_earlier_rows_are_seen(
        series in proptest::collection::vec(proptest::option::weighted(0.9, 0.0..50.0f64), 1..40), cut in 0usize..40
    ) {
        let cut = cut.min(series.len() - 1);
        for detector in DETECTORS {
            let options = quarterly(Sides::Both);
            let whole: Vec<Step> = stream(detector, series.clone(), &options).collect();
            let short: Vec<Step> = stream(detector, series[..=cut].to_vec(), &options).collect();
            prop_assert_eq!(&whole[..=cut], &short[..]);
            if let Some(latest) = series[cut] {
                let alone = measure(detector, &series[..cut], latest, &options).ok();
                prop_assert_eq!(alone, short[cut].estimate);
            }
        }
    }

    /// Turned upside down, a series raises the same alarms with the opposite sign.
    #[test]
    fn both_sides_are_alike(series in proptest::collection::vec(-50.0..50.0f64, 30)) {
        let mirrored: Vec<f64> = series.iter().map(|value| -value).collect();
        for word in ["zscore", "ears-c1", "ears-c2", "ears-c3", "cusum", "ewma"] {
            let steps = |values: &[f64]| -> Vec<Step> {
                stream(find(word).unwrap(), present(values), &Options::default()).collect()
            };
            for (up, down) in steps(&series).iter().zip(steps(&mirrored)) {
                prop_assert_eq!(up.alarm(), down.alarm());
                if let (Some(up), Some(down)) = (up.estimate, down.estimate) {
                    prop_assert!((up.statistic + down.statistic).abs() < 1e-9 || up.statistic.abs() == 0.0);
                    prop_assert!((up.upper + down.lower).abs() < 1e-6);
                }
            }
        }
    }

    /// A constant added to every value moves the bounds and nothing else.
    #[test]
    fn a_shift_of_the_whole_series_changes_nothing(
        series in proptest::collection::vec(0i32..60, 30), shift in -1000i32..1000
    ) {
        let plain: Vec<f64> = series.iter().map(|value| f64::from(*value)).collect();
        let moved: Vec<f64> = plain.iter().map(|value| value + f64::from(shift)).collect();
        for word in ["zscore", "ears-c1", "ears-c2", "ears-c3", "cusum"] {
            let steps = |values: &[f64]| -> Vec<Step> {
                stream(find(word).unwrap(), present(values), &Options::default()).collect()
            };
            for (before, after) in steps(&plain).iter().zip(steps(&moved)) {
                if let (Some(before), Some(after)) = (before.estimate, after.estimate) {
                    prop_assert!((before.statistic - after.statistic).abs() < 1e-6);
                    prop_assert!((before.upper + f64::from(shift) - after.upper).abs() < 1e-6);
                }
            }
        }
    }

    /// Without the memory of sums, an alarm is exactly a value outside the shown bounds.
    #[test]
    fn an_alarm_is_a_value_outside_its_bounds(series in proptest::collection::vec(0i32..40, 12..40)) {
        let values: Vec<f64> = series.iter().map(|value| f64::from(*value)).collect();
        for word in ["zscore", "ears-c1", "ears-c2", "poisson", "poisson-plugin", "negative-binomial", "log_ratio"] {
            for step in stream(find(word).unwrap(), present(&values), &Options::default()) {
                let (Some(value), Some(estimate)) = (step.value, step.estimate) else { continue };
                let outside = value < estimate.lower || value > estimate.upper;
                prop_assert!(estimate.lower <= estimate.expected && estimate.expected <= estimate.upper + 1.0);
                prop_assert_eq!(outside, step.alarm(), "{} {} {:?}", word, value, estimate);
                prop_assert_eq!(estimate.score() > 0.5, step.alarm(), "{} {} {:?}", word, value, estimate);
            }
        }
    }
}
