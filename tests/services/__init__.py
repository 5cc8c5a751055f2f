"""Real servers for the tests: an IMAP server, a mail sink, a browser. Nothing here is a mock."""
