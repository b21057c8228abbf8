"""What the header of a ledger's file says, by which it is known for one."""

APPLICATION_ID = 0x4350544B
"""'CPTK' in the file's header, so that no foreign file is taken for a ledger."""

SCHEMA_VERSION = 3
"""How many migrations `schema` has; kept in `user_version`."""

TREE_VERSION = 2
"""From here on a file has the tree over its entries."""

PAGE_BYTES = 4096
"""The size of a page, which `salvage` counts on."""
