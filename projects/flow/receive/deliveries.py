"""What becomes of what is made of a finished film: a finer version of it, files to take along, a bundle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from pipeline.models import Job
from pipeline.recipes import Stored
from pipeline.runner.submit import Order, submit
from pipeline.steps import bundle_project, enlarge_film, export_video, refine_video
from projects import paths
from projects.flow import refinements
from projects.flow.receive.films import keep_film
from projects.flow.receive.going_on import project_of
from projects.flow.revision import touch
from projects.flow.subjects import subject_code
from projects.models import Asset, Event, Export, FinalVideo, Look, Rendition


def refined(job: Job, output: refine_video.Output) -> None:
    """A new version that stands, beside the one it was made from."""
    project = project_of(job)
    rendition = Rendition.objects.filter(project=project, code=subject_code(job.subject)).first()
    film = (
        FinalVideo.objects.filter(rendition=rendition, sha256=job.input["film"]["sha256"]).order_by("version").first()
    )
    if rendition is None or film is None:
        return
    facts = _facts(job, output)
    made = keep_film(job, rendition, output, captions_file=film.captions_file, refined_from=film, refinement=facts)
    Rendition.objects.filter(pk=rendition.pk).update(final=made)
    Event.objects.create(project=project, verb="film_refined", data={"version": made.version})
    touch(project)


def film_enlarged(job: Job, output: enlarge_film.Output) -> None:
    """Go on to the refinement that it was enlarged for, with what of the choices is still there."""
    project = project_of(job)
    rendition = Rendition.objects.filter(project=project, code=subject_code(job.subject)).first()
    films = FinalVideo.objects.filter(rendition=rendition, sha256=job.input["film"]["sha256"])
    film = films.select_related("rendition__project").order_by("version").first()
    if rendition is None or film is None:
        return
    # read anew: somebody may have chosen something else while it was under way
    given = Job.objects.values_list("input", flat=True).get(pk=job.pk)
    choices = refinements.still_there(refinements.Choices(**given["then"]), project.owner_id)
    wanted = refinements.refine_input(film, choices, refinements.enlarged_by(job, output))
    order = Order(refinements.STEP, job.subject, wanted)
    made = FinalVideo.objects.filter(rendition=rendition, recipe=order.recipe).first()
    if made is not None:
        Rendition.objects.filter(pk=rendition.pk).update(final=made)
    else:
        submit(project.pk, paths.project_place(project), [order])
    Event.objects.create(project=project, verb="film_enlarged", data={"version": film.version})
    touch(project)


def _facts(job: Job, output: refine_video.Output) -> dict[str, Any]:
    """What was done, for the page: the choices as they were asked and what came of them."""
    spec = job.input["spec"]
    cube = job.input.get("cube") or {}
    look = Look.objects.filter(
        sha256=cube.get("sha256", ""), owner=job.project.owner_id if job.project else None
    ).first()
    return {
        "grade": job.input.get("grade", ""),
        "look": str(look.code) if look else "",
        "look_name": look.name if look else ("cube" if cube else ""),
        "intensity_permille": spec["intensity_permille"],
        "smooth": spec["smooth"],
        "upscale": bool(job.input.get("enlarged")) or spec["profile"]["height"] != spec["film_height"],
        "upscale_by": job.input.get("enlarged_by", ""),
        "loudness_tenths": spec["loudness_tenths"],
        "bed": _bed(job),
        "bed_tenths_db": spec["bed_tenths_db"],
        "fade_in_ms": spec["fade_in_ms"],
        "fade_out_ms": spec["fade_out_ms"],
        "size": f"{spec['profile']['width']} × {spec['profile']['height']}",
        **output.refined.model_dump(mode="json"),
    }


def _bed(job: Job) -> str:
    """The code of the uploaded music that lies under it; "" for none."""
    sha256 = (job.input.get("bed") or {}).get("sha256", "")
    owner = job.project.owner_id if job.project else None
    bed = Asset.objects.filter(owner=owner, sha256=sha256, kind=Asset.Kind.SONG).first() if sha256 else None
    return str(bed.code) if bed is not None else ""


def exported(job: Job, output: export_video.Output) -> None:
    """The file is there: from now on its days are counted."""
    _keep(job, output.file, certificate=output.certificate.model_dump(mode="json"))


def bundled(job: Job, output: bundle_project.Output) -> None:
    _keep(job, output.file)


def _keep(job: Job, file: Stored, **fields: object) -> None:
    """Write a finished file down. One that was canceled meanwhile is forgotten: nobody waits for it."""
    now = timezone.now()
    rows = Export.objects.filter(code=subject_code(job.subject), project=job.project_id, canceled_at=None)
    made = rows.update(
        file=file.key,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        job=job,
        made_at=now,
        expires_at=now + timedelta(days=settings.OMVEE_KEEP_EXPORTS_DAYS),
        **fields,
    )
    project = project_of(job)
    if made:
        Event.objects.create(project=project, verb="exported", data={"export": subject_code(job.subject).hex})
    touch(project)
