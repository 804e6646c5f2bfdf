"""manage.py bundle: a film with all its parts in one ZIP, for another editor."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.actions.exports import ask_bundle
from projects.flow import exports as flow
from projects.management.deliveries import checked_target, copy_out, found_project, run_until
from projects.models import Export
from projects.states import IllegalMove


class Command(BaseCommand):
    help = "Pack a film with its clips, pictures, sound, words, cut (OpenTimelineIO), facts, costs and provenance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its code, the beginning of it, or its title")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        target = checked_target(options["out"])
        project = found_project(options["project"])
        try:
            export, _new = ask_bundle(project, by=None)
        except IllegalMove as error:
            raise CommandError(str(error)) from error
        rows = Export.objects.select_related("project", "job", "final", "rendition__final")

        def state() -> flow.Standing:
            return flow.standing(rows.get(pk=export.pk))

        run_until(project, lambda: state().state in ("ready", "failed", "canceled"), lambda: None)
        if state().state != "ready":
            raise CommandError(state().error or "The bundle could not be packed.")
        self.stdout.write(str(copy_out(rows.get(pk=export.pk).file, target)))
