"""A sealed revision on its way out."""
