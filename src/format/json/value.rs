//! JSON text → values: strict first, repaired where that fails.

use std::collections::HashMap;

use serde_json::Value;

use crate::format::FormatError;
use crate::format::warnings::Warnings;

/// What a value takes at least, in bytes, however few it has in the text.
const VALUE: u64 = size_of::<Value>() as u64;

/// A document; its numbers can be shown as they were written.
#[derive(Debug)]
pub struct Json {
    // Boxed: the spellings are found by the address of a value, which must stay.
    root: Box<Value>,
    spelled: HashMap<usize, String>,
}

impl Json {
    /// Parses a document.
    ///
    /// # Errors
    /// Where it is no JSON even after repair, nests too deep (128 levels, the parser's own limit), or holds more values
    /// than so many bytes of memory have room for.
    pub fn parse(text: &str, room: u64, warnings: &mut Warnings) -> Result<Self, FormatError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let most = room / VALUE;
        if values(text) as u64 > most {
            return Err(FormatError::unreadable(format!(
                "the document has more than {most} values, the most by [http] max_body; none is read"
            )));
        }
        if let Ok(root) = serde_json::from_str::<Value>(text) {
            return Ok(Self::spelled(root, text));
        }
        if let Some(lines) = json_lines(text) {
            warnings.say("the document is a value a line (JSON Lines); read as an array");
            return Ok(Self { root: Box::new(Value::Array(lines)), spelled: HashMap::new() });
        }
        let (repaired, is_cut) = super::repair::repair(text);
        match serde_json::from_str::<Value>(&repaired) {
            Ok(root) => {
                warnings.say("the JSON is not well-formed; repaired");
                if is_cut {
                    warnings.say("the document ends within an element, which was left out");
                }
                Ok(Self::spelled(root, &repaired))
            }
            Err(error) => Err(FormatError::unreadable(format!("the document is no JSON: {error}"))),
        }
    }

    fn spelled(root: Value, text: &str) -> Self {
        let root = Box::new(root);
        let mut numbers = Vec::new();
        let spellings = spellings(text);
        if spellings.iter().any(Option::is_some) {
            collect_numbers(&root, &mut numbers);
        }
        // A member given twice leaves fewer values than spellings: then nobody knows which is whose.
        let spelled = if numbers.len() == spellings.len() {
            numbers.into_iter().zip(spellings).filter_map(|(address, text)| Some((address, text?))).collect()
        } else {
            HashMap::new()
        };
        Self { root, spelled }
    }

    /// The root value.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// A value as text: strings as they are, numbers as written, arrays and objects as JSON; `null` is nothing.
    pub fn shown(&self, value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => {
                let spelled = self.spelled.get(&address(value));
                Some(spelled.cloned().unwrap_or_else(|| number.to_string()))
            }
            other => Some(other.to_string()),
        }
    }
}

/// How many values a text holds at most: one begins behind each of these signs that stands outside of a string.
fn values(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        count += usize::from(matches!(byte, b',' | b':' | b'[' | b'{'));
        at = if *byte == b'"' { string_end(bytes, at) } else { at + 1 };
    }
    count
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// The numbers of a value in document order. Recursion ends with the parser's own depth limit.
fn collect_numbers(value: &Value, found: &mut Vec<usize>) {
    match value {
        Value::Number(_) => found.push(address(value)),
        Value::Array(array) => array.iter().for_each(|inner| collect_numbers(inner, found)),
        Value::Object(object) => object.values().for_each(|inner| collect_numbers(inner, found)),
        _ => {}
    }
}

/// For each number of a text in order its spelling, where it is not how the number prints anyway.
fn spellings(text: &str) -> Vec<Option<String>> {
    let bytes = text.as_bytes();
    let mut spellings = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'-' | b'0'..=b'9' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length =
                    rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
                let number = text.get(at..at + length).unwrap_or_default();
                let is_plain = number.bytes().all(|b| b.is_ascii_digit()) && number.len() < 19;
                spellings.push((!is_plain).then(|| number.to_owned()));
                at += length;
            }
            _ => at += 1,
        }
    }
    spellings
}

/// The offset after a string that begins at `start`.
pub fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn json_lines(text: &str) -> Option<Vec<Value>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first =
        serde_json::from_str::<Value>(lines.next()?).ok().filter(|value| value.is_object() || value.is_array())?;
    let mut values = vec![first];
    for line in lines {
        values.push(serde_json::from_str(line).ok()?);
    }
    (values.len() > 1).then_some(values)
}

/// Whether a text begins as a JSON object or array does.
pub fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start();
    let Some(inner) = text.strip_prefix(['{', '[']).map(str::trim_start) else { return false };
    let is_object = text.starts_with('{');
    let starts: &[char] = if is_object { &['"', '}', '\''] } else { &['"', '{', '[', ']', '-', 't', 'f', 'n'] };
    inner.is_empty() || inner.starts_with(starts) || (!is_object && inner.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixteen megabytes of `1,` once took 680 MiB.
    #[test]
    fn many_small_values_are_refused_before_they_are_made() {
        let text = format!("[{}1]", "1,".repeat(10));
        let error = Json::parse(&text, 10 * VALUE, &mut Warnings::default()).unwrap_err();
        assert!(error.message.contains("more than 10 values"), "{}", error.message);
        assert_eq!(values(r#"{"a, [b]": ["\", {", 1]}"#), 4);
    }

    #[test]
    fn numbers_keep_their_text() {
        let text = r#"{"a":1.50,"b":["x 7",1e3,12345678901234567890123],"c":-0.0,"d":7}"#;
        let json = Json::parse(text, 1 << 20, &mut Warnings::default()).unwrap();
        let shown = |pointer: &str| json.shown(json.root().pointer(pointer).unwrap()).unwrap();
        assert_eq!([shown("/a"), shown("/b/1"), shown("/b/2")], ["1.50", "1e3", "12345678901234567890123"]);
        assert_eq!([shown("/c"), shown("/d")], ["-0.0", "7"]);
    }
}
