"""Text by chat models: a lyric read, scenes planned, prompts written, refused prompts said in a milder way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pipeline.media.values import Value
from pipeline.providers.base import Access, ModelRow, Provider, ProviderError, Reply, Work
from pipeline.providers.capabilities import (
    BriefReply,
    BriefRequest,
    PlannedScene,
    PlanReply,
    PlanRequest,
    PromptsReply,
    PromptsRequest,
    RepairRequest,
    RewriteReply,
    RewriteRequest,
    TextReply,
)
from pipeline.providers.catalogue import default_model
from pipeline.providers.failures import moderated
from pipeline.providers.local.planner import plan_scenes
from pipeline.providers.openai.chat import Answer, Message, ask_for_json, chat_cost, tokens_in, tokens_price
from pipeline.providers.openai.client import OPENAI, Vendor
from pipeline.providers.prompts import briefing, planning, writing

MAX_RAW = 40_000
REPAIR = (
    "Your answer could not be used. {problem}\nSend the whole answer again, as one JSON object of the schema and "
    "nothing else."
)


@dataclass(frozen=True)
class _Question:
    """What is asked, and how its answer becomes a reply."""

    messages: list[Message]
    schema_name: str
    schema: dict[str, Any]
    max_tokens: int
    reply: Callable[[dict[str, Any]], TextReply]


class ChatText(Provider[Value, TextReply]):
    """Any vendor that speaks OpenAI's language. A useless answer comes back as a problem, paid."""

    capability = "text"
    reply = TextReply
    vendor: ClassVar[Vendor]
    tokens_name: ClassVar[str] = "max_completion_tokens"

    def __init__(self, access: Access | None = None, model: ModelRow | None = None) -> None:
        super().__init__(access, model)
        self.row: ModelRow = model or default_model(self.name, "text")

    def reply_type(self, request: Value) -> type[Reply]:
        asked = request.question if isinstance(request, RepairRequest) else request
        types: dict[type[Value], type[Reply]] = {
            PlanRequest: PlanReply,
            PromptsRequest: PromptsReply,
            RewriteRequest: RewriteReply,
            BriefRequest: BriefReply,
        }
        return types[type(asked)]

    def headers(self) -> dict[str, str]:
        return {}

    def extra_body(self) -> dict[str, Any]:
        return {}

    def send(self, request: Value, work: Work) -> TextReply:
        question = _question(request)
        answer = ask_for_json(
            self.access,
            self.vendor,
            self.row,
            question.messages,
            schema_name=question.schema_name,
            schema=question.schema,
            max_tokens=question.max_tokens,
            headers=self.headers(),
            extra_body=self.extra_body(),
            tokens_name=self.tokens_name,
        )
        return self._replied(request, question, answer)

    def estimate(self, request: Value) -> int:
        question = _question(request)
        most = min(question.max_tokens, self.row.limits.max_output_tokens or question.max_tokens)
        return tokens_price(self.row, tokens_in(question.messages, question.schema), most)

    def cost(self, request: Value, reply: TextReply) -> int:
        return chat_cost(self.row, reply.bill)

    def _replied(self, request: Value, question: _Question, answer: Answer) -> TextReply:
        reply = question.reply(answer.data) if answer.data is not None else None
        if reply is not None and not reply.problem:
            return reply.model_copy(update={"bill": answer.bill})
        empty = self.reply_type(request).model_validate(
            {
                "problem": reply.problem if reply else answer.problem,
                "problem_kind": reply.problem_kind if reply else answer.problem_kind,
                "raw": answer.raw[:MAX_RAW],
                "bill": answer.bill,
            }
        )
        assert isinstance(empty, TextReply)  # noqa: S101 - reply_type knows no other
        return empty


class OpenAIText(ChatText):
    """OpenAI, or any server of its language by base URL: a local one costs what its operator says, zero included."""

    name = "openai"
    label = "OpenAI"
    vendor = OPENAI


