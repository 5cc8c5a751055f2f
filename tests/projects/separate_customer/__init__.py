"""A shop whose customers are not users: own table, several addresses each, order numbers that repeat."""
