//! Results as JUnit XML, which every build server reads.

use super::{Ran, Suite, counted, unmet_text, watch_of};
use crate::cli::output::for_xml;

/// The document about some test files.
pub fn document(suites: &[Suite<'_>]) -> String {
    let (tests, failed) = counted(suites);
    let inner: String = suites.iter().map(suite).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{tests}\" failures=\"{failed}\">\n{inner}</testsuites>\n"
    )
}

fn suite(suite: &Suite<'_>) -> String {
    let (tests, failed) = counted(std::slice::from_ref(suite));
    let (path, ran) = suite;
    let seconds: f64 = ran.iter().map(|one| one.took.as_secs_f64()).sum();
    let name = for_xml(&path.display().to_string());
    let cases: String = ran.iter().map(|one| case(path, one)).collect();
    format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\" time=\"{seconds:.3}\">\n{cases}  </testsuite>\n"
    )
}

fn case(path: &std::path::Path, one: &Ran<'_>) -> String {
    let (class, name) = (for_xml(watch_of(one.trial).unwrap_or_default()), for_xml(&one.trial.name));
    let seconds = one.took.as_secs_f64();
    let failures: String = one
        .unmet
        .iter()
        .map(|unmet| {
            let message = for_xml(&format!("expected: {}; but {}", unmet.expected, unmet.found));
            let text = for_xml(&unmet_text(path, unmet));
            format!("      <failure message=\"{message}\">{text}</failure>\n")
        })
        .collect();
    format!("    <testcase classname=\"{class}\" name=\"{name}\" time=\"{seconds:.3}\">\n{failures}    </testcase>\n")
}
