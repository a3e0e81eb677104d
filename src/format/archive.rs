//! What gzip and zip hold, within bounds. Not here: what the document in them means.
//!
//! A packed document can be a thousand times larger than it looks and can hold
//! another packed one, so that all layers together share one budget of bytes.
//! A workbook is a zip archive too, and is left as it is once its members
//! have been weighed: its reader knows no bounds of its own.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::{FormatError, Options};
use crate::model::text::one_line;

/// The most bytes of a document that comes packed, where no less is asked for.
pub const MOST_UNPACKED: u64 = 64 << 20;

/// How many layers are taken off: a table in gzip in zip.
const MOST_LAYERS: usize = 3;

/// How many members an archive may have.
const MOST_MEMBERS: usize = 10_000;

/// How many characters of a member's name are shown.
const SHOWN: usize = 60;

/// What is within all wrappings.
#[derive(Debug)]
pub struct Unpacked<'a> {
    /// The document's bytes.
    pub bytes: Cow<'a, [u8]>,
    /// Whether it is a workbook.
    pub is_workbook: bool,
    /// What was chosen or could not be unpacked.
    pub notes: Vec<String>,
}

/// Takes a document out of its wrappings; one without any is given back as it is.
///
/// # Errors
/// A limit that was passed, an archive that is damaged or protected, or a member that is not there.
pub fn unpack<'a>(body: &'a [u8], options: &Options) -> Result<Unpacked<'a>, FormatError> {
    let mut left = Budget::of(options);
    let mut unpacked = Unpacked { bytes: Cow::Borrowed(body), is_workbook: false, notes: Vec::new() };
    for _ in 0..MOST_LAYERS {
        let inner = match wrapping(&unpacked.bytes) {
            None => return Ok(unpacked),
            Some(Wrapping::Gzip) => gunzip(&unpacked.bytes, &mut left, &mut unpacked.notes)?,
            Some(Wrapping::Zip) => match from_zip(&unpacked.bytes, options, &mut left, &mut unpacked.notes)? {
                Some(inner) => inner,
                None => {
                    unpacked.is_workbook = true;
                    return Ok(unpacked);
                }
            },
        };
        unpacked.bytes = Cow::Owned(inner);
    }
    match wrapping(&unpacked.bytes) {
        None => Ok(unpacked),
        Some(_) => Err(FormatError::unreadable(format!("the document is packed more than {MOST_LAYERS} times"))),
    }
}

enum Wrapping {
    Gzip,
    Zip,
}

/// The wrapping that the first bytes show (RFC 1952, 2.3.1; APPNOTE 4.3.7 and 4.3.16).
fn wrapping(bytes: &[u8]) -> Option<Wrapping> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Wrapping::Gzip),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Wrapping::Zip),
        _ => None,
    }
}

/// How many bytes may still come out.
struct Budget {
    whole: u64,
    left: u64,
}

impl Budget {
    fn of(options: &Options) -> Self {
        let whole = options.max_body.unwrap_or(MOST_UNPACKED);
        Self { whole, left: whole }
    }

    /// Reads to the end; an error of the data is handed on with what came before it.
    fn read(&mut self, source: impl Read) -> Result<(Vec<u8>, Option<std::io::Error>), FormatError> {
        let mut bytes = Vec::new();
        let failed = source.take(self.left.saturating_add(1)).read_to_end(&mut bytes).err();
        self.spend(bytes.len() as u64)?;
        Ok((bytes, failed))
    }

    fn spend(&mut self, bytes: u64) -> Result<(), FormatError> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            FormatError::unreadable(format!(
                "the document unpacks to more than {} bytes, the limit set by [http] max_body, and was cut off; raise \
                 the limit if it is really that large",
                self.whole
            ))
        })?;
        Ok(())
    }
}

