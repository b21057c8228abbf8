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
# {shell}: the kiosk, and nothing but the kiosk. Owner root, mode 0755.
#
# As the login shell of '{user}' it takes the place of a shell: what it is called with is
# ignored, so '-c COMMAND' from ssh, scp or sftp opens the kiosk or nothing. When the
# kiosk ends, so does the login: getty or sshd asks anew, and no shell is behind it.
#
# Set it up, as root:
#   useradd --system --user-group --no-create-home --home-dir / --shell {shell} {user}
#   usermod --password '*' {user}    # no password, yet not locked: keys open it
#   install -d -o {user} -g {user} -m 0700 {data}
#   cptkiosk deploy login-shell --user {user} --data-dir {data} >{shell}
#   chmod 0755 {shell}
#   cptkiosk deploy login-shell --user {user} --data-dir {data} --check
# An account that is there already gets it with: usermod --shell {shell} {user}
# Its home is / on purpose: root's, so that it keeps no ~/.ssh and no start-up files.
#
# Leave it out of /etc/shells: then the account cannot change its shell, and 'su -s' is
# refused to all but root. Where 'grep -r pam_shells /etc/pam.d' shows that sshd or login
# asks for it, it has to stand there.

# Keys that end or suspend a program do nothing, from the first instant on.
trap '' INT QUIT TSTP
umask 077
cd / || exit 1

# Nothing of the environment gets in but the terminal's type; -I keeps Python from
# variables, from the current directory and from the account's own packages.
exec /usr/bin/env -i TERM="${{TERM:-linux}}" LANG=C.UTF-8 PATH=/usr/bin:/bin \\
    {python} -I -X utf8 -m cptkiosk --kiosk --data-dir {data}
"""

SSHD_TEXT = """\
# {path}: who comes over SSH as '{user}' gets the kiosk. Owner root, mode 0644.
#
# First set {shell} up: cptkiosk deploy login-shell
# Then, as root:
#   cptkiosk deploy sshd --user {user} >{path}
#   install -m 0644 /dev/null {keys}    # then one public key on each line
#   sshd -t && systemctl reload ssh
#   cptkiosk deploy sshd --user {user} --data-dir {data} --check
#
# The keys lie with root, so that nobody at the kiosk can add one. On each line:
#   restrict,pty,command="{shell}" ssh-ed25519 AAAA... who
# which says the same once more, should this file ever be lost.
#
# A connection that drops ends the kiosk behind it; connecting again opens a new one,
# where the same person signs in and finds the half-filled form.

Match User {user}
{settings}

# The rest of the settings is for everybody again.
Match all
"""

SSHD_WHY = {
    "ForceCommand": "whatever was asked for, also sftp and scp",
    "DisableForwarding": "no ports, sockets, agent or X11, also those to come",
    "AcceptEnv": "a name that no variable has: takes back what is accepted for all",
    "MaxSessions": "one terminal for each connection",
    "ClientAliveInterval": "a line that is dead is dropped after 45 seconds",
}

UNIT_TEXT = """\
# {path}: the kiosk on the first console. Owner root, mode 0644.
#
# First set {shell} up: cptkiosk deploy login-shell
# Then, as root:
#   cptkiosk deploy console --user {user} >{path}
#   systemctl daemon-reload
#   systemctl mask getty@tty1.service      # nobody else asks for a login there
#   systemctl enable --now cptkiosk-console.service
# No other console with a login (Alt+F2 and so on):
#   mkdir -p {logind_folder}
#   printf '[Login]\\nNAutoVTs=0\\nReserveVT=0\\n' >{logind}
#   systemctl restart systemd-logind
# Ctrl+Alt+Del restarts nothing, also when pressed seven times:
#   systemctl mask ctrl-alt-del.target
#   mkdir -p /etc/systemd/system.conf.d
#   printf '[Manager]\\nCtrlAltDelBurstAction=none\\n' >/etc/systemd/system.conf.d/50-cptkiosk.conf
#   systemctl daemon-reexec
# Alt+SysRq does nothing:
#   echo 'kernel.sysrq = 0' >{sysctl}
#   sysctl --system
#   cptkiosk deploy console --user {user} --data-dir {data} --check
# Set a password for the firmware and the boot loader: whoever restarts the machine into
# something else is past all of this.
#
# It comes back by itself, whatever ended it: a fault, a signal, the coordinator's PIN.
# To stop it for good: systemctl stop cptkiosk-console.service, from an SSH login.

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
# It draws on standard error as well, so all three are the console.
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
