//! A file in the making: it takes its name when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What is written to stands beside its place until it is whole. A program that ends early leaves the old file, and on
/// Linux nothing else.
pub(crate) struct Unfinished {
    place: PathBuf,
    writer: Writer,
}

enum Writer {
    /// A file without a name, which the system forgets unless it gets one.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    /// Where there are no files without a name.
    Named(NamedTempFile),
    /// Pipes and devices, and files in folders where no other can be made.
    InPlace(File),
}

impl Unfinished {
    /// Starts a file. Links are followed: what they lead to is what will be replaced.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let writer = match fs::metadata(&place) {
            Ok(found) if !found.is_file() => Writer::InPlace(OpenOptions::new().write(true).open(&place)?),
            found => match beside(&place) {
                Ok(writer) => writer,
                Err(error) if found.is_err() => return Err(error),
                Err(error) => OpenOptions::new()
                    .write(true)
                    .open(&place)
                    .map(Writer::InPlace)
                    .map_err(|_| error)?,
            },
        };
        Ok(Self { place, writer })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.writer {
            #[cfg(target_os = "linux")]
            Writer::Unnamed(mut file) => {
                file.sync_all()?;
                unnamed::rename(&file, &self.place).or_else(|error| copy(&mut file, &self.place, error))
            }
            Writer::Named(mut file) => {
                file.as_file().sync_all()?;
                readable(file.path())?;
                match file.persist(&self.place) {
                    Ok(_) => Ok(()),
                    Err(failed) => {
                        file = failed.file;
                        copy(file.as_file_mut(), &self.place, failed.error)
                    }
                }
            }
            Writer::InPlace(file) => {
                let end = (&file).stream_position();
                if let (Ok(end), true) = (end, file.metadata()?.is_file()) {
                    file.set_len(end)?;
                }
                Ok(())
            }
        }
    }

    fn file(&mut self) -> &mut File {
        match &mut self.writer {
            #[cfg(target_os = "linux")]
            Writer::Unnamed(file) => file,
            Writer::Named(file) => file.as_file_mut(),
            Writer::InPlace(file) => file,
        }
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

/// A file beside its place.
fn beside(place: &Path) -> io::Result<Writer> {
    let folder = folder_of(place);
    #[cfg(target_os = "linux")]
    if let Ok(file) = unnamed::create(folder) {
        return Ok(Writer::Unnamed(file));
    }
    tempfile::Builder::new()
        .prefix(PREFIX)
        .tempfile_in(folder)
        .map(Writer::Named)
        // The name of a file that nobody asked for says nothing.
        .map_err(|error| error.kind().into())
}

/// A file that is mounted by itself, as containers have them, cannot be replaced, only filled anew.
fn copy(from: &mut File, place: &Path, error: io::Error) -> io::Result<()> {
    if error.kind() != io::ErrorKind::ResourceBusy {
        return Err(error);
    }
    from.rewind()?;
    let mut file = File::create(place)?;
    io::copy(from, &mut file)?;
    file.sync_all()
}

/// Names of files in the making begin with this.
const PREFIX: &str = ".kubescape-";

/// The folder that a file stands in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Reports are for others to read; temporary files start private.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod unnamed {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};

    use super::{PREFIX, folder_of};

    /// A file without a name; not every file system has them.
    pub(super) fn create(folder: &Path) -> io::Result<File> {
        // Without it, the file could not be named later.
        fs::metadata("/proc/self/fd")?;
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        Ok(openat(CWD, folder, flags, Mode::from_raw_mode(0o644))?.into())
    }

    /// Names the file, in place of another of that name.
    pub(super) fn rename(file: &File, place: &Path) -> io::Result<()> {
        let from = format!("/proc/self/fd/{}", file.as_raw_fd());
        let between = folder_of(place).join(format!("{PREFIX}{}-{}", std::process::id(), file.as_raw_fd()));
        linkat(CWD, from, CWD, &between, AtFlags::SYMLINK_FOLLOW)?;
        fs::rename(&between, place).inspect_err(|_| {
            let _ = fs::remove_file(&between);
        })
    }
}
