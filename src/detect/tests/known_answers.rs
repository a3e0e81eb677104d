//! Figures with a known answer: published definitions worked by hand or by an independent implementation.

use super::*;
use crate::detect::simple::{Change, change, log_ratio, mean, median, ratio, streak, total};
use crate::detect::trend::trend;

fn statistics(steps: &[Option<Estimate>]) -> Vec<Option<f64>> {
    steps.iter().map(|step| step.map(|estimate| estimate.statistic)).collect()
}

#[test]
fn ears() {
    let check = |variant, rows: &[(usize, f64)], alarmed: &[usize]| {
        let steps = follow(&mut Ears::new(variant, &ABOVE), &TINY);
        for (row, expected) in rows {
            close(steps[row - 1].unwrap().statistic, *expected, 5e-10 * expected.abs().max(1.0));
        }
        assert_eq!(alarms(&steps), alarmed, "{variant:?}");
    };
    check(Variant::C1, &[(8, 0.8495907905), (9, -1.15549333), (11, 4.543441113)], &[11, 12]);
    check(Variant::C2, &[(10, 0.1061988488), (11, 4.236808876), (12, 6.92820323)], &[11, 12]);
    let c3 = [(12, 9.165012106), (13, 9.165012106), (14, 5.92820323), (15, 1.691255681), (16, 1.691255681)];
    check(Variant::C3, &c3, &[12, 13, 14]);
    assert_eq!(statistics(&follow(&mut Ears::new(Variant::C3, &ABOVE), &TINY))[10], None);
}

/// With a level in place of the fixed factor the bound is the mean plus the quantile's standard deviations.
#[test]
fn ears_at_a_level() {
    let options = Options { alpha: Some(0.001), ..ABOVE };
    let c1 = follow(&mut Ears::new(Variant::C1, &options), &TINY);
    close(c1[7].unwrap().upper, 8.014078294, 1e-7);
    close(c1[10].unwrap().upper, 7.446454439, 1e-7);
    let c2 = follow(&mut Ears::new(Variant::C2, &options), &TINY);
    close(c2[11].unwrap().upper, 7.568292908, 1e-7);
}

#[test]
fn cusum() {
    let reference = Reference { mean: 4.0, deviation: 2.0 };
    let start = || Cusum::against(reference, &ABOVE).tuned(1.0, 4.0);
    let mut expected = vec![0.0; 10];
    expected.extend([1.5, 4.5, 3.5, 2.0, 6.5, 4.5]);
    let steps = follow(&mut start(), &TINY);
    for (step, expected) in steps.iter().zip(&expected) {
        close(step.unwrap().statistic, *expected, 1e-12);
    }
    assert_eq!(alarms(&steps), [12, 15, 16]);
    // The bound shown is the value that would just have raised the alarm.
    close(steps[11].unwrap().upper, 4.0 + 2.0 * (4.0 + 1.0 - 1.5), 1e-12);
}

/// Each way to standardise agrees with its inverse: on the bound, the sum is on the limit.
#[test]
fn cusum_bounds_are_where_the_sum_reaches_the_limit() {
    let reference = Reference { mean: 95.0, deviation: 31.0 };
    for way in [Standardisation::Sample, Standardisation::Poisson, Standardisation::Rossi, Standardisation::Anscombe] {
        let mut learner = Cusum::against(reference, &Options::default()).standardised(way);
        learner.learn(Some(101.0));
        let upper = learner.judge(100.0).unwrap().upper;
        close(learner.judge(upper).unwrap().statistic, 5.0, 1e-9);
        let lower = learner.judge(100.0).unwrap().lower;
        if lower > 0.0 {
            close(learner.judge(lower).unwrap().statistic, -5.0, 1e-9);
        }
    }
}

#[test]
fn ewma() {
    let reference = Reference { mean: 4.0, deviation: 2.0 };
    let mut learner = Ewma::against(reference, &ABOVE).tuned(0.2, 3.0);
    let steps = follow(&mut learner, &TINY);
    close(steps[0].unwrap().upper, 5.2, 1e-12);
    close(steps[15].unwrap().statistic, 6.203263522, 5e-10);
    close(steps[15].unwrap().upper, 5.999207561, 5e-10);
    assert_eq!(alarms(&steps)[0], 12);
}

#[test]
fn exceedance() {
    let check = |model, baseline: &[f64], value: f64, expected: f64, upper: f64, p: f64| {
        let mut learner = Counts::new(model, &ABOVE);
        baseline.iter().for_each(|count| learner.learn(Some(*count)));
        let estimate = learner.judge(value).unwrap();
        close(estimate.expected, expected, 1e-12);
        assert_eq!(estimate.upper, upper);
        close(estimate.statistic, p, 1e-12 * p);
    };
    let months = [16.0, 18.0, 17.0, 22.0];
    check(Model::Predictive, &months, 31.0, 18.375, 31.0, 0.01035017008488237);
    check(Model::PlugIn, &months, 31.0, 18.25, 29.0, 0.004041082625909439);
    // Mean 10 and variance 20: overdispersion 2.
    let wide = [10.0 - 20f64.sqrt(), 10.0, 10.0 + 20f64.sqrt()];
    check(Model::NegativeBinomial, &wide, 24.0, 10.0, 23.0, 0.0067654934246093035);
}

/// Ignoring that the mean is only estimated alarms at 30; the predictive distribution does not.
#[test]
fn the_uncertainty_of_the_mean_counts() {
    let months = present(&[16.0, 18.0, 17.0, 22.0]);
    let alarm = |word, value| measure(find(word).unwrap(), &months, value, &ABOVE).unwrap().alarm;
    assert!(alarm("poisson-plugin", 30.0) && !alarm("poisson", 30.0) && !alarm("poisson", 31.0));
    assert!(alarm("poisson", 32.0));
}

