"""What varies from machine to machine: its clock, its files, its paths."""
