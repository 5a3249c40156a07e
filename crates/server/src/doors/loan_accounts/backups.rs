//! Copies of the whole book (contract §5.7).

use std::io;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use loam_book::actor::Permission;
use loam_book::rights::Branches;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::backups::InProgress;

use super::asked::Asked;
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;

/// How much of a file goes out at once.
const PIECE: usize = 64 * 1024;

/// `POST /api/database/backup`: begins one and answers at once.
pub(super) async fn start(asked: Asked) -> Answer {
    require_everything(&asked)?;
    // The server calls nobody whom a request names.
    if asked.fields()?.text("callback")?.is_some() {
        return Err(DoorError::at(ReturnCode::ParameterNotAllowed, "callback"));
    }
    asked.services.backups.start(asked.services.clock.now()).map_err(in_progress)?;
    reply::success()
}

/// `GET /api/database/backup/LATEST`: the latest one, as a zip.
pub(super) async fn latest(asked: Asked) -> Answer {
    require_everything(&asked)?;
    let found = asked.services.backups.latest().map_err(in_progress)?;
    let path = found.ok_or_else(|| DoorError::not_found(ReturnCode::DatabaseBackupNotFound))?;
    // The next backup takes it away; a file that is open stays readable.
    match File::open(&path).await {
        Ok(file) => sent(file, &path).await,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(DoorError::not_found(ReturnCode::DatabaseBackupNotFound))
        }
        Err(error) => Err(unreadable(&error)),
    }
}

/// Everything is in a backup, so it is for those who reach everything.
fn require_everything(asked: &Asked) -> Result<(), DoorError> {
    asked.require(Permission::DownloadBackups)?;
    asked.require_all_officers()?;
    if asked.actor().bounds.branches != Branches::All {
        return Err(DoorError::new(ReturnCode::InvalidPermissions));
    }
    Ok(())
}

fn in_progress(_: InProgress) -> DoorError {
    DoorError::new(ReturnCode::DatabaseBackupInProgress)
}

fn unreadable(error: &io::Error) -> DoorError {
    tracing::error!(%error, "a backup cannot be read");
    DoorError::new(ReturnCode::InternalError)
}

async fn sent(file: File, path: &Path) -> Answer {
    let length = file.metadata().await.map_err(|error| unreadable(&error))?.len();
    let pieces = stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("loam.zip");
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
