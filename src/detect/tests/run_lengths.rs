//! How long the control charts run before a false alarm, and before they find a
//! shift: simulated normal values against published average run lengths.

use super::*;
use crate::detect::numeric::tails::normal_quantile;

const NORMAL: Reference = Reference { mean: 0.0, deviation: 1.0 };

/// The mean number of values up to the first alarm, over many fresh starts.
fn average_run(start: impl Fn() -> Box<dyn Learner>, shift: f64, runs: usize) -> f64 {
    let mut random = Random::new(1954);
    let mut values = 0;
    for _ in 0..runs {
        let mut learner = start();
        loop {
            let value = shift + normal_quantile(random.unit().max(f64::EPSILON));
            values += 1;
            if learner.judge(value).unwrap().alarm {
                break;
            }
            learner.learn(Some(value));
        }
    }
    values as f64 / runs as f64
}

/// Two thousand runs leave a standard error of about two per cent.
fn check(start: impl Fn() -> Box<dyn Learner>, shift: f64, published: f64) {
    let found = average_run(start, shift, 2000);
    assert!((found / published - 1.0).abs() < 0.07, "{found} values, published {published}");
}

#[test]
fn cusum_runs() {
    let cusum = |allowance, limit| {
        move || -> Box<dyn Learner> { Box::new(Cusum::against(NORMAL, &Options::default()).tuned(allowance, limit)) }
    };
    check(cusum(0.5, 4.0), 0.0, 167.6838);
    check(cusum(0.5, 4.0), 1.0, 8.383132);
    check(cusum(0.5, 4.0), -1.0, 8.383132);
    check(cusum(1.0, 2.52), 0.0, 372.8154);
    check(|| Box::new(Cusum::against(NORMAL, &Options::default())), 0.0, 465.4435);
}

/// The published lengths are for limits that do not grow over the first values; ours do, and find a shift sooner.
#[test]
fn ewma_runs() {
    let ewma = || -> Box<dyn Learner> { Box::new(Ewma::against(NORMAL, &Options::default())) };
    check(ewma, 0.0, 371.1033);
    let found = average_run(ewma, 1.0, 2000);
    assert!((8.0..9.801525).contains(&found), "{found}");
    let slow = || -> Box<dyn Learner> { Box::new(Ewma::against(NORMAL, &Options::default()).tuned(0.1, 2.7)) };
    check(slow, 0.0, 368.9937);
}
