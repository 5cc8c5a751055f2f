"""The demo's life: sixty days of invented conversations, played through django-cs-inbox's own actions."""