/// A file of one or more gzip members; of a damaged one, what comes before the damage.
fn gunzip(bytes: &[u8], left: &mut Budget, notes: &mut Vec<String>) -> Result<Vec<u8>, FormatError> {
    let (inner, failed) = left.read(MultiGzDecoder::new(bytes))?;
    match failed {
        Some(error) if inner.is_empty() => {
            Err(FormatError::unreadable(format!("the gzip file cannot be unpacked: {error}")))
        }
        Some(error) => {
            notes.push(format!("the gzip file is damaged or cut off ({error}); what comes before that was read"));
            Ok(inner)
        }
        None => Ok(inner),
    }
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The chosen member of an archive; `None` where the archive is a workbook.
fn from_zip(
    bytes: &[u8],
    options: &Options,
    left: &mut Budget,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<u8>>, FormatError> {
    let mut archive = open(bytes)?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        weigh(&mut archive, left)?;
        return Ok(None);
    }
    let index = choose(&mut archive, options.member.as_deref(), notes)?;
    let member = archive.by_index(index).map_err(damaged)?;
    let (inner, failed) = left.read(member)?;
    match failed {
        Some(error) => Err(FormatError::unreadable(format!("the zip archive is damaged: {error}"))),
        None => Ok(Some(inner)),
    }
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, FormatError> {
    // The directory is read whole, so its length is looked at before.
    if claimed_members(bytes).is_some_and(|count| count > MOST_MEMBERS) {
        return Err(FormatError::unreadable(format!("the zip archive has more than {MOST_MEMBERS} members")));
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(damaged)
}

fn damaged(error: zip::result::ZipError) -> FormatError {
    FormatError::unreadable(format!("the zip archive cannot be read: {error}"))
}

/// How many members the end of the archive's directory states (APPNOTE 4.3.16).
fn claimed_members(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"PK\x05\x06";
    // The record is 22 bytes long, and a comment of at most 64 KiB may follow.
    let tail = bytes.get(bytes.len().saturating_sub(22 + 65_535)..)?;
    let at = tail.windows(END.len()).rposition(|window| window == END)?;
    let count = tail.get(at + 10..at + 12)?.first_chunk::<2>()?;
    Some(usize::from(u16::from_le_bytes(*count)))
}

/// Unpacks every member and keeps nothing: a workbook's reader takes what it gets, and believes what it is told.
fn weigh(archive: &mut Archive<'_>, left: &mut Budget) -> Result<(), FormatError> {
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(damaged)?;
        let (bytes, failed) = left.read(member)?;
        if let Some(error) = failed {
            return Err(FormatError::unreadable(format!("the workbook is damaged: {error}")));
        }
        if claims_too_much(&bytes) {
            let message = "the workbook is damaged: it claims to hold more texts than it has bytes";
            return Err(FormatError::unreadable(message));
        }
    }
    Ok(())
}

/// Whether a table of texts states more of them than it can hold: its reader makes room for as many as it states.
fn claims_too_much(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    memchr::memmem::find_iter(bytes, NAME).any(|at| {
        let rest = bytes.get(at + NAME.len()..).unwrap_or_default().trim_ascii_start();
        let rest = rest.strip_prefix(b"=").unwrap_or_default().trim_ascii_start();
        let digits = rest.get(1..).unwrap_or_default().trim_ascii_start();
        let digits = digits.strip_prefix(b"+").unwrap_or(digits);
        let digits = digits.get(..digits.iter().take_while(|byte| byte.is_ascii_digit()).count()).unwrap_or_default();
        let claimed =
            digits.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        claimed > bytes.len() as u64
    })
}

/// A file of an archive.
struct Member {
    index: usize,
    name: String,
    size: u64,
}

/// The member that is read: the one that is named, else the largest.
fn choose(archive: &mut Archive<'_>, named: Option<&str>, notes: &mut Vec<String>) -> Result<usize, FormatError> {
    let files = files(archive)?;
    let wanted: Vec<&Member> =
        files.iter().filter(|file| named.is_none_or(|pattern| matches(pattern, &file.name))).collect();
    let chosen = match named {
        Some(_) => wanted.first().copied(),
        // Beside the data lie read-me files and licences, which are shorter. Of equals the first is meant.
        None => wanted.iter().rev().copied().max_by_key(|file| file.size),
    };
    let Some(chosen) = chosen else {
        return Err(FormatError::unreadable(match named {
            Some(pattern) => format!("the zip archive holds no `{pattern}`; it holds {}", names(&files)),
            None => "the zip archive holds no file".to_owned(),
        }));
    };
    if wanted.len() > 1 {
        let (name, names) = (one_line(&chosen.name, SHOWN), names(&files));
        notes.push(format!("`{name}` was read of the zip archive, which holds {names}; `member` names another"));
    }
    Ok(chosen.index)
}

/// The files that somebody put in on purpose.
fn files(archive: &mut Archive<'_>) -> Result<Vec<Member>, FormatError> {
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).map_err(damaged)?;
        let name = member.name().map_err(damaged)?.into_owned();
        let is_hidden =
            name.starts_with("__MACOSX/") || name.rsplit('/').next().is_none_or(|name| name.starts_with('.'));
        if member.is_file() && !is_hidden {
            files.push(Member { index, name, size: member.size() });
        }
    }
    Ok(files)
}

