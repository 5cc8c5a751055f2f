from django.urls import path, register_converter

from . import views


class AddressConverter:
    """A mail address, also one with a slash in its local part."""

    regex = r"[!#-?A-[\]-~]+@[A-Za-z0-9.-]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class FolderConverter:
    regex = "inbox|sent"
    to_python = to_url = staticmethod(str)


register_converter(AddressConverter, "address")
register_converter(FolderConverter, "folder")

app_name = "demo"
urlpatterns = [
    path("", views.start, name="start"),
    path("mailbox/", views.choose, name="choose"),
    path("mailbox/<address:address>/", views.mailbox, name="mailbox"),
    path("mailbox/<address:address>/new/", views.new, name="new"),
    path("mailbox/<address:address>/<folder:folder>/", views.mailbox, name="folder"),
    path("mailbox/<address:address>/<folder:folder>/<int:uid>/", views.mail, name="mail"),
    path("mailbox/<address:address>/<folder:folder>/<int:uid>/file/<int:index>/", views.file, name="file"),
]
