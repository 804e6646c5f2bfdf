from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Studio")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pipeline.runner import hooks
        from projects import accounts
        from projects.flow import receive, ticker

        hooks.connect(
            receive.RECEIVERS,
            failed=receive.job_failed,
            progressed=receive.job_progressed,
            sweep=ticker.sweep,
            keep=receive.came_late,
        )
        accounts.connect()
