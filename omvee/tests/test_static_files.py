"""Static files: collected when one changed, and only then; modules import each other by hashed names."""

from __future__ import annotations

import re

import pytest

from omvee.static_files import collect_static_files


@pytest.fixture
def site_files(settings, tmp_path):
    source = tmp_path / "static"
    (source / "js").mkdir(parents=True)
    (source / "js/app.js").write_text("import { clock } from './clock.js';\nclock();\n")
    (source / "js/clock.js").write_text("export function clock() {}\n")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = str(tmp_path / "collected")
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "omvee.storage.StaticStorage"}}
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    yield source
    finders.get_finder.cache_clear()


def test_it_collects_once_and_again_after_a_change(site_files):
    assert collect_static_files() is True
    assert collect_static_files() is False
    (site_files / "js/clock.js").write_text("export function clock() { return 1; }\n")
    assert collect_static_files() is True


def test_it_points_imports_to_hashed_names(site_files, tmp_path):
    collect_static_files()
    (hashed,) = (path for path in (tmp_path / "collected/js").glob("app.*.js"))
    assert re.search(r"from ['\"]\./clock\.[0-9a-f]{12}\.js['\"]", hashed.read_text())
    assert hashed.with_name(hashed.name + ".gz").exists() or hashed.stat().st_size < 1000


def test_it_collects_files_that_another_user_may_serve(site_files, tmp_path):
    collect_static_files()
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (tmp_path / "collected/js").iterdir())
