"""The vendor's official report."""