def _question(request: Value) -> _Question:
    """The messages, schema and reading of the answer for each kind of request."""
    if isinstance(request, RepairRequest):
        first = _question(request.question)
        again = REPAIR.format(problem=request.problem)
        added = [{"role": "assistant", "content": request.answer}, {"role": "user", "content": again}]
        return _Question(first.messages + added, first.schema_name, first.schema, first.max_tokens, first.reply)
    if isinstance(request, PlanRequest):
        slots = plan_scenes(request)
        return _Question(
            planning.planning_messages(request, slots),
            planning.SCHEMA_NAME,
            planning.planning_schema(),
            planning.planning_tokens(len(slots)),
            lambda data: _plan(slots, data),
        )
    if isinstance(request, PromptsRequest):
        asks = request.asks
        return _Question(
            writing.prompts_messages(asks),
            writing.PROMPTS_NAME,
            writing.prompts_schema(),
            writing.prompts_tokens(len(asks)),
            lambda data: _prompts(writing.written_prompts(asks, data)),
        )
    if isinstance(request, RewriteRequest):
        return _Question(
            writing.milder_messages(request),
            writing.MILDER_NAME,
            writing.milder_schema(),
            writing.prompts_tokens(1),
            lambda data: _milder(writing.milder_text(request, data)),
        )
    if isinstance(request, BriefRequest):
        return _Question(
            briefing.brief_messages(request),
            briefing.SCHEMA_NAME,
            briefing.brief_schema(),
            briefing.brief_tokens(request),
            lambda data: _brief(briefing.written_beats(request, data)),
        )
    raise TypeError(f"no question for {type(request).__name__}")


def _plan(slots: Sequence[PlannedScene], data: dict[str, Any]) -> TextReply:
    scenes, problem = planning.planned_scenes(slots, data)
    if problem:
        return PlanReply(problem=problem, problem_kind="bad_answer")
    return PlanReply(scenes=scenes, reading=planning.lyric_reading(data))


def _prompts(found: tuple[tuple[Any, ...], str]) -> TextReply:
    prompts, problem = found
    return PromptsReply(prompts=prompts, problem=problem, problem_kind="bad_answer" if problem else "")


def _brief(found: tuple[tuple[Any, ...], str]) -> TextReply:
    beats, problem = found
    return BriefReply(beats=beats, problem=problem, problem_kind="bad_answer" if problem else "")


def _milder(found: tuple[str, str]) -> TextReply:
    text, problem = found
    return RewriteReply(text=text, problem=problem, problem_kind="bad_answer" if problem else "")


_ANSWER: Final = "x" * 12_000
"""An answer of usual length that has to be repaired: the question is then asked once more, together with it."""


def text_calls(
    call: str, request: PlanRequest | PromptsRequest | RewriteRequest | BriefRequest
) -> Iterator[tuple[str, Value]]:
    """All that `ask_text` may ask one model for, at worst."""
    yield call, request
    yield f"{call}-repair", RepairRequest(question=request, answer=_ANSWER, problem="")


def ask_text(
    once: Callable[[str, Provider[Any, Any], Value], Any],
    call: str,
    providers: Sequence[Provider[Any, Any]],
    request: Value,
) -> Any:
    """The last rungs of the ladder, each a call of its own that is paid and recorded: ask, have it repaired once, ask
    the next model.

    `once` is the context's door to providers. Calls are named `call`, `call-repair`, `call-2`, `call-2-repair` ... The
    first usable reply; anything that is no TextReply (a Waiting) is handed back as it is. Raises ProviderError when no
    model gave a usable answer, kind `moderation` where they refused to.
    """
    refused = ""
    for number, provider in enumerate(providers, start=1):
        name = call if number == 1 else f"{call}-{number}"
        reply = once(name, provider, request)
        if isinstance(reply, TextReply) and reply.problem_kind in {"bad_answer", "truncated"}:
            repair = RepairRequest(question=request, answer=reply.raw, problem=reply.problem)
            reply = once(f"{name}-repair", provider, repair)
        if not isinstance(reply, TextReply) or not reply.problem:
            return reply
        if reply.problem_kind == "moderation":
            refused = reply.problem
    if refused:
        raise moderated("The text model", refused, refused=False)
    raise ProviderError(
        "The text model's answer could not be used, also after it was asked to repair it.",
        kind="bad_answer",
        transient=False,  # the job would only read the same stored answers again
    )
