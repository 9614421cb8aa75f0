from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "kernel"
    label = "kernel"
    verbose_name = _("Foundations")

    def ready(self) -> None:
        # The web process enqueues by name, so it has to know every task and job that a worker knows. What the apps hold
        # of people has to be known wherever it may be deleted or handed out.
        autodiscover_modules("checks", "tasks", "personal_data")
        # What each app adds to pages that are shared by all.
        autodiscover_modules("navigation", "audit_labels", "student_file")
        # What a rollover of a school meets in each app.
        autodiscover_modules("rollover")
