"""Projects of a test's own: copies of the one finished film, as it stood before one of its gates.

Rows are copied beside the running site and worker in one transaction, under new codes; the files are shared, because no
recipe names a code. So a copy is as fresh as the film: nothing is due in it, until somebody changes something. It has
the film's title, which the shots show.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from contextlib import closing

from tests.browser.studio import Studio, uuid_hex

RECORDED = ("projects_scene", "projects_content", "projects_rendition")
CODE, A_CODE = 36, re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What is not there yet before a gate, the latest first; each stage lacks what the one before lacks, and more.
STAGES = ("film", "clips", "images", "lyrics")
_LATER = {
    "clips": (
        "update projects_rendition set final_id = null where project_id = :project",
        (
            "delete from projects_finalvideo where rendition_id in"
            " (select id from projects_rendition where project_id = :project)"
        ),
        "delete from pipeline_job where project_id = :project and step = 'assemble_video'",
        "delete from projects_event where project_id = :project and verb = 'film_finished'",
        "update projects_project set autopilot = 0 where id = :project",
        (
            "update projects_image set verdict = 'approved' where content_id in"
            " (select id from projects_content where project_id = :project)"
        ),
    ),
    "images": (
        "delete from projects_shot where scene_id in (select id from projects_scene where project_id = :project)",
        (
            "update projects_pick set clip_id = null where content_id in"
            " (select id from projects_content where project_id = :project)"
        ),
        "delete from projects_clip where content_id in (select id from projects_content where project_id = :project)",
        "delete from pipeline_job where project_id = :project and step in ('generate_clip', 'render_shot')",
        (
            "update projects_image set verdict = 'pending' where content_id in"
            " (select id from projects_content where project_id = :project)"
        ),
    ),
    "lyrics": (
        "delete from projects_drawing where project_id = :project",
        "delete from projects_pick where content_id in (select id from projects_content where project_id = :project)",
        "delete from projects_image where content_id in (select id from projects_content where project_id = :project)",
        "delete from projects_scene where project_id = :project",
        "update projects_content set prompt_id = null where project_id = :project",
        "delete from projects_prompt where content_id in (select id from projects_content where project_id = :project)",
        "delete from projects_content where project_id = :project",
        (
            "delete from pipeline_job where project_id = :project"
            " and step in ('plan_scenes', 'write_prompts', 'generate_image')"
        ),
    ),
}
_PASSED = (
    "insert into projects_approval (project_id, transcript_id, verdict, reason, by_id, at)"
    " select id, transcript_id, 'approved', '', owner_id, created_at from projects_project where id = :project"
)


def copied_film(studio: Studio, code: str, *, stage: str = "film") -> str:
    """The code of a new project like the finished one called `code`, as it stood before the gate called `stage`.

    `film` is the finished one, made by itself; in the others a person decides: `clips` and `images` wait to be
    reviewed, `lyrics` to be approved.
    """
    made = uuid.uuid4()
    path = studio.folder / "data" / "db.sqlite3"
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
        database.row_factory = sqlite3.Row
        database.execute("begin immediate")
        project = _copy_rows(database, uuid_hex(code), made)
        lacking = STAGES[1 : STAGES.index(stage) + 1]
        for name in lacking:
            for change in _LATER[name]:
                database.execute(change, {"project": project})
        if lacking and stage != "lyrics":
            database.execute(_PASSED, {"project": project})
        database.execute("commit")
    return str(made)


def _copy_rows(database: sqlite3.Connection, code: str, made: uuid.UUID) -> int:
    """Copy all rows of a project; the primary key of the copy."""
    old = database.execute("select * from projects_project where code = ?", (code,)).fetchall()
    found = {"projects_project": old}
    for table, (column, owner) in _owned(database).items():
        owners = ",".join(str(row["id"]) for row in found[owner]) or "null"
        query = f"select * from {table} where {column} in ({owners}) order by id"
        found[table] = database.execute(query).fetchall()
    ids = {table: _new_ids(database, table, rows) for table, rows in found.items()}
    codes = {str(uuid.UUID(row["code"])): str(uuid.uuid4()) for rows in found.values() for row in _coded(rows)}
    codes[str(uuid.UUID(code))] = str(made)
    # what steps recorded names scenes, contents and renditions; the keys of files name projects and jobs, which stay
    named = [row["code"] for table in RECORDED for row in found[table]]
    recorded = {str(uuid.UUID(name)): codes[str(uuid.UUID(name))] for name in named}
    for table, rows in found.items():
        links = {row["from"]: row["table"] for row in database.execute(f"pragma foreign_key_list({table})")}
        for row in rows:
            values = dict(row) | {"id": ids[table][row["id"]]}
            for column, target in links.items():
                values[column] = ids.get(target, {}).get(values[column], values[column])
            if "code" in values:
                values["code"] = uuid_hex(codes[str(uuid.UUID(values["code"]))])
            for column, value in values.items():
                if isinstance(value, str) and len(value) > CODE:
                    values[column] = A_CODE.sub(lambda code: recorded.get(code[0], code[0]), value)
            names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
            database.execute(f"insert into {table} ({names}) values ({marks})", values)
    return ids["projects_project"][old[0]["id"]]


def _owned(database: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Every table with rows of a project -> the column that says whose, and the table of that; owners first."""
    listed = database.execute("select name from sqlite_master where type = 'table' and name like 'projects_%'")
    waiting = {row["name"] for row in listed} - {"projects_project"} | {"pipeline_job"}
    found: dict[str, tuple[str, str]] = {}
    while ready := {table: owner for table in sorted(waiting) if (owner := _owner(database, table, found))}:
        found |= ready
        waiting -= set(ready)
    return found


def _owner(database: sqlite3.Connection, table: str, known: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The column of `table` that names the project, or else a row that a row of it cannot be without."""
    links = {row["from"]: row["table"] for row in database.execute(f"pragma foreign_key_list({table})")}
    if links.get("project_id") == "projects_project":
        return "project_id", "projects_project"
    needed = {row["name"] for row in database.execute(f"pragma table_info({table})") if row["notnull"]}
    return next(((column, links[column]) for column in sorted(needed & set(links)) if links[column] in known), None)


def _new_ids(database: sqlite3.Connection, table: str, rows: list[sqlite3.Row]) -> dict[int, int]:
    last = database.execute(f"select max(id) from {table}").fetchone()[0] or 0
    return {row["id"]: last + at for at, row in enumerate(rows, 1)}


def _coded(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    return [row for row in rows if "code" in row.keys()]  # noqa: SIM118  # a Row is no mapping
