//! Documents and pictures: taken as base64, given out as files that run nowhere.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use loam_book::ids::Address;
use loam_book::paper::document::SIZE_MOST;
use loam_book::paper::{
    Document, DocumentContent, NewDocument, NewPaper, Paper, PaperCommand, PaperKind, PaperSubject,
    PictureKind, Sheet, SubjectKind,
};

use super::asked::{Asked, At, Upload};
use super::error::{DoorError, Status};
use super::fields::{Fields, invalid};
use super::papers::{about, find, kind_named, require_view, subject, submit};
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::page::page;
use super::translate::papers::{base64_of, bytes_of, document, plain_base64};

/// `GET /api/{entity}/{id}/documents`: what is known of them, the oldest first.
pub(super) async fn list(kind: SubjectKind, id: String, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let subject = subject(&asked, kind, &id).await?;
    let rows = about(&asked, PaperKind::Document, subject, page).await?;
    reply::ok(&rows.iter().filter_map(|row| document(row, asked.catalog())).collect::<Vec<_>>())
}

/// `POST /api/documents`.
pub(super) async fn upload(Upload(asked): Upload) -> Answer {
    let fields = asked.fields()?;
    let described = asked.entity(asked.fields()?, "document")?;
    let missing = |name| DoorError::at(ReturnCode::MissingRequiredParameter, name);
    let kind = described.text("documentHolderType")?.ok_or_else(|| missing("documentHolderType"))?;
    let kind = kind_named(&kind).ok_or_else(|| invalid("documentHolderType"))?;
    let holder = described.owned("documentHolderKey")?.ok_or_else(|| missing("documentHolderKey"))?;
    let holder = subject(&asked, kind, &holder).await.map_err(DoorError::of_body)?;
    keep(&asked, holder, &described, &fields).await
}

/// `POST /api/clients/{client}/documents`: the same, of this client.
pub(super) async fn upload_to_client(At(id): At<String>, Upload(asked): Upload) -> Answer {
    let fields = asked.fields()?;
    let described = asked.entity(asked.fields()?, "document")?;
    let holder = subject(&asked, SubjectKind::Client, &id).await?;
    keep(&asked, holder, &described, &fields).await
}

async fn keep(asked: &Asked, holder: PaperSubject, described: &Fields<'_>, outer: &Fields<'_>) -> Answer {
    let name = described.owned("name")?.or(described.owned("originalFilename")?);
    let new = NewDocument {
        name: name.ok_or_else(|| DoorError::at(ReturnCode::InvalidFilename, "name"))?,
        file_type: described.owned("type")?,
        description: described.owned("description")?,
        content: content(asked, outer, described)?,
        picture: None,
    };
    let paper = create(asked, holder, new).await?;
    reply::created(&paper.number.to_string(), &document(&paper, asked.catalog()))
}

async fn create(asked: &Asked, holder: PaperSubject, new: NewDocument) -> Result<Paper, DoorError> {
    let new = NewPaper::Document(Box::new(new));
    let command = PaperCommand::Create { part: holder.address.part, subject: Some(holder), new };
    submit(asked, command).await
}

/// The content stands beside the description, or in it.
fn content(asked: &Asked, outer: &Fields<'_>, described: &Fields<'_>) -> Result<DocumentContent, DoorError> {
    const NAMES: [&str; 2] = ["documentContent", "image"];
    let text = match outer.text_of(&NAMES)? {
        Some(text) => Some(text),
        None => described.text_of(&NAMES)?,
    };
    let text = text.ok_or_else(|| DoorError::at(ReturnCode::MissingRequiredParameter, "documentContent"))?;
    let plain = plain_base64(&text, !asked.is_json());
    // Nothing is decoded that would be refused afterwards.
    if plain.len() > SIZE_MOST.div_ceil(3) * 4 {
        return Err(DoorError::new(ReturnCode::MaxFileSizeExceeded));
    }
    bytes_of(&plain).map(DocumentContent).ok_or_else(|| invalid("documentContent"))
}

/// `GET /api/documents/{document}`: the file itself.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let paper = find(&asked, PaperKind::Document, &id, ReturnCode::InvalidDocumentId).await?;
    require_view(&asked, &paper).await?;
    let bytes = stored(&asked, &paper).await?;
    let Sheet::Document(document) = &paper.sheet else {
        return Err(DoorError::not_found(ReturnCode::InvalidDocumentId));
    };
    Ok(file(document, bytes))
}

/// A file to be kept, not to be shown: whatever it is, no browser runs it.
fn file(document: &Document, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    let name =
        percent_encoding::utf8_percent_encode(&document.file_name(), percent_encoding::NON_ALPHANUMERIC)
            .to_string();
    let disposition = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
    let disposition = disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    response
}

