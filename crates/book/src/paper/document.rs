//! Documents: files that are kept. What stands in them is stored apart from what is known of them.

use serde::{Deserialize, Serialize};

use crate::loan::refusal::PaperRefusal;

/// The largest file, in bytes.
pub const SIZE_MOST: usize = 10_000_000;
/// The longest name of a file, in characters.
pub const NAME_MOST: usize = 255;

/// Which extensions are taken, each with what such a file begins with; empty: anything.
const EXTENSIONS: [(&str, &[&[u8]]); 30] = [
    ("pdf", &[b"%PDF-"]),
    ("png", &[b"\x89PNG\r\n\x1a\n"]),
    ("jpg", &[b"\xff\xd8\xff"]),
    ("jpeg", &[b"\xff\xd8\xff"]),
    ("gif", &[b"GIF87a", b"GIF89a"]),
    ("bmp", &[b"BM"]),
    ("tif", &[b"II*\0", b"MM\0*"]),
    ("tiff", &[b"II*\0", b"MM\0*"]),
    ("webp", &[b"RIFF"]),
    ("doc", &[OLE]),
    ("xls", &[OLE]),
    ("ppt", &[OLE]),
    ("msg", &[OLE]),
    ("docx", &[ZIP]),
    ("xlsx", &[ZIP]),
    ("pptx", &[ZIP]),
    ("odt", &[ZIP]),
    ("ods", &[ZIP]),
    ("odp", &[ZIP]),
    ("zip", &[ZIP]),
    ("rtf", &[b"{\\rtf"]),
    ("txt", &[]),
    ("csv", &[]),
    ("xml", &[]),
    ("json", &[]),
    ("html", &[]),
    ("htm", &[]),
    ("svg", &[]),
    ("md", &[]),
    ("eml", &[]),
];
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const ZIP: &[u8] = b"PK\x03\x04";
/// What a program begins with, whatever it is called.
const PROGRAMS: [&[u8]; 4] = [b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe"];

/// The two pictures of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PictureKind {
    ProfilePicture,
    Signature,
}

impl PictureKind {
    /// The name of the contract.
    pub fn name(self) -> &'static str {
        match self {
            PictureKind::ProfilePicture => "PROFILE_PICTURE",
            PictureKind::Signature => "SIGNATURE",
        }
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub name: String,
    /// In small letters, such as `pdf`.
    pub extension: String,
    pub description: Option<String>,
    /// In bytes.
    pub size: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureKind>,
}

/// What stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentContent(pub Vec<u8>);

/// A file to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    pub name: String,
    /// Its extension, where the name has none or another one.
    pub file_type: Option<String>,
    pub description: Option<String>,
    pub content: DocumentContent,
    /// One of the two pictures of a client, which replaces the one before.
    pub picture: Option<PictureKind>,
}

impl Document {
    /// The name under which the file is given out.
    pub fn file_name(&self) -> String {
        let has_extension =
            extension_of(&self.name).is_some_and(|found| found.eq_ignore_ascii_case(&self.extension));
        if has_extension { self.name.clone() } else { format!("{}.{}", self.name, self.extension) }
    }
}

/// The extension of a picture, by what it begins with.
pub fn picture_extension(content: &[u8]) -> Option<&'static str> {
    let pictures = EXTENSIONS.iter().filter(|(name, _)| ["png", "jpg", "gif", "bmp"].contains(name));
    let mut fitting = pictures.filter(|(_, begins)| begins.iter().any(|begin| content.starts_with(begin)));
    fitting.next().map(|(name, _)| *name)
}

/// Checks a file, in this order: size, name, extension, content.
pub(super) fn create(new: &NewDocument) -> Result<Document, PaperRefusal> {
    let content = &new.content.0;
    if content.len() > SIZE_MOST {
        return Err(PaperRefusal::FileTooLarge { most: SIZE_MOST });
    }
    if content.is_empty() {
        return Err(PaperRefusal::EmptyFile);
    }
    let extension = match new.picture {
        Some(_) => picture_extension(content).ok_or(PaperRefusal::UnsupportedImage)?.to_owned(),
        None => checked_extension(new)?,
    };
    Ok(Document {
        name: checked_name(&new.name)?,
        extension,
        description: new.description.clone(),
        size: i64::try_from(content.len()).expect("a file is smaller than 2^63 bytes"),
        picture: new.picture,
    })
}

fn checked_name(name: &str) -> Result<String, PaperRefusal> {
    let name = name.trim();
    if name.chars().count() > NAME_MOST {
        return Err(PaperRefusal::NameTooLong { most: NAME_MOST });
    }
    let is_odd = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    if name.is_empty() || name.starts_with('.') || name.chars().any(is_odd) {
        return Err(PaperRefusal::InvalidFileName);
    }
    Ok(name.to_owned())
}

fn checked_extension(new: &NewDocument) -> Result<String, PaperRefusal> {
    let stated = new.file_type.as_deref().map(|stated| stated.trim().trim_start_matches('.'));
    let extension = stated.filter(|stated| !stated.is_empty()).or_else(|| extension_of(&new.name));
    let extension = extension.ok_or(PaperRefusal::InvalidExtension)?.to_ascii_lowercase();
    if extension.is_empty()
        || extension.len() > 10
        || !extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return Err(PaperRefusal::InvalidExtension);
    }
    let known = EXTENSIONS.iter().find(|(name, _)| *name == extension);
    let (_, begins) = known.ok_or_else(|| PaperRefusal::ExtensionNotAllowed { value: extension.clone() })?;
    let content = &new.content.0;
    let is_program = PROGRAMS.iter().any(|begin| content.starts_with(begin));
    let fits = begins.is_empty() || begins.iter().any(|begin| content.starts_with(begin));
    if is_program || !fits {
        return Err(PaperRefusal::ExtensionOfOtherContent { value: extension });
    }
    Ok(extension)
}

fn extension_of(name: &str) -> Option<&str> {
    name.trim().rsplit_once('.').map(|(_, extension)| extension)
}