#[test]
fn threshold_against_the_median() {
    let months = present(&[900.0, 1000.0, 1100.0]);
    let judge = |value| measure(find("ratio").unwrap(), &months, value, &Options::default()).unwrap();
    assert_eq!((judge(749.0).alarm, judge(750.0).alarm), (true, false));
    assert_eq!((judge(750.0).statistic, judge(750.0).lower, judge(750.0).score()), (0.75, 750.0, 0.5));
    assert_eq!(ratio(&months, 750.0, 3), Ok(0.75));
    assert_eq!(ratio(&months, 750.0, 4), Err(Unknown::Missing { needed: 4, have: 3 }));
    assert!(matches!(ratio(&present(&[0.0; 3]), 1.0, 3), Err(Unknown::Unfit { .. })));
}

/// Ratios of 1.1 up and down: the spread is 1.4826·ln 1.1, and the bound 2.58·√(4/3) of it.
#[test]
fn robust_log_ratio() {
    let history = present(&[1000.0, 1100.0, 1000.0, 1100.0, 1000.0]);
    let estimate = log_ratio(&history, 500.0, &Options::default()).unwrap();
    let deviation = 1.4826 * 1.1f64.ln() * (4.0f64 / 3.0).sqrt();
    close(estimate.expected, 1000.0, 1e-9);
    close(estimate.statistic, 0.5f64.ln() / deviation, 1e-9);
    close(estimate.upper, 1000.0 * (2.58 * deviation).exp(), 1e-6);
    assert!(estimate.alarm);
    let steady = log_ratio(&present(&[1000.0; 4]), 1100.0, &Options::default()).unwrap();
    close(steady.statistic, 1.1f64.ln() / (0.05 * (4.0f64 / 3.0).sqrt()), 1e-9);
    assert!(log_ratio(&history, 0.0, &Options::default()).unwrap().alarm);
    assert!(matches!(log_ratio(&history, -1.0, &Options::default()), Err(Unknown::Unfit { .. })));
}

#[test]
fn slope_and_its_probability() {
    let found = trend(&present(&[16.0, 18.0, 17.0, 22.0, 25.0, 31.0])).unwrap();
    assert_eq!((found.slope, found.s), (3.0, 13.0));
    close(found.variance, 28.333333333333332, 1e-12);
    close(found.z, 2.2544074479065386, 1e-12);
    close(found.p, 2.0 * 0.008333333333333333, 1e-12);
    // The normal score's one-sided probability, by way of a series with a tie.
    let tied = trend(&present(&[16.0, 16.0, 17.0, 22.0, 25.0, 31.0])).unwrap();
    assert_eq!(tied.s, 14.0);
    close(tied.variance, 28.333333333333332 - 1.0, 1e-12);
    close(tied.z, 13.0 / 27.333333333333332f64.sqrt(), 1e-12);
    close(crate::detect::numeric::tails::normal_tail(2.2544074479065386), 0.012085273587272623, 1e-12);
}

#[test]
fn slope_of_odd_series() {
    let check = |values: &[Option<f64>], slope: f64, p: f64| {
        let found = trend(values).unwrap();
        close(found.slope, slope, 1e-12);
        close(found.p, p, 1e-12);
    };
    // A gap keeps its place: the slope is still one per period.
    check(&[Some(1.0), Some(2.0), None, Some(4.0), Some(5.0)], 1.0, 2.0 / 24.0);
    check(&present(&[7.0; 6]), 0.0, 1.0);
    check(&present(&[5.0, 4.0, 3.0, 2.0]), -1.0, 2.0 / 24.0);
    assert_eq!(trend(&present(&[1.0, 2.0, 3.0])), Err(Unknown::Missing { needed: 4, have: 3 }));
    assert!(trend(&present(&[f64::MAX, f64::MIN, f64::MAX, f64::MIN])).is_err());
    assert!(trend(&vec![Some(1.0); 5000]).is_ok());
}

#[test]
fn changes_runs_and_sums() {
    let history = [Some(80.0), Some(100.0), None];
    assert_eq!(change(&history, 75.0, None, Change::Absolute), Ok(-25.0));
    assert_eq!(change(&history, 75.0, None, Change::Share), Ok(-0.25));
    assert_eq!(change(&history, 100.0, Some(3), Change::Share), Ok(0.25));
    assert!(change(&history, 100.0, Some(1), Change::Share).is_err(), "the reading one period before is missing");
    assert!(change(&history, 100.0, Some(9), Change::Absolute).is_err());
    assert!(change(&[Some(0.0)], 3.0, None, Change::Share).is_err(), "no share of nothing");

    assert_eq!(streak(&present(&[1.0, 5.0, 2.0, 3.0, 4.0])), 2);
    assert_eq!(streak(&present(&[9.0, 5.0, 2.0])), -2);
    assert_eq!(streak(&[Some(1.0), None, Some(3.0), Some(4.0)]), 1, "a gap ends the run");
    assert_eq!((streak(&present(&[2.0, 2.0])), streak(&[]), streak(&[Some(f64::NAN); 3])), (0, 0, 0));

    assert_eq!(total(&present(&[1.0, 2.0])), Ok(3.0));
    assert_eq!(total(&[Some(1.0), None]), Err(Unknown::Missing { needed: 2, have: 1 }));
    assert!(total(&[]).is_err());
    assert_eq!(median(&history, 2), Ok(90.0));
    assert_eq!(mean(&history, 2), Ok(90.0));
    assert!(mean(&history, 3).is_err() && mean(&[], 0).is_err());
}
