"""The places that bundles go to by themselves, one module for each kind."""
