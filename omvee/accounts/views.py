"""The one page of our own before anybody has an account: setting up the first administrator."""

from __future__ import annotations

from allauth.account.fields import SetPasswordField
from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from omvee.accounts.first_run import AlreadySetUp, create_administrator, token_is_valid


class SetupForm(forms.Form):
    """An address and a password, typed once: a password manager fills it, and `changepassword` mends a slip."""

    email = forms.EmailField(
        label=gettext_lazy("Your email"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = SetPasswordField(label=gettext_lazy("Choose a password"))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator and let them in; 404 for a wrong or late link, as for any unknown address."""
    if not token_is_valid(token):
        raise Http404
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = create_administrator(form.cleaned_data["email"], form.cleaned_data["password"])
        except AlreadySetUp as late:
            raise Http404 from late
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            messages.success(request, _("Welcome to Omvee. You are its administrator."))
            return redirect("/")
    return render(request, "setup.html", {"form": form}, status=422 if form.errors else 200)
