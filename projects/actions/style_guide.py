"""The picture of an ad's look: drawn here, or one of its owner's own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from projects import flow
from projects.actions.ads import take_back
from projects.models import Ad, Asset, Event, GatePass, Project
from projects.states import IllegalMove


def set_style_guide(project: Project, picture: Asset | None, *, by: User | None) -> Ad:
    """Let this picture be the look, None: one that is drawn here. The references have to be approved anew.

    Raises IllegalMove for what is no ad, or is canceled.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.kind != Project.Kind.AD:
            raise IllegalMove(_("Only an ad has a style guide."))
        if not project.is_active:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        ad = project.ad
        if ad.style_asset_id == (picture.pk if picture else None):
            return ad
        ad.style_asset = picture
        ad.save(update_fields=["style_asset"])
        take_back(project, GatePass.Gate.REFERENCES)
        Event.objects.create(project=project, verb="style_guide_set", by=by, data={"own": picture is not None})
        flow.changed(project, None)
        return ad
