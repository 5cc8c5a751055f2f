"""django-cs-inbox: a customer-support inbox inside a Django shop."""

__version__ = "0.1.0"
