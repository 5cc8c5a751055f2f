from django.apps import AppConfig


class DemoMailConfig(AppConfig):
    name = "demo_mail"
    verbose_name = "デモ用メール"
