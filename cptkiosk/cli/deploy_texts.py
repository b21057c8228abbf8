"""The files that lock a kiosk down, as text: a shell, a part of sshd's settings, a unit.

Each text is the whole file; what else the administrator does stands in its comments.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

SHELL = Path("/usr/local/bin/cptkiosk-shell")
SSHD = Path("/etc/ssh/sshd_config.d/50-cptkiosk.conf")
KEYS = Path("/etc/ssh/cptkiosk_keys")
UNIT = Path("/etc/systemd/system/cptkiosk-console.service")
LOGIND = Path("/etc/systemd/logind.conf.d/50-cptkiosk.conf")
SYSCTL = Path("/etc/sysctl.d/90-cptkiosk.conf")

SSHD_SETTINGS = {
    "ForceCommand": str(SHELL),
    "DisableForwarding": "yes",
    "AllowTcpForwarding": "no",
    "AllowStreamLocalForwarding": "no",
    "AllowAgentForwarding": "no",
    "X11Forwarding": "no",
    "PermitTunnel": "no",
    "GatewayPorts": "no",
    "PermitTTY": "yes",
    "PermitUserRC": "no",
    "AcceptEnv": "none",
    "MaxSessions": "1",
    "AuthorizedKeysFile": str(KEYS),
    "AuthenticationMethods": "publickey",
    "ClientAliveInterval": "15",
    "ClientAliveCountMax": "3",
}
"""What sshd is to do for the kiosk's account; the check asks sshd for the same."""

WRAPPER_TEXT = """\
#!/bin/sh
# {shell}: opens the kiosk and nothing else. Owner root, mode 0755.
#
# This is the login shell of "{user}". It ignores its arguments, so "-c COMMAND" from
# ssh, scp or sftp opens the kiosk or fails. When the kiosk ends, the login ends too, and
# getty or sshd asks for a new one. There is no shell behind the kiosk.
#
# To set it up, run as root:
#   useradd --system --user-group --no-create-home --home-dir / --shell {shell} {user}
#   usermod --password '*' {user}    # no password, but not locked: keys work
#   install -d -o {user} -g {user} -m 0700 {data}
#   cptkiosk deploy login-shell --user {user} --data-dir {data} >{shell}
#   chmod 0755 {shell}
#   cptkiosk deploy login-shell --user {user} --data-dir {data} --check
# For an existing account: usermod --shell {shell} {user}
# Its home directory is / on purpose: root owns it, so the account cannot have ~/.ssh or
# start-up files.
#
# Leave this file out of /etc/shells, so that the account cannot change its shell and only
# root can use "su -s". If "grep -r pam_shells /etc/pam.d" shows that sshd or login
# requires it, add it there.

# From the start, ignore the keys that end or suspend a program.
trap '' INT QUIT TSTP
umask 077
cd / || exit 1

# Keep only the terminal type from the environment. -I makes Python ignore environment
# variables, the current directory and the account's own packages.
exec /usr/bin/env -i TERM="${{TERM:-linux}}" LANG=C.UTF-8 PATH=/usr/bin:/bin \\
    {python} -I -X utf8 -m cptkiosk --kiosk --data-dir {data}
"""

SSHD_TEXT = """\
# {path}: SSH logins as "{user}" open the kiosk. Owner root, mode 0644.
#
# First set up {shell}: cptkiosk deploy login-shell
# Then run as root:
#   cptkiosk deploy sshd --user {user} >{path}
#   install -m 0644 /dev/null {keys}    # then add one public key per line
#   sshd -t && systemctl reload ssh
#   cptkiosk deploy sshd --user {user} --data-dir {data} --check
#
# Root owns the keys file, so no one at the kiosk can add a key. Start each line like this:
#   restrict,pty,command="{shell}" ssh-ed25519 AAAA... name
# These options apply the same limits if this file is ever lost.
#
# A dropped connection ends its kiosk. After connecting again, the same person signs in
# and finds the partly filled form.

Match User {user}
{settings}

# The remaining settings apply to all accounts.
Match all
"""

