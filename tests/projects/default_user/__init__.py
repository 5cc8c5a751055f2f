"""The ordinary shop: Django's own user is the customer, orders carry a unique number and have lines."""
