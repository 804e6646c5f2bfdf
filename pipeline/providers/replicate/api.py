"""The five calls to Replicate that Omvee makes, through the `replicate` package's client.

Of the package (1.0.7) only the client itself is used: its address, key and headers. Its methods cannot be made safe,
each for a reason that pipeline/tests/test_provider_replicate_defects.py shows:
- predictions.create waits for ever (it lifts every timeout), and cannot send Cancel-After;
- it parses an answer only after the work was paid, and loses the id where a field has a shape it does not know
  (status "aborted", an object as error, no version);
- GET is repeated up to ten times inside, with whatever pause the server asks for;
- an error whose body is a list escapes as AttributeError, a broken connection as an error of httpx;
- FileOutput sends the key to any host that an output names; files are uploaded without being asked.
So requests go through the client's own transport here, in one place, guarded by `pipeline.providers.http`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from pipeline.providers.base import Access, ProviderError
from pipeline.providers.failures import ambiguous, lost_or_unsent, refusal
from pipeline.providers.http import GuardedTransport, Hosts, hosts_of, read_json

VENDOR = "Replicate"
HOME = "https://api.replicate.com"
DELIVERY = ("replicate.delivery", ".replicate.delivery")
MAX_PAGES = 5
MIN_CANCEL_AFTER_S = 5


class ReplicateApi:
    """One account at Replicate. Raises ProviderError; a GET that fails says so with `transient`."""

    def __init__(self, access: Access) -> None:
        if not access.api_key:
            raise ProviderError(
                "There is no key for Replicate yet. Enter one under Settings > Providers.",
                kind="auth",
                refused=True,
                transient=False,
            )
        import replicate.client  # a third of a second, and only who uses it should wait

        self._access = access
        transport = GuardedTransport(
            hosts_of(access, "api.replicate.com"), connect_s=access.connect_s, read_s=access.read_s
        )
        client = replicate.client.Client(
            api_token=access.api_key,
            base_url=(access.base_url or HOME).rstrip("/").removesuffix("/v1"),
            timeout=httpx.Timeout(access.read_s, connect=access.connect_s),
            transport=transport,
        )
        self._http = client._client
        self._http._transport.max_attempts = 1  # type: ignore[attr-defined]  # its RetryTransport; repeating is ours

    def close(self) -> None:
        self._http.close()

    @property
    def files(self) -> Hosts:
        """Where outputs may be fetched from."""
        return hosts_of(self._access, *DELIVERY, "api.replicate.com")

    def create(self, version: str, inputs: Mapping[str, Any], *, callback_url: str, deadline_s: int) -> dict[str, Any]:
        """Order a prediction, with exactly one POST. Raises ProviderError, `ambiguous` where nobody knows."""
        body: dict[str, Any] = {"version": version, "input": dict(inputs)}
        if callback_url:
            body |= {"webhook": callback_url, "webhook_events_filter": ["completed"]}
        headers = {"Cancel-After": f"{max(MIN_CANCEL_AFTER_S, deadline_s)}s"} if deadline_s else {}
        response, answer = self._ask("POST", "/v1/predictions", json=body, headers=headers)
        if 400 <= response.status_code < 500:
            raise refusal(VENDOR, response.status_code, answer, response.headers, model=version.partition(":")[0])
        if response.status_code not in {200, 201, 202} or not isinstance(answer, dict) or not answer.get("id"):
            raise ambiguous(VENDOR, f"{response.status_code} {response.content[:300]!r}")
        return answer

    def prediction(self, external_id: str) -> dict[str, Any]:
        """How a prediction stands. Raises ProviderError: `unavailable` where asking again may help."""
        return self._got(f"/v1/predictions/{external_id}")

    def predictions_since(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The predictions of this account that were created since then, newest first."""
        stamp = since.isoformat().replace("+00:00", "Z")
        path, more = "/v1/predictions", {"params": {"created_after": stamp}}
        for _ in range(MAX_PAGES):
            page = self._got(path, **more)
            yield from (entry for entry in page.get("results") or () if isinstance(entry, dict))
            if not page.get("next"):
                return
            path, more = str(page["next"]), {}  # empty params would take the address's own away

    def cancel(self, external_id: str) -> None:
        """Ask for a prediction to be stopped; one that is over or unknown is no error."""
        response, answer = self._ask("POST", f"/v1/predictions/{external_id}/cancel")
        if response.status_code >= 400 and response.status_code not in {404, 409, 410, 422}:
            raise self._refused_read(response, answer)

    def upload(self, path: Path, content_type: str) -> str:
        """Put a file up for a day as an input; its address. Costs nothing, so a failure is a refusal."""
        try:
            with path.open("rb") as file:
                response, answer = self._ask("POST", "/v1/files", files={"content": (path.name, file, content_type)})
        except ProviderError as error:
            raise ProviderError(
                "The file could not be handed to Replicate.", kind="unavailable", refused=True, detail=error.detail
            ) from error
        if response.status_code in {200, 201} and isinstance(answer, dict):
            return str(answer["urls"]["get"])
        if 400 <= response.status_code < 500:
            raise refusal(VENDOR, response.status_code, answer, response.headers)
        raise ProviderError(
            "The file could not be handed to Replicate.",
            kind="unavailable",
            refused=True,
            detail=f"{response.status_code} {response.content[:300]!r}",
        )

    def account(self) -> dict[str, Any]:
        """Whose key this is; costs nothing."""
        return self._got("/v1/account")

    def webhook_secret(self) -> str:
        """The key that signs this account's webhooks ("whsec_...")."""
        return str(self._got("/v1/webhooks/default/secret").get("key", ""))

    def _got(self, path: str, **more: Any) -> dict[str, Any]:
        try:
            response, answer = self._ask("GET", path, **more)
        except ProviderError as error:
            raise ProviderError(
                "Replicate does not answer at the moment.", kind="unavailable", detail=error.detail
            ) from error
        if response.status_code == 200 and isinstance(answer, dict):
            return answer
        raise self._refused_read(response, answer)

    def _refused_read(self, response: httpx.Response, answer: Any) -> ProviderError:
        if 400 <= response.status_code < 500:
            return refusal(VENDOR, response.status_code, answer, response.headers)
        detail = f"{response.status_code} {response.content[:300]!r}"
        return ProviderError("Replicate does not answer at the moment.", kind="unavailable", detail=detail)

    def _ask(self, method: str, path: str, **more: Any) -> tuple[httpx.Response, Any]:
        """One request, never repeated; the answer as JSON, or None where it is none."""
        try:
            response = self._http.request(method, path, **more)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise lost_or_unsent(VENDOR, error) from error
        try:
            return response, read_json(response.content)
        except (ValueError, RecursionError):
            return response, None
