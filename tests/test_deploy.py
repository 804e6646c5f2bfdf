"""What cannot be tried here (Docker, Fly.io) is at least consistent: names, ports, paths, commands."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
FLY = ["fly.toml", "deploy/fly.single.toml"]
# Keys of the sections that we use, from flyctl's configuration types: an unknown one is silently ignored there.
KNOWN = {
    "": {
        *("app", "primary_region", "kill_signal", "kill_timeout", "build", "env", "deploy", "processes", "mounts"),
        *("http_service", "restart", "vm"),
    },
    "build": {"dockerfile", "image", "build-target"},
    "deploy": {"release_command", "strategy"},
    "mounts": {"source", "destination", "processes", "initial_size"},
    "http_service": {
        *("internal_port", "processes", "force_https", "auto_stop_machines", "auto_start_machines"),
        *("min_machines_running", "concurrency", "checks"),
    },
    "concurrency": {"type", "soft_limit", "hard_limit"},
    "checks": {"method", "path", "interval", "timeout", "grace_period", "headers"},
    "restart": {"policy", "processes", "retries"},
    "vm": {"size", "memory", "processes", "cpus", "cpu_kind"},
}


def read(file: str) -> dict:
    return tomllib.loads((ROOT / file).read_text())


def manage_commands(text: str) -> set[str]:
    return set(re.findall(r"manage\.py[\"',\s]+([a-z_]+)", text))


@pytest.mark.parametrize("file", FLY)
def test_it_uses_only_keys_that_fly_knows(file):
    said = read(file)
    assert set(said) <= KNOWN[""]
    sections = [(name, said[name]) for name in ("build", "deploy", "mounts", "http_service") if name in said]
    sections += [("concurrency", said["http_service"]["concurrency"])]
    sections += [(name, entry) for name in ("restart", "vm") for entry in said[name]]
    sections += [("checks", entry) for entry in said["http_service"]["checks"]]
    for name, section in sections:
        assert set(section) <= KNOWN[name], name


@pytest.mark.parametrize("file", FLY)
def test_it_names_processes_that_exist(file):
    said = read(file)
    named = [
        name for entry in [*said["restart"], *said["vm"], said["http_service"]] for name in entry.get("processes", [])
    ]
    assert set(named) <= set(said["processes"])


@pytest.mark.parametrize("file", FLY)
def test_it_stops_gently_and_asks_the_right_port(file):
    said = read(file)
    assert said["kill_signal"] == "SIGTERM"
    assert said["kill_timeout"] <= 300
    assert f"PORT={said['http_service']['internal_port']}" in (ROOT / "Dockerfile").read_text()
    assert all(check["path"] in ("/healthz", "/readyz") for check in said["http_service"]["checks"])
    assert all(check["headers"]["X-Forwarded-Proto"] == "https" for check in said["http_service"]["checks"])


@pytest.mark.parametrize("file", FLY)
def test_it_builds_from_a_file_that_exists(file):
    assert ((ROOT / file).parent / read(file)["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"


@pytest.mark.parametrize("file", [*FLY, "Procfile", "Dockerfile", "docker-compose.yml", "Makefile", "docs/deploy.md"])
def test_it_calls_commands_that_exist(file):
    unknown = manage_commands((ROOT / file).read_text()) - set(get_commands())
    assert not unknown


def test_it_runs_the_same_processes_everywhere():
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    fly = read("fly.toml")["processes"]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in ("web", "worker"):
        assert shlex.split(lines[name]) == shlex.split(fly[name]) == services[name]["command"]
    assert services["migrate"]["command"] == shlex.split(lines["release"])


def test_it_sets_only_variables_that_are_explained():
    explained = set(re.findall(r"^# ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    used = {*services["web"]["environment"], *(name for file in FLY for name in read(file)["env"])}
    assert used <= explained


def test_it_keeps_secrets_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "data", ".git"} <= set(ignored)
