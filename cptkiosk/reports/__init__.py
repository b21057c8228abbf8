"""The record, readable."""
