//! Certificates: those that are given, and one for development that nobody vouches for.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use loam_server::tls::Tls;
use loam_store::DatabaseUrl;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use crate::args::Serve;
use crate::key::write_for_owner;

/// What the self-signed certificate is good for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How the server is to prove who it is, and where a certificate lies that callers must be given.
pub(crate) struct Prepared {
    pub(crate) tls: Tls,
    pub(crate) self_signed: Option<PathBuf>,
}

/// TLS as the arguments ask for it, if they do.
pub(crate) fn prepare(arguments: &Serve, url: &DatabaseUrl) -> anyhow::Result<Option<Prepared>> {
    if let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
        let tls = read(certificate, key)?;
        return Ok(Some(Prepared { tls, self_signed: None }));
    }
    if !arguments.tls_self_signed {
        return Ok(None);
    }
    let (certificate, key) = files(url);
    if !certificate.exists() || !key.exists() {
        make(&certificate, &key)?;
    }
    let tls = read(&certificate, &key)?;
    let certificate = std::path::absolute(&certificate)?;
    Ok(Some(Prepared { tls, self_signed: Some(certificate) }))
}

fn read(certificate: &Path, key: &Path) -> anyhow::Result<Tls> {
    let bytes = |file: &Path| std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    let tls = Tls::new(&bytes(certificate)?, &bytes(key)?);
    tls.map_err(|error| anyhow!("{} with {}: {error}", certificate.display(), key.display()))
}

/// Beside the file of the book; for PostgreSQL in the folder where a file would be.
fn files(url: &DatabaseUrl) -> (PathBuf, PathBuf) {
    let book = match url {
        DatabaseUrl::Sqlite(path) => path.clone(),
        DatabaseUrl::Postgres(_) => PathBuf::from("loam-data/loam.db"),
    };
    (book.with_extension("tls-cert.pem"), book.with_extension("tls-key.pem"))
}

/// Makes a certificate that is its own proof. It stays the same from start to start, so that callers
/// who were given it keep their trust.
fn make(certificate: &Path, key: &Path) -> anyhow::Result<()> {
    let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Loam for development");
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let pair = KeyPair::generate()?;
    let signed = params.self_signed(&pair)?;
    let folder = certificate.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let context = |file: &Path| format!("cannot write {}", file.display());
    write_for_owner(key, &pair.serialize_pem()).with_context(|| context(key))?;
    std::fs::write(certificate, signed.pem()).with_context(|| context(certificate))
}
