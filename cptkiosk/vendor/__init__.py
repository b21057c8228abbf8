"""The vendor's official report: read, matched with the record, shown, and recorded."""
