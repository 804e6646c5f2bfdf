"""What templates called their grade were the painter's colors, and is called palette now; a grade is a color look.

Ads that were begun keep their film as it is: they have no grade.
"""

from typing import Any

from django.db import migrations


def renamed(row: Any, *, to: str, was: str) -> Any:
    """A template or a beat with one name for another, its beats too."""
    if not isinstance(row, dict):
        return row
    done = {(to if key == was and to not in row else key): value for key, value in row.items()}
    if isinstance(done.get("beats"), list):
        done["beats"] = [renamed(beat, to=to, was=was) for beat in done["beats"]]
    return done


def name_palettes(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("projects", "AdTemplate").objects.all().iterator():
        row.definition = renamed(row.definition, to="palette", was="grade")
        row.save(update_fields=["definition"])
    for row in apps.get_model("projects", "Ad").objects.all().iterator():
        row.template = renamed(row.template, to="palette", was="grade")
        row.beats = [renamed(beat, to="palette", was="grade") for beat in row.beats]
        row.save(update_fields=["template", "beats"])


def take_back(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    done = {key: value for key, value in row.items() if key not in ("grade", "grade_percent")}
    if isinstance(done.get("beats"), list):
        done["beats"] = [take_back(beat) for beat in done["beats"]]
    return renamed(done, to="grade", was="palette")


def name_grades(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("projects", "AdTemplate").objects.all().iterator():
        row.definition = take_back(row.definition)
        row.save(update_fields=["definition"])
    for row in apps.get_model("projects", "Ad").objects.all().iterator():
        row.template, row.beats = take_back(row.template), [take_back(beat) for beat in row.beats]
        row.save(update_fields=["template", "beats"])


class Migration(migrations.Migration):

    dependencies = [("projects", "0009_ads")]

    operations = [migrations.RunPython(name_palettes, name_grades)]
