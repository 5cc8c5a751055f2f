from django.apps import apps
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

admin.site.site_header = "文具のことり堂 管理"
admin.site.site_title = "文具のことり堂"
admin.site.site_url = "/"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    # --- INTEGRATION: django-cs-inbox
    path("contact/", include("django_cs_inbox.contact.urls")),
    path("", include("shop.urls")),
]
if apps.is_installed("demo_mail"):
    urlpatterns.insert(0, path("demo/", include("demo_mail.urls")))
if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
