"""What a run looks like to a client."""

from typing import Any

from django.urls import reverse

from runs.models import Run


def run_body(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state,
        "campaign_id": run.campaign_id,
        "parameters": run.parameters,
        "progress": {"done": run.done, "total": run.total},
        "warnings": run.warnings,
        "error": run.error or None,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def run_handed_over(run: Run) -> dict[str, Any]:
    """What a 202 says: where to look how far it is."""
    return {"run_id": run.id, "state": run.state, "url": run_url(run)}


def run_url(run: Run) -> str:
    return reverse("run", args=[run.id])
