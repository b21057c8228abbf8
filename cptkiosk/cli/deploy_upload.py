"""The systemd units that upload what waits, every ten minutes."""

import shlex
from pathlib import Path

from cptkiosk.cli.deploy_texts import Place

SERVICE = Path("/etc/systemd/system/cptkiosk-upload.service")
TIMER = Path("/etc/systemd/system/cptkiosk-upload.timer")

SERVICE_TEXT = """\
# {path}: uploads waiting bundles once. Owner root, mode 0644.
#
# First describe the destinations in {settings} and test each one as "{user}":
#   cptkiosk --data-dir {data} upload test NAME
# Then run as root:
#   cptkiosk deploy upload --user {user} --data-dir {data} >{path}
#   cptkiosk deploy upload-timer --user {user} --data-dir {data} >{timer}
#   systemctl daemon-reload
#   systemctl enable --now {timer_name}
#   cptkiosk deploy upload --user {user} --data-dir {data} --check
# The results are in: journalctl -u {name}
#
# A token or password belongs in a file that only "{user}" can read; name it in
# destinations.toml as secret_file. For secret_env, put the variable in a file like that
# and name the file below as EnvironmentFile=.

[Unit]
Description=cptkiosk: upload waiting bundles
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
Environment=LANG=C.UTF-8
ExecStart={python} -I -X utf8 -m cptkiosk --data-dir {data_word} upload
# 5 means that something still waits. The timer tries again.
SuccessExitStatus=5
TimeoutStartSec=1h
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full
"""

TIMER_TEXT = """\
# {path}: starts the upload of waiting bundles. Owner root, mode 0644.
# To set it up: cptkiosk deploy upload --user {user} --data-dir {data}

[Unit]
Description=cptkiosk: upload waiting bundles every ten minutes

[Timer]
OnBootSec=2min
OnUnitInactiveSec=10min
# Not all centers at the same moment.
RandomizedDelaySec=2min

[Install]
WantedBy=timers.target
"""


def upload_service(place: Place) -> str:
    """Return the unit that uploads once."""
    data = shlex.quote(str(place.data_dir))
    return SERVICE_TEXT.format(
        path=SERVICE,
        name=SERVICE.name,
        timer=TIMER,
        timer_name=TIMER.name,
        user=place.user,
        settings=place.data_dir / "definitions" / "destinations.toml",
        data=data,
        data_word=_unit_word(place.data_dir),
        python=_unit_word(place.python),
    )


def upload_timer(place: Place) -> str:
    """Return the unit that starts the upload again and again."""
    return TIMER_TEXT.format(
        path=TIMER, user=place.user, data=shlex.quote(str(place.data_dir))
    )


def _unit_word(path: Path) -> str:
    """Return a path as one word of a unit, where % and $ mean something."""
    text = str(path).replace("%", "%%").replace("$", "$$")
    if text.replace("/", "").replace("-", "").replace(".", "").isalnum():
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
