//! How deep an expression or a document nests, counted before a recursive parser sees it.
//!
//! A stack overflow cannot be caught, so that depth is a question of its own.

/// The column, in characters from 1, where brackets nest deeper than `limit`; quoted parts do not count.
pub(crate) fn beyond(expression: &str, limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    for (index, c) in expression.chars().enumerate() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match (quote, c) {
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            // A chain of negations recurses as brackets do.
            (None, '(' | '[' | '{' | '!') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        if depth > limit {
            return Some(index + 1);
        }
    }
    None
}

/// Elements that end by themselves, so that an open one does not nest.
const UNNESTED: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "td", "th", "tr", "dt", "dd", "option",
];

/// Whether the elements of an HTML text nest deeper than `limit`: html5ever needs quadratic time for those.
pub(crate) fn html_beyond(html: &str, limit: usize) -> bool {
    let mut depth = 0_usize;
    for tag in html.split('<').skip(1) {
        if let Some(closed) = tag.strip_prefix('/') {
            depth = depth.saturating_sub(usize::from(!is_unnested(closed)));
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_unnested(tag) {
            depth += 1;
        }
        if depth > limit {
            return true;
        }
    }
    false
}

fn is_unnested(tag: &str) -> bool {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    UNNESTED.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_quotes_do_not_nest() {
        assert_eq!(beyond("$[?(@.a == '((((')]", 2), None);
        assert_eq!(beyond("$[?((@.a))]", 2), Some(5));
        assert_eq!(beyond(":not(:not(:not(a)))", 2), Some(15));
    }

    #[test]
    fn open_items_of_a_list_do_not_nest() {
        assert!(!html_beyond(&format!("<ul>{}</ul>", "<li>x<br><p>y".repeat(10_000)), 64));
        assert!(html_beyond(&"<ul><li>".repeat(100), 64));
        assert!(!html_beyond(&"<b>x</b>".repeat(10_000), 64));
    }
}
