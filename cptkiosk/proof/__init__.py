"""What proves a record to someone who does not have it: pure functions on bytes.

tree: RFC 6962 hashing and proofs. fields: how an entry becomes a leaf of the tree, so
that some of its fields can be shown and others kept back. note: signed checkpoints as
C2SP signed-note has them. minisign: signatures that Debian's `minisign` checks.
"""
