"""What the pipeline remembers: jobs, attempts (the charges), the ledger, vendors and the workers that live."""

from __future__ import annotations

from pipeline.models.money import Alert, Attempt, BudgetDay, BudgetMonth, BudgetProject, LedgerEntry, SpendingLimits
from pipeline.models.vendors import Credential, ModelEntry, ProviderHealth, WebhookDelivery
from pipeline.models.work import Job, Queue, WorkerHeartbeat

__all__ = [
    "Alert",
    "Attempt",
    "BudgetDay",
    "BudgetMonth",
    "BudgetProject",
    "Credential",
    "Job",
    "LedgerEntry",
    "ModelEntry",
    "ProviderHealth",
    "Queue",
    "SpendingLimits",
    "WebhookDelivery",
    "WorkerHeartbeat",
]
