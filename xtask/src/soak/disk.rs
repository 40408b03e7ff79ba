//! A small disk that can be full: a file system in memory, whose size is taken away and given back.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::{Outcome, Trouble, house};

/// What it may hold when it is not full, in KiB. Nothing is taken from the memory before it is
/// written to.
const SIZE_KIB: u64 = 4 * 1024 * 1024;
/// How often its size is taken away anew, because somebody wrote meanwhile.
const FILL_TRIES_MAX: usize = 1000;

/// The disk, gone with its value.
#[derive(Debug)]
pub(crate) struct Disk {
    home: TempDir,
}

impl Disk {
    /// Makes one, or says why that cannot be done here.
    pub(crate) fn make() -> Result<Self, String> {
        let home = tempfile::Builder::new()
            .prefix("bihuan-disk-")
            .tempdir()
            .map_err(|e| e.to_string())?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={SIZE_KIB}k,mode=755")]);
        mount.arg("bihuan-soak").arg(home.path());
        if house::succeeds(&mut mount) {
            Ok(Self { home })
        } else {
            Err("this user may not mount a file system in memory".to_owned())
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Takes away all space that is not used.
    pub(super) fn fill(&self) -> Outcome {
        for _ in 0..FILL_TRIES_MAX {
            let mut used = Command::new("df");
            used.args(["--output=used", "-k"]).arg(self.home.path());
            let used = house::output(&mut used)?;
            let used = used.lines().last().unwrap_or_default().trim();
            // Refused where more is used by now.
            if self.resize(&format!("{used}k")) {
                return Ok(());
            }
        }
        Err(Trouble::new("the disk cannot be filled"))
    }

    /// Gives the space back.
    pub(super) fn free(&self) -> Outcome {
        if self.resize(&format!("{SIZE_KIB}k")) {
            Ok(())
        } else {
            Err(Trouble::new("the disk cannot be freed"))
        }
    }

    fn resize(&self, size: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,size={size}")]);
        house::succeeds(mount.arg(self.home.path()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if !house::succeeds(Command::new("umount").arg(self.home.path())) {
            house::succeeds(Command::new("umount").arg("--lazy").arg(self.home.path()));
        }
    }
}
