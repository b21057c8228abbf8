"""An exam day under a simulated clock."""
