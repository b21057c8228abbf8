"""Close-out: what is open before the seal, the seal, and what it leaves as files."""
