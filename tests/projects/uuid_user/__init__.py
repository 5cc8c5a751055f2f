"""A shop with its own user model (UUID key, no user name) whose order model came in the third migration."""
