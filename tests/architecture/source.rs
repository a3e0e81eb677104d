//! Source files as text: comments and strings blanked, test modules left out,
//! line numbers kept. No rule lives here.

use std::fs;
use std::path::Path;

/// One source file without its comments and its test modules.
pub struct File {
    /// Relative to `src/`, such as `store/open.rs`.
    pub path: String,
    /// Neither comments nor the contents of strings: what the compiler sees as words.
    pub code: String,
    /// No comments, but the contents of strings: where SQL is.
    pub text: String,
    /// Test modules that are files of their own, as paths without `.rs`.
    tests_elsewhere: Vec<String>,
}

impl File {
    /// Prepares a text for the rules.
    pub fn new(path: &str, source: &str) -> Self {
        let (mut code, mut text) = masks(source);
        let mut tests_elsewhere = Vec::new();
        while let Some(start) = code.find("#[cfg(test)]") {
            let end = item_end(&code, start + "#[cfg(test)]".len());
            let item = code.get(start..end).unwrap_or_default();
            if let Some((_, name)) = item.trim_end_matches(';').rsplit_once("mod ").filter(|_| item.ends_with(';')) {
                tests_elsewhere.push(join(folder_of(path), name.trim()));
            }
            // Masks are made byte for byte, so that one range fits both.
            blank(&mut code, start, end);
            blank(&mut text, start, end);
        }
        Self { path: path.to_owned(), code, text, tests_elsewhere }
    }

    /// The top-level module it belongs to; `lib` and `main` for the roots.
    pub fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules it lies below the crate's root.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        match self.path.as_str() {
            "lib.rs" | "main.rs" => 0,
            path if path.ends_with("/mod.rs") => parts - 1,
            _ => parts,
        }
    }

    /// Where it is, as people and editors write it.
    pub fn at(&self, offset: usize) -> String {
        let line = self.code.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        format!("src/{}:{line}", self.path)
    }

    /// Lines that hold code.
    pub fn code_lines(&self) -> usize {
        self.text.lines().filter(|line| !line.trim().is_empty()).count()
    }

    /// The top-level modules it names, each with the place: `crate::x`, `crate::{x, y}`, and `super::` up to the root.
    pub fn uses(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for root in ["crate::", "watchfloor::"] {
            for at in words(&self.code, root) {
                found.extend(heads(&self.code, at + root.len()).into_iter().map(|head| (at, head)));
            }
        }
        for at in words(&self.code, "super::") {
            let rest = self.code.get(at..).unwrap_or_default();
            let steps =
                (0..).take_while(|step| rest.get(step * 7..).is_some_and(|rest| rest.starts_with("super::"))).count();
            let follows_another = self.code.get(..at).is_some_and(|before| before.ends_with("super::"));
            if steps == self.depth() && !follows_another {
                found.extend(heads(&self.code, at + steps * 7).into_iter().map(|head| (at, head)));
            }
        }
        found.sort();
        found
    }
}

impl File {
    /// The first names of the groups that follow `root`, such as `fs` in `use std::{fs, io}`.
    pub fn group_of(&self, root: &str) -> Vec<(usize, String)> {
        let is_group = |at: &usize| self.code.get(at + root.len()..).is_some_and(|rest| rest.starts_with('{'));
        let groups = words(&self.code, root).into_iter().filter(is_group);
        groups.flat_map(|at| heads(&self.code, at + root.len()).into_iter().map(move |head| (at, head))).collect()
    }

    /// The modules that it declares as files, as paths without `.rs`.
    pub fn children(&self) -> Vec<String> {
        let declared = words(&self.code, "mod ").into_iter().filter_map(|at| {
            let (name, _) = self.code.get(at + "mod ".len()..)?.split_once(';')?;
            Some(name.trim().to_owned())
        });
        let is_name = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
        declared.filter(is_name).map(|name| join(folder_of(&self.path), &name)).collect()
    }
}

/// Every source file below `src/`, in order, without those that only tests have.
pub fn read_all() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    read_folder(&root, "", &mut files);
    let only_tests: Vec<String> = files.iter().flat_map(|file| file.tests_elsewhere.clone()).collect();
    files.retain(|file| {
        let is_below = |test: &String| {
            file.path.strip_prefix(test.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        !only_tests.iter().any(is_below)
    });
    assert!(files.len() > 1, "src/ was not found at {}", root.display());
    files
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = listed.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = join(prefix, &entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &path, files);
        } else if path.ends_with(".rs") {
            let source = fs::read_to_string(entry.path()).unwrap_or_else(|error| panic!("src/{path}: {error}"));
            files.push(File::new(&path, &source));
        }
    }
}

