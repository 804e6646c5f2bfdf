"""Export a finished film: another container, codec or size, or a part of it; checked against the film."""

from __future__ import annotations

from pipeline.media.certificate import Certificate
from pipeline.media.exporting import ExportSpec, certify_export, write_export
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step


class Input(Value):
    """`certificate` is the film's: what a copy has not changed is taken from there."""

    film: Stored
    spec: ExportSpec
    certificate: Certificate | None = how(None)


class Output(Value):
    file: Stored
    certificate: Certificate


def run(input: Input, ctx: Context) -> Output:
    work = ctx.folder / "export"
    work.mkdir()
    film = ctx.fetch(input.film)
    made = write_export(input.spec, film, folder=work, stop=ctx.stop, progress=ctx.progress)
    certificate = certify_export(input.spec, made, film, of_film=input.certificate, folder=work, stop=ctx.stop)
    flawed_before = input.certificate is not None and not input.certificate.ok
    if not certificate.ok and not flawed_before:  # a flaw of the film itself is told, never held back
        findings = " ".join(finding.text for finding in certificate.findings)
        raise MediaError(f"The exported file did not pass its check and was thrown away. {findings}")
    return Output(file=ctx.store(made, "exports"), certificate=certificate)


STEP = Step("export_video", Input, Output, run, priority=120, deadline_s=7200)
