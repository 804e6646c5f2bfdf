"""Vendors: the models they offer, our keys to them, how they are, and what they told us."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.providers.base import ModelRow


class ModelEntry(models.Model):
    """One model of a vendor in one tier, as this studio offers it. What an operator changed stays in later releases.

    `shipped` is what the last release brought: a field that still equals it follows the next release.
    """

    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    tier = models.CharField(max_length=12, blank=True, default="")
    capability = models.CharField(max_length=20)
    label = models.CharField(max_length=120, blank=True, default="")
    version = models.CharField(max_length=200, blank=True, default="")
    enabled = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=1000, help_text=_("Lower is offered first."))
    concurrency = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("How much of it may be under way at once; empty follows the setting.")
    )
    price_microusd = models.BigIntegerField(
        null=True, blank=True, help_text=_("Per unit, in millionths of a dollar. Empty is unknown: nothing is bought.")
    )
    unit = models.CharField(max_length=20, default="image")
    prices = models.JSONField(default=dict, blank=True, help_text=_("What differs from the price under a setting."))
    limits = models.JSONField(default=dict, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    pictures = models.JSONField(
        default=dict, blank=True, help_text=_("Which inputs take pictures: composition, reference, and how many.")
    )
    settings = models.JSONField(default=dict, blank=True)
    price_as_of = models.CharField(max_length=20, blank=True, default="")
    price_source = models.CharField(max_length=300, blank=True, default="")
    inputs_source = models.CharField(max_length=300, blank=True, default="")
    licence_note = models.CharField(max_length=300, blank=True, default="")
    retires_on = models.CharField(max_length=20, blank=True, default="")
    commercial = models.BooleanField(default=True)
    shipped = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "name", "tier"], name="one_entry_per_model_and_tier"),
            models.CheckConstraint(
                condition=models.Q(price_microusd=None) | models.Q(price_microusd__gte=0), name="model_price_from_0"
            ),
        ]

    def __str__(self) -> str:
        return self.as_row().key

    def as_row(self) -> ModelRow:
        """The value that providers are given. Raises ValidationError where an edit left nonsense."""
        return ModelRow.model_validate({name: getattr(self, name) for name in ModelRow.model_fields})


class Credential(models.Model):
    """A key to a vendor, entered in Settings; encrypted with a key that is not in the database."""

    provider = models.CharField(max_length=40, unique=True)
    secret = models.TextField(blank=True, default="", help_text=_("Encrypted."))
    base_url = models.URLField(blank=True, default="", max_length=300)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")

    def __str__(self) -> str:
        return self.provider


class ProviderHealth(models.Model):
    """The circuit breaker of a vendor (`model` empty) or of one of its models, shared by all workers."""

    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True, default="")
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    open_until = models.DateTimeField(null=True, blank=True, help_text=_("Nothing is sent before; then one request."))
    probe = models.UUIDField(null=True, blank=True, help_text=_("The attempt that tries whether it works again."))
    reason = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, blank=True, default="")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("provider health")
        verbose_name_plural = _("provider health")
        constraints = [models.UniqueConstraint(fields=["provider", "model"], name="one_breaker_per_model")]

    def __str__(self) -> str:
        return ":".join(filter(None, (self.provider, self.model)))


class WebhookDelivery(models.Model):
    """A callback that was taken in; the vendor's own id of it makes a repeated one known."""

    provider = models.CharField(max_length=40)
    webhook_id = models.CharField(max_length=120)
    attempt_code = models.UUIDField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["provider", "webhook_id"], name="one_row_per_webhook")]
        indexes = [models.Index(fields=["received_at"], name="webhook_received")]

    def __str__(self) -> str:
        return self.webhook_id
