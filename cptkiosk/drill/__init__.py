"""The rehearsal of an exam day, played by somebody at the kiosk or by itself."""