/// The folder in which a file's child modules lie.
pub fn folder_of(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    match stem {
        "mod" | "lib" | "main" => "",
        stem => stem.strip_suffix("/mod").unwrap_or(stem),
    }
}

/// A path of two parts, either of which may be empty.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Where `word` stands in `code` and is not the tail or the head of a longer word.
pub fn words(code: &str, word: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let starts_inside = |at: usize| word.starts_with(is_part) && code[..at].ends_with(is_part);
    let ends_inside = |at: usize| word.ends_with(is_part) && code[at + word.len()..].starts_with(is_part);
    code.match_indices(word).map(|(at, _)| at).filter(|at| !starts_inside(*at) && !ends_inside(*at)).collect()
}

/// The first names of the path, or of the group of paths, that begins at `at`.
fn heads(code: &str, at: usize) -> Vec<String> {
    let rest = code.get(at..).unwrap_or_default().trim_start();
    let name =
        |path: &str| path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            c => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    parts.iter().map(|part| name(part)).filter(|name| !name.is_empty() && name != "self").collect()
}

/// Where the item after an attribute ends: at its `;`, or at the brace that closes it.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn blank(text: &mut String, start: usize, end: usize) {
    let blanked: String = text[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(start..end, &blanked);
}

/// A source text twice: without comments and strings, and without comments only. Both keep every line and length;
/// what is not ASCII becomes `?`, for no rule looks for it.
fn masks(source: &str) -> (String, String) {
    let bytes: Vec<u8> = source.bytes().map(|byte| if byte.is_ascii() { byte } else { b'?' }).collect();
    let (mut code, mut text) = (String::new(), String::new());
    let mut at = 0;
    while at < bytes.len() {
        let (length, kind) = piece(&bytes, at);
        for byte in &bytes[at..at + length] {
            let shown = |keep: bool| if keep || *byte == b'\n' { char::from(*byte) } else { ' ' };
            code.push(shown(kind == Kind::Code));
            text.push(shown(kind != Kind::Comment));
        }
        at += length;
    }
    (code, text)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// How long the piece at `at` is, and what it is.
fn piece(bytes: &[u8], at: usize) -> (usize, Kind) {
    let rest = &bytes[at..];
    let until = |end: &[u8], from: usize| {
        let found = rest.get(from..).and_then(|tail| tail.windows(end.len()).position(|window| window == end));
        found.map_or(rest.len(), |place| from + place + end.len())
    };
    match rest {
        [b'/', b'/', ..] => (until(b"\n", 2).saturating_sub(1).max(2), Kind::Comment),
        [b'/', b'*', ..] => (until(b"*/", 2), Kind::Comment),
        [b'"', ..] => (quoted(rest, b'"'), Kind::Literal),
        [b'r', ..] if !is_inside_word(bytes, at) => match raw_hashes(rest) {
            Some(hashes) => (until(&[&b"\""[..], &b"#".repeat(hashes)].concat(), hashes + 2), Kind::Literal),
            None => (1, Kind::Code),
        },
        [b'\'', b'\\', ..] => (quoted(rest, b'\''), Kind::Literal),
        [b'\'', _, b'\'', ..] => (3, Kind::Literal),
        // A character of several bytes, each shown as `?`; a lifetime has no quote so near.
        [b'\'', b'?', ..] => (until(b"'", 1).min(rest.len()), Kind::Literal),
        _ => (1, Kind::Code),
    }
}

/// The length of a quoted literal with its quotes; a backslash takes the next byte with it.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match *byte {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// How many `#` a raw string at this `r` has; `None` when it is a name.
fn raw_hashes(rest: &[u8]) -> Option<usize> {
    let hashes = rest.iter().skip(1).take_while(|byte| **byte == b'#').count();
    (rest.get(hashes + 1) == Some(&b'"')).then_some(hashes)
}

/// Whether an `r` is the middle of a name rather than the prefix of a string (`r"`, `br"`).
fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let is_part =
        |back: usize| at.checked_sub(back).is_some_and(|at| bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_');
    let has_prefix = at.checked_sub(1).is_some_and(|at| matches!(bytes[at], b'b' | b'c'));
    if has_prefix { is_part(2) } else { is_part(1) }
}
