"""Checks, copies, restores and recovers whole ledger files beside a running kiosk."""
