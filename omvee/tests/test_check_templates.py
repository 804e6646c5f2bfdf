"""Templates that compile and stay within the content policy."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from omvee.management.commands.check_templates import complaints


def test_it_finds_nothing_wrong_with_ours(capsys):
    call_command("check_templates")
    assert "templates are fine" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color:red">',
        '<button onclick="go()">',
        "<script>go()</script>",
        "<style>p{}</style>",
        '<p hx-on:click="go()">',
        "<p hx-vals='js:{a: 1}'>",
        '<p hx-trigger="click[ctrlKey]">',
        '<img src="//cdn.example/a.png">',
        '<link href="https://fonts.example/a.css">',
        "{{ lyric|safe }}",
    ],
)
def test_it_complains_about_what_the_policy_forbids(line):
    assert list(complaints(f"<p>\n{line}\n</p>"))


@pytest.mark.parametrize(
    "line",
    [
        '<script src="/static/js/app.js" type="module"></script>',
        '<script type="application/json" id="peaks">[1]</script>',
        '<a href="https://ffmpeg.org">ffmpeg</a>',
        '<p hx-trigger="every 2s" data-style="x" class="on">',
    ],
)
def test_it_lets_good_lines_pass(line):
    assert list(complaints(line)) == []


def test_it_names_every_template_that_does_not_compile(settings, tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "broken.html").write_text("{% if %}")
    settings.BASE_DIR = tmp_path
    settings.TEMPLATES[0]["DIRS"].append(tmp_path / "templates")
    try:
        with pytest.raises(CommandError, match=r"broken\.html"):
            call_command("check_templates")
    finally:
        settings.TEMPLATES[0]["DIRS"].pop()
