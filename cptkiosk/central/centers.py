"""The key of a center, given by a person instead of taken at first contact."""

from cptkiosk.upload.bundle_check import Trust, read_trusted
from cptkiosk.upload.postgres import Connection, run_transaction

GIVE = """
INSERT INTO centers (site_code, key_file, key_source) VALUES (%s, %s, 'given')
ON CONFLICT (site_code) DO UPDATE
SET key_file = excluded.key_file, key_source = excluded.key_source
"""
BEGIN_AGAIN = "DELETE FROM checkpoints WHERE site_code = %s"


def give_key(
    connection: Connection,
    site_code: str,
    key_file: str,
    *,
    new_record: bool,
) -> Trust:
    """Store a center's key, before its first bundle or in the place of another.

    Args:
        connection: in autocommit mode.
        site_code: the center.
        key_file: what "cptkiosk key export" wrote there.
        new_record: whether its next bundle may begin another record, because the center
            lost the one it had.

    Raises:
        ValueError: if it is not a key file.
    """
    trust = read_trusted(key_file)

    def give(connection: Connection) -> None:
        connection.execute(GIVE, (site_code, key_file))
        if new_record:
            connection.execute(BEGIN_AGAIN, (site_code,))

    run_transaction(connection, give)
    return trust
