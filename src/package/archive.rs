//! Writes wheels as reproducible zip files, and reads foreign ones with limits.

use std::io::{self, Cursor, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::select::Contents;

/// A SHA-256 hash.
pub(super) type Digest32 = [u8; 32];

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes).into())
}

pub(super) fn hex(digest: &Digest32) -> String {
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// The hashes of all files, on all cores.
pub(super) fn digests(files: &Contents) -> Vec<Digest32> {
    files.par_iter().map(|(_, bytes)| Sha256::digest(bytes).into()).collect()
}

/// The text of `RECORD`.
pub(super) fn record(files: &Contents, digests: &[Digest32], info: &str) -> String {
    let quote = |path: &str| {
        if path.contains([',', '"']) { format!("\"{}\"", path.replace('"', "\"\"")) } else { path.to_owned() }
    };
    let mut out = String::new();
    for ((path, bytes), digest) in files.iter().zip(digests) {
        out.push_str(&format!("{},sha256={},{}\n", quote(path), URL_SAFE_NO_PAD.encode(digest), bytes.len()));
    }
    out.push_str(&format!("{}/RECORD,,\n", quote(info)));
    out
}

/// Files per thread; constant, so that the bytes do not depend on the number of cores.
const CHUNK: usize = 64;

/// Creates the zip file, with fixed times and modes.
pub(super) fn zip(files: &Contents) -> zip::result::ZipResult<Vec<u8>> {
    if files.len() <= CHUNK {
        return pack(files);
    }
    let parts: Vec<Vec<u8>> = files.par_chunks(CHUNK).map(pack).collect::<Result<_, _>>()?;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        writer.merge_archive(zip::ZipArchive::new(Cursor::new(part))?)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn pack(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The maximum unpacked size of a wheel, in bytes.
const UNPACKED: u64 = 1_000_000_000;

/// Reads the files of a foreign wheel.
///
/// # Errors
/// An invalid zip file, names that lead out of it, duplicate names, or more than a gigabyte of content.
pub fn unzip(bytes: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut out: Contents = Vec::new();
    let mut total = 0;
    for i in 0..archive.len() {
        let file = archive.by_index(i).map_err(io::Error::other)?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(io::Error::other)?.into_owned();
        let safe = !name.starts_with('/')
            && !name.contains(['\\', ':', '\0'])
            && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !safe {
            return Err(io::Error::other(format!("it contains the file {name:?}, which is outside the archive")));
        }
        let mut content = Vec::new();
        // The size in the directory may be wrong: count the unpacked bytes.
        file.take(UNPACKED - total + 1).read_to_end(&mut content)?;
        total += content.len() as u64;
        if total > UNPACKED {
            return Err(io::Error::other("it contains more than a gigabyte"));
        }
        out.push((name, content));
    }
    out.sort();
    if let Some([(name, _), _]) = out.windows(2).find(|w| matches!(w, [(a, _), (b, _)] if a == b)) {
        return Err(io::Error::other(format!("it contains two files named `{name}`")));
    }
    Ok(out)
}
