"""Whether a path lies on another computer. SQLite loses data there: its locks do not work over a network."""

from __future__ import annotations

from pathlib import PurePosixPath

# As the Linux kernel and FUSE name them; https://www.sqlite.org/useovernet.html says why they will not do.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.ceph",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "smb3",
        "smbfs",
    }
)


def is_on_network(path: str, mounts: str) -> bool:
    """Tell whether a path is a network share by its name (`\\\\server\\map`) or by the mounts of this computer."""
    if path.startswith(("\\\\", "//")):
        return True
    return _file_system(PurePosixPath(path), mounts) in NETWORK_FILE_SYSTEMS


def _file_system(path: PurePosixPath, mounts: str) -> str:
    """Return the kind of file system that holds a path: that of the deepest mount above it, the last one when stacked."""
    deepest, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:  # noqa: PLR2004 - device, place, kind
            continue
        place = PurePosixPath(parts[1].encode().decode("unicode_escape"))  # the kernel writes a space as \040
        if path.is_relative_to(place) and len(place.parts) >= deepest:
            deepest, kind = len(place.parts), parts[2]
    return kind
