//! Writes named bytes to a folder: beside first, then renamed, so that no file is ever half written. Knows no content.

use crate::read::IoFailure;
use sha2::{Digest as _, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Temporary files that are removed unless they were renamed.
#[derive(Default)]
struct Temporaries(Vec<PathBuf>);

impl Drop for Temporaries {
    fn drop(&mut self) {
        for path in &self.0 {
            // Nothing more can be done here, and the failure that led here is the one to tell.
            let _ = fs::remove_file(path);
        }
    }
}

/// Writes each (name, bytes) into a folder, which is made if missing; gives the paths written.
///
/// All files are first written under temporary names, then renamed. On failure no temporary file stays and every file
/// under its own name is whole: the old one or the new one.
///
/// # Panics
///
/// When a name is not a plain file name, or stands twice: our own mistake.
pub fn write_all(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, IoFailure> {
    for (index, (name, _)) in files.iter().enumerate() {
        assert!(is_plain(name), "not a plain file name: {name:?}");
        assert!(
            files[..index].iter().all(|(other, _)| other != name),
            "two files named {name:?}"
        );
    }
    if folder.exists() && !folder.is_dir() {
        return Err(failure(
            folder,
            "make folder",
            &"a file of this name is in the way",
        ));
    }
    fs::create_dir_all(folder).map_err(|error| failure(folder, "make folder", &error))?;
    let targets: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    for target in &targets {
        if target.is_dir() {
            return Err(failure(
                target,
                "write",
                &"a folder of this name is in the way",
            ));
        }
    }

    let mut temporaries = Temporaries::default();
    for ((name, bytes), target) in files.iter().zip(&targets) {
        let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
        write_new(&temporary, bytes, &mut temporaries)
            .map_err(|error| failure(target, "write", &error))?;
    }
    for target in &targets {
        fs::rename(&temporaries.0[0], target).map_err(|error| failure(target, "write", &error))?;
        temporaries.0.remove(0);
    }
    Ok(targets)
}

/// Passes bytes on and takes their SHA-256 along.
struct Hashing<W> {
    to: W,
    hash: Sha256,
}

impl<W: io::Write> io::Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes one file piece by piece, for what is too large to hold in memory; gives the SHA-256 of its bytes in hexadecimal.
///
/// As in [`write_all`] the folder is made if missing, and under its own name the file is whole: the old one or the new one.
///
/// # Panics
///
/// When the name is not a plain file name: our own mistake.
pub fn write_pieces(
    folder: &Path,
    name: &str,
    content: impl FnOnce(&mut (dyn io::Write + Send)) -> io::Result<()>,
) -> Result<String, IoFailure> {
    assert!(is_plain(name), "not a plain file name: {name:?}");
    fs::create_dir_all(folder).map_err(|error| failure(folder, "make folder", &error))?;
    let target = folder.join(name);
    let wrong = |error: io::Error| failure(&target, "write", &error);
    let temporary = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)
        .map_err(wrong)?;
    let mut temporaries = Temporaries(vec![temporary.clone()]);
    let mut out = Hashing {
        to: io::BufWriter::with_capacity(1 << 20, file),
        hash: Sha256::new(),
    };
    content(&mut out).map_err(wrong)?;
    let file = out.to.into_inner().map_err(|e| wrong(e.into_error()))?;
    file.sync_all().map_err(wrong)?;
    fs::rename(&temporary, &target).map_err(wrong)?;
    temporaries.0.clear();
    Ok(hex(&out.hash.finalize()))
}

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a file that must not exist yet (never through somebody's link), to disk.
fn write_new(path: &Path, bytes: &[u8], temporaries: &mut Temporaries) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    temporaries.0.push(path.to_owned());
    file.write_all(bytes)?;
    file.sync_all()
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0', ':'])
}

fn failure(path: &Path, doing: &'static str, reason: &dyn ToString) -> IoFailure {
    IoFailure {
        path: path.display().to_string(),
        doing,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::write_all;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A folder of this test alone, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("polder-files-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn two() -> Vec<(String, Vec<u8>)> {
        vec![
            ("a.csv".to_owned(), b"nieuw a".to_vec()),
            ("b.csv".to_owned(), b"nieuw b".to_vec()),
        ]
    }

    #[test]
    fn makes_the_folder_and_replaces_what_was_there() {
        let folder = Folder::new("replace");
        let inner = folder.0.join("diep/er");
        assert_eq!(
            write_all(&inner, &two()).unwrap(),
            vec![inner.join("a.csv"), inner.join("b.csv")]
        );
        fs::write(inner.join("a.csv"), "oud").unwrap();
        write_all(&inner, &two()).unwrap();
        assert_eq!(fs::read(inner.join("a.csv")).unwrap(), b"nieuw a");
        assert_eq!(names(&inner), ["a.csv", "b.csv"]);
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_stops_it() {
        let folder = Folder::new("file");
        let path = folder.0.join("uitkomst");
        fs::write(&path, "van iemand").unwrap();
        let failure = write_all(&path, &two()).unwrap_err();
        assert_eq!(
            (failure.doing, failure.reason.as_str()),
            ("make folder", "a file of this name is in the way")
        );
        assert_eq!(fs::read(&path).unwrap(), b"van iemand");
        assert!(write_all(&path.join("dieper"), &two()).is_err());
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_stops_all_of_them() {
        let folder = Folder::new("folder");
        fs::create_dir(folder.0.join("b.csv")).unwrap();
        let failure = write_all(&folder.0, &two()).unwrap_err();
        assert_eq!(
            (failure.doing, failure.reason.as_str()),
            ("write", "a folder of this name is in the way")
        );
        assert!(failure.path.ends_with("b.csv"));
        assert_eq!(names(&folder.0), ["b.csv"]);
    }

    #[test]
    fn what_was_begun_is_cleared_when_a_file_cannot_be_written() {
        let folder = Folder::new("clear");
        let temporary = folder.0.join(format!(".b.csv.{}.tmp", std::process::id()));
        fs::write(&temporary, "van iemand").unwrap();
        assert!(write_all(&folder.0, &two()).is_err());
        assert_eq!(
            names(&folder.0),
            [temporary.file_name().unwrap().to_str().unwrap()]
        );
    }

    #[test]
    fn pieces_make_a_whole_file_or_none() {
        let folder = Folder::new("pieces");
        let inner = folder.0.join("diep");
        let sha = super::write_pieces(&inner, "a.csv", |out| {
            out.write_all(b"ab")?;
            out.write_all(b"c")
        });
        // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
        assert_eq!(
            sha.unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(fs::read(inner.join("a.csv")).unwrap(), b"abc");
        let failed = super::write_pieces(&inner, "a.csv", |out| {
            out.write_all(b"half")?;
            Err(std::io::Error::other("vol"))
        });
        assert_eq!(failed.unwrap_err().reason, "vol");
        assert_eq!(fs::read(inner.join("a.csv")).unwrap(), b"abc");
        assert_eq!(names(&inner), ["a.csv"]);
    }

    #[test]
    #[should_panic(expected = "not a plain file name")]
    fn a_path_is_not_a_name() {
        let _ = write_all(Path::new("."), &[("../x".to_owned(), Vec::new())]);
    }
}