SSHD_WHY = {
    "ForceCommand": "replaces any requested command, including sftp and scp",
    "DisableForwarding": "no ports, sockets, agent or X11, including future kinds",
    "AcceptEnv": "matches no variable: overrides what is accepted for all accounts",
    "MaxSessions": "one terminal per connection",
    "ClientAliveInterval": "drops a dead connection after 45 seconds",
}

UNIT_TEXT = """\
# {path}: the kiosk on the first console. Owner root, mode 0644.
#
# First set up {shell}: cptkiosk deploy login-shell
# Then run as root:
#   cptkiosk deploy console --user {user} >{path}
#   systemctl daemon-reload
#   systemctl mask getty@tty1.service      # no other login prompt there
#   systemctl enable --now cptkiosk-console.service
# Remove login prompts from the other consoles (Alt+F2 and so on):
#   mkdir -p {logind_folder}
#   printf '[Login]\\nNAutoVTs=0\\nReserveVT=0\\n' >{logind}
#   systemctl restart systemd-logind
# Make Ctrl+Alt+Del do nothing, even when pressed seven times:
#   systemctl mask ctrl-alt-del.target
#   mkdir -p /etc/systemd/system.conf.d
#   printf '[Manager]\\nCtrlAltDelBurstAction=none\\n' >/etc/systemd/system.conf.d/50-cptkiosk.conf
#   systemctl daemon-reexec
# Make Alt+SysRq do nothing:
#   echo 'kernel.sysrq = 0' >{sysctl}
#   sysctl --system
#   cptkiosk deploy console --user {user} --data-dir {data} --check
# Set a password for the firmware and the boot loader: these settings do not protect a
# machine that is started from another system.
#
# The kiosk restarts automatically after an error, a signal or the coordinator's PIN. To
# stop it permanently, run this from an SSH login: systemctl stop cptkiosk-console.service

[Unit]
Description=cptkiosk on the first console
After=systemd-user-sessions.service getty-pre.target
Conflicts=getty@tty1.service
ConditionPathExists=/dev/tty1
StartLimitIntervalSec=0

[Service]
User={user}
Environment=TERM=linux
ExecStart={shell}
Restart=always
RestartSec=1
# The kiosk also draws on standard error, so all three streams are the console.
StandardInput=tty
StandardOutput=inherit
StandardError=inherit
TTYPath=/dev/tty1
TTYReset=yes
TTYVHangup=yes
TTYVTDisallocate=yes
UtmpIdentifier=tty1
TimeoutStopSec=10
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Who runs the kiosk, with which Python, on which data."""

    user: str
    data_dir: Path
    python: Path

    def wrapper_script(self) -> str:
        """Return the script that takes the place of a login shell."""
        return WRAPPER_TEXT.format(
            shell=SHELL,
            user=self.user,
            data=shlex.quote(str(self.data_dir)),
            python=shlex.quote(str(self.python)),
        )

    def sshd_settings(self) -> str:
        """Return the part of sshd's settings that is about the kiosk's account."""
        lines: list[str] = []
        for name, value in SSHD_SETTINGS.items():
            if name in SSHD_WHY:
                lines.append(f"    # {SSHD_WHY[name]}")
            lines.append(f"    {name} {value}")
        return SSHD_TEXT.format(
            path=SSHD,
            shell=SHELL,
            keys=KEYS,
            user=self.user,
            data=shlex.quote(str(self.data_dir)),
            settings="\n".join(lines),
        )

    def systemd_unit(self) -> str:
        """Return the systemd unit of a kiosk on the first console."""
        return UNIT_TEXT.format(
            path=UNIT,
            shell=SHELL,
            user=self.user,
            data=shlex.quote(str(self.data_dir)),
            logind=LOGIND,
            logind_folder=LOGIND.parent,
            sysctl=SYSCTL,
        )
