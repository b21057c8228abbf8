"""Paths that make the system refuse to answer, as a person may type them."""

from pathlib import Path


def hostile_paths(place: Path) -> dict[str, str]:
    """Return paths by what is wrong with them; what they need is made in `place`."""
    (place / "loop-a").symlink_to(place / "loop-b")
    (place / "loop-b").symlink_to(place / "loop-a")
    (place / "file").write_text("text\n")
    locked = place / "locked"
    (locked / "inside").mkdir(parents=True)
    locked.chmod(0)
    return {
        "a long name": f"{place}/{'x' * 300}",
        "a long name as a folder": f"{place}/{'x' * 300}/inside",
        "a long path": f"{place}/{'folder/' * 700}end",
        "links in a circle": f"{place}/loop-a",
        "a folder behind links in a circle": f"{place}/loop-a/inside",
        "a file as a folder": f"{place}/file/inside",
        "a folder that may not be searched": f"{locked}/inside/end",
        "an account that is not there": "~nobody-of-that-name/end",
        "a device": "/dev/null/end",
        "a process's file": "/proc/1/root/end",
    }


NOT_A_NAME = ("/srv/\x00end", "/srv/\udcff\udcfe", "\x00")
"""What no command line can hand over, but a screen or a setting can."""
