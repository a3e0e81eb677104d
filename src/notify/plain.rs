//! A letter as plain text without any template: what is sent when laying it out fails.
//!
//! Plainer than the template, with the same facts. It cannot fail, because a
//! message that is not pretty is better than silence.

use super::letter::{Condition, Evidence, Letter};
use super::template::wrap;

/// A letter as plain text.
pub(super) fn text(letter: &Letter) -> String {
    let mut lines = vec![letter.kicker.to_uppercase(), wrap(&letter.headline, 0), String::new()];
    lines.extend(letter.lead.iter().map(|sentence| wrap(sentence, 0)));
    lines.push(String::new());
    lines.extend(letter.facts.iter().map(|fact| named(fact.name, &fact.value)));
    for condition in &letter.conditions {
        lines.push(String::new());
        lines.extend(condition_lines(condition));
    }
    for section in &letter.sections {
        lines.extend([String::new(), wrap(&section.title, 0)]);
        for line in &section.lines {
            lines.push(format!("- {}", wrap(&line.text, 2)));
            lines.extend(line.command.iter().map(|command| format!("    {command}")));
        }
    }
    lines.push(String::new());
    lines.extend(letter.background.iter().map(|fact| named(fact.name, &fact.value)));
    lines.extend(letter.footer.iter().map(|sentence| wrap(sentence, 0)));
    lines.join("\n") + "\n"
}

fn named(name: &str, value: &str) -> String {
    format!("{name}: {}", wrap(value, 4))
}

fn condition_lines(condition: &Condition) -> Vec<String> {
    let mut lines = vec![
        format!("{}. {} ({})", condition.number, wrap(&condition.title, 4), condition.verdict),
        named("Value", &condition.value),
        named("Bound", &condition.bound),
        named("Measure", &format!("{} of {}", condition.measure, condition.indicator)),
        named("Why", &condition.why),
    ];
    lines.extend(condition.proxy.iter().map(|proxy| named("Proxy", proxy)));
    if let Some(chart) = &condition.chart {
        lines.push(format!("{} ({})", chart.line, chart.legend));
        lines.extend(chart.rows.iter().map(|row| {
            let mark = if row.is_provisional { " provisional" } else { "" };
            let part = if row.is_partial { " partial" } else { "" };
            format!("    {} {}{mark}{part}", row.period, row.value)
        }));
    }
    lines.extend(condition.evidence.iter().flat_map(evidence_lines));
    lines.extend(condition.more_evidence.clone());
    lines
}

fn evidence_lines(evidence: &Evidence) -> Vec<String> {
    let mut lines = vec![
        named("Evidence", &evidence.source),
        named("Grade", &evidence.grade),
        named("Quote", &format!("\"{}\"", evidence.quote)),
    ];
    let optional = [
        ("Title", &evidence.title),
        ("Link", &evidence.link),
        ("Not a web address", &evidence.unlinked),
        ("Figure", &evidence.figure),
        ("Odd", &evidence.flags),
    ];
    lines.extend(optional.into_iter().filter_map(|(name, value)| Some(named(name, value.as_deref()?))));
    lines.push(named("Happened", &evidence.happened));
    lines.push(named("Learned", &evidence.learned));
    lines
}