/// `DELETE /api/documents/{document}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let paper = find(&asked, PaperKind::Document, &id, ReturnCode::InvalidDocumentId).await?;
    require_view(&asked, &paper).await?;
    submit(&asked, PaperCommand::Delete { paper: paper.address(), kind: PaperKind::Document }).await?;
    reply::success()
}

/// `GET /api/images/{image}`: a picture by its key or number. Every size is the one that was sent.
pub(super) async fn image(At(id): At<String>, asked: Asked) -> Answer {
    check_size(&asked)?;
    let paper = find(&asked, PaperKind::Document, &id, ReturnCode::InvalidDocumentId).await?;
    require_view(&asked, &paper).await?;
    shown(&asked, &paper).await
}

/// `GET /api/clients/{client}/documents/{PROFILE_PICTURE|SIGNATURE}`.
pub(super) async fn show_picture(At((id, kind)): At<(String, String)>, asked: Asked) -> Answer {
    check_size(&asked)?;
    let (picture, code) = picture_named(&kind)?;
    let client = subject(&asked, SubjectKind::Client, &id).await?;
    let paper = find_picture(&asked, client, picture, code).await?;
    shown(&asked, &paper).await
}

/// `POST` on the same path: the picture, in the place of the one before.
pub(super) async fn set_picture(At((id, kind)): At<(String, String)>, Upload(asked): Upload) -> Answer {
    let (picture, _) = picture_named(&kind)?;
    let client = subject(&asked, SubjectKind::Client, &id).await?;
    let fields = asked.fields()?;
    let described = fields.object("document")?.unwrap_or_default();
    let new = NewDocument {
        name: picture.name().to_owned(),
        file_type: None,
        description: None,
        content: content(&asked, &fields, &described)?,
        picture: Some(picture),
    };
    create(&asked, client, new).await?;
    reply::posted(&Status::SUCCESS)
}

/// `DELETE` on the same path.
pub(super) async fn delete_picture(At((id, kind)): At<(String, String)>, asked: Asked) -> Answer {
    let (picture, code) = picture_named(&kind)?;
    let client = subject(&asked, SubjectKind::Client, &id).await?;
    let paper = find_picture(&asked, client, picture, code).await?;
    submit(&asked, PaperCommand::Delete { paper: paper.address(), kind: PaperKind::Document }).await?;
    reply::success()
}

fn picture_named(name: &str) -> Result<(PictureKind, ReturnCode), DoorError> {
    match name.to_ascii_uppercase().as_str() {
        "PROFILE_PICTURE" => Ok((PictureKind::ProfilePicture, ReturnCode::NoProfilePictureSet)),
        "SIGNATURE" => Ok((PictureKind::Signature, ReturnCode::NoProfileSignatureSet)),
        _ => Err(DoorError::not_found(ReturnCode::InvalidApiOperation)),
    }
}

async fn find_picture(
    asked: &Asked,
    client: PaperSubject,
    picture: PictureKind,
    code: ReturnCode,
) -> Result<Paper, DoorError> {
    let key = Paper::picture_key(client.address, picture);
    let address = Address { part: client.address.part, key };
    let found = asked.services.reading.store().paper(address).await?;
    found.ok_or_else(|| DoorError::not_found(code))
}

fn check_size(asked: &Asked) -> Result<(), DoorError> {
    let size = asked.query()?.text("size")?.map(|size| size.to_ascii_uppercase());
    match size.as_deref() {
        None | Some("LARGE" | "MEDIUM" | "SMALL_THUMB" | "TINY_THUMB") => Ok(()),
        Some(_) => Err(invalid("size")),
    }
}

/// A picture as one JSON text.
async fn shown(asked: &Asked, paper: &Paper) -> Answer {
    let bytes = stored(asked, paper).await?;
    let unsupported = || DoorError::new(ReturnCode::UnsupportedImageType);
    let kind = loam_book::paper::document::picture_extension(&bytes).ok_or_else(unsupported)?;
    let kind = if kind == "jpg" { "JPEG".to_owned() } else { kind.to_ascii_uppercase() };
    reply::ok(&format!("data:image/{kind};base64,{}", base64_of(&bytes)))
}

async fn stored(asked: &Asked, paper: &Paper) -> Result<Vec<u8>, DoorError> {
    let content = asked.services.reading.store().document_content(paper.address()).await?;
    let DocumentContent(bytes) =
        content.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidDocumentId))?;
    Ok(bytes)
}
