"""Mails that other projects collected over many years. Fetched when the tests run, never committed."""
