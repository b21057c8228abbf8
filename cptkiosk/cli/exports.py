"""`export`: results or credentials in the form that another system takes."""

from argparse import Namespace
from datetime import UTC, datetime

from cptkiosk.cli.open_record import paths_of, the_desk
from cptkiosk.cli.output import format_table, print_answer
from cptkiosk.definitions.profiles import Profile, load_profiles
from cptkiosk.domain.values import plural
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.reports.profile_files import write_profile
from cptkiosk.reports.profile_rows import Value, list_rows


def export_results(options: Namespace) -> int:
    """List the profiles, or write a file in the form of one.

    Raises:
        UsageError: if there is no such profile, or a value does not fit.
        DestinationError: if the file could not be written.
    """
    profiles = load_profiles(paths_of(options).definitions)
    if not options.profile:
        return _list_profiles(options, profiles)
    if options.profile not in profiles:
        raise UsageError(
            f'There is no profile "{options.profile}". Nothing was written. Profiles:'
            f" {', '.join(profiles)}."
        )
    profile = profiles[options.profile]
    if options.session and profile.rows == "credentials":
        raise UsageError(
            f"The profile {profile.name} lists credentials, which are earned over all"
            " sessions. Nothing was written. Leave out --session, or use --year."
        )
    with the_desk(options, read_only=True) as desk:
        rows = list(
            list_rows(desk, profile, session_id=options.session, year=options.year)
        )
        created = datetime.fromtimestamp(desk.now().utc_ms // 1000, UTC)
        about: dict[str, Value] = {
            "center": desk.center.name,
            "site_code": desk.center.site_code,
            "created": created.astimezone(desk.zone),
        }
    folder = expand_home(options.to) if options.to else paths_of(options).reports
    written = write_profile(profile, rows, about, folder)
    return print_answer(
        options,
        {"profile": profile.name, "path": str(written.path), "rows": written.rows},
        f"Exported {plural(written.rows, 'row')}: {written.path}",
    )


def _list_profiles(options: Namespace, profiles: dict[str, Profile]) -> int:
    header = ("profile", "rows", "title", "file")
    rows = [(one.name, one.rows, one.title, one.label) for one in profiles.values()]
    listed = [dict(zip(header, row, strict=True)) for row in rows]
    return print_answer(options, {"profiles": listed}, format_table(header, rows))
