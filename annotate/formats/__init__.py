"""Readers and writers of files that other tools use: no database, no web framework."""
