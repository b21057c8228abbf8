"""An office: a PostgreSQL server for all tests of a process, a database for each."""

from collections.abc import Iterator

import psycopg
import pytest

from cptkiosk.cli.main import main
from support.postgres import QUICK, Cluster, new_database, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster(QUICK) as cluster:
        yield cluster


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """The URI of an empty database."""
    with new_database(cluster) as uri:
        yield uri


@pytest.fixture
def office(database: str) -> str:
    """The URI of a database that is set up."""
    assert main(["central", "init", "--db", database]) == 0
    return database


@pytest.fixture
def tables(office: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection to the office's database."""
    with psycopg.connect(office, autocommit=True) as connection:
        yield connection
