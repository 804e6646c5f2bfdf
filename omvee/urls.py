"""The site's addresses: accounts, admin, set-up, and the studio itself at the root."""

from __future__ import annotations

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
]

if find_spec("projects.urls"):
    urlpatterns.append(path("", include("projects.urls")))
