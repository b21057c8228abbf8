"""The places that bundles are sent to, one module for each kind."""
