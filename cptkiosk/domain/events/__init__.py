"""What has happened, by subject: the facts that the ledger keeps."""
