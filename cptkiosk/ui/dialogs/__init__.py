"""Questions over a screen: what each asks, and the command that its answer makes."""