fn names(files: &[Member]) -> String {
    let shown: Vec<String> = files.iter().take(8).map(|file| format!("`{}`", one_line(&file.name, SHOWN))).collect();
    match files.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a name is what a pattern says; `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, body) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(body).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// What is unpacked with a limit of 1,000 bytes, or the error's sentence; and the first note.
    fn check(body: &[u8], member: Option<&str>, expected: Result<&[u8], &str>, note: Option<&str>) {
        let options = Options { member: member.map(str::to_owned), max_body: Some(1000), ..Options::default() };
        match (unpack(body, &options), expected) {
            (Ok(found), Ok(expected)) => {
                assert_eq!(found.bytes.as_ref(), expected);
                let said = found.notes.first().map(String::as_str);
                assert!(note.map_or(said.is_none(), |note| said.is_some_and(|said| said.contains(note))), "{said:?}");
            }
            (Err(error), Err(part)) => assert!(error.message.contains(part), "{error}"),
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn wrappings_are_taken_off() {
        check(b"a,b\n", None, Ok(b"a,b\n"), None);
        check(&gzip(b"a,b\n"), None, Ok(b"a,b\n"), None);
        check(&[gzip(b"a,"), gzip(b"b\n")].concat(), None, Ok(b"a,b\n"), None);
        check(&zip(&[("a.csv", b"a,b\n")]), None, Ok(b"a,b\n"), None);
        check(&zip(&[("a.csv.gz", &gzip(b"a,b\n"))]), None, Ok(b"a,b\n"), None);
        check(&gzip(&zip(&[("a.csv", b"a,b\n")])), None, Ok(b"a,b\n"), None);
        check(&gzip(&gzip(&gzip(&gzip(b"a")))), None, Err("packed more than 3 times"), None);
    }

    #[test]
    fn of_several_members_one_is_read_and_named() {
        let several = zip(&[("README.txt", b"r"), ("data/a.csv", b"a,b\n"), ("data/b.csv", b"c,d\n")]);
        check(&several, None, Ok(b"a,b\n"), Some("`data/a.csv` was read"));
        check(&several, Some("data/b.csv"), Ok(b"c,d\n"), None);
        check(&several, Some("*.csv"), Ok(b"a,b\n"), Some("`data/a.csv` was read"));
        check(&several, Some("*.xml"), Err("holds no `*.xml`; it holds `README.txt`"), None);
        check(&zip(&[("__MACOSX/a.csv", b"hidden, and longer"), ("a.csv", b"a,b\n")]), None, Ok(b"a,b\n"), None);
        check(&zip(&[]), None, Err("holds no file"), None);
    }

    #[test]
    fn bombs_are_cut_off_at_the_limit() {
        let limit = Err("more than 1000 bytes, the limit set by [http] max_body");
        check(&gzip(&[0; 1001]), None, limit, None);
        check(&zip(&[("a", &[0; 1001])]), None, limit, None);
        check(&gzip(&gzip(&[b'x'; 990])), None, limit, None);
        check(&zip(&[("xl/workbook.xml", b"<workbook/>"), ("xl/media/a", &[0; 1001])]), None, limit, None);
    }

    #[test]
    fn what_is_damaged_is_named() {
        let whole = gzip(&[b'x'; 900]);
        let options = Options::default();
        let cut = unpack(&whole[..whole.len() - 8], &options).unwrap();
        assert_eq!((cut.bytes.len(), cut.notes.len()), (900, 1));
        check(&[0x1f, 0x8b, 8, 0], None, Err("cannot be unpacked"), None);
        check(&zip(&[("a.csv", b"a,b\n")])[..30], None, Err("zip archive cannot be read"), None);
        let mut crowd = b"PK\x03\x04".to_vec();
        crowd.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0");
        check(&crowd, None, Err("more than 10000 members"), None);
    }

    #[test]
    fn patterns_have_stars() {
        for (pattern, name, expected) in [
            ("a.csv", "a.csv", true),
            ("a.csv", "b/a.csv", false),
            ("*.csv", "b/a.csv", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    /// Once four thousand million texts were made room for, which ended the program.
    #[test]
    fn a_workbook_cannot_claim_more_texts_than_it_has_bytes() {
        let cases = [
            ("<sst count='9' uniqueCount='2'><si/><si/></sst>", false),
            ("<sst uniqueCount = \"4000000000\"><si/></sst>", true),
            ("<!-- x --><sst uniqueCount='+99999999999999999999999'>", true),
            ("<sst uniqueCount=''>", false),
            ("uniqueCount", false),
        ];
        for (text, expected) in cases {
            assert_eq!(claims_too_much(text.as_bytes()), expected, "{text}");
        }
    }
}
