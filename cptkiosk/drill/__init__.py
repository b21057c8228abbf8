"""The rehearsal of an exam day, played by someone at the kiosk or by itself."""
