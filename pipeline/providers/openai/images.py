"""Pictures by OpenAI's image models: one request, the picture inside the answer. With pictures to go by it is the
vendor's edit, without them its generation.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from pipeline.media.run import MediaError
from pipeline.providers.base import Access, Bill, ModelRow, Provider, Work, preparing
from pipeline.providers.capabilities import ImageReply, ImageRequest, PictureInput
from pipeline.providers.catalogue import default_model, price_of
from pipeline.providers.failures import unusable
from pipeline.providers.openai.client import OPENAI, asked, vendor_client
from pipeline.providers.outputs import stored_picture
from pipeline.providers.pictures import roles_of, shaped_picture, taken_pictures, told_pictures
from pipeline.providers.replicate.inputs import Inputs, checked_inputs

MAX_PROMPT_TOKENS = 2000
PICTURE_TOKENS = 1000
"""Reserved for each picture that goes in. At low fidelity the vendor documents 65 and 129 for each tile of 512 pixels
with the shorter side scaled to one tile: 323 in the widest shape of ours. What it counts is what is booked.
"""


def picture_size(width: int, height: int) -> str:
    """The nearest of the three sizes that these models know."""
    if width * 5 > height * 6:
        return "1536x1024"
    return "1024x1536" if height * 5 > width * 6 else "1024x1024"


class OpenAIImage(Provider[ImageRequest, ImageReply]):
    """GPT Image. It takes no seed and no negative text, so what is unwanted is said in the prompt."""

    name = "openai"
    label = "OpenAI"
    capability = "image"
    reply = ImageReply

    def __init__(self, access: Access | None = None, model: ModelRow | None = None) -> None:
        super().__init__(access, model)
        self.row: ModelRow = model or default_model("openai", "image")

    def inputs(self, request: ImageRequest) -> Inputs:
        """What is sent, checked; of pictures their roles, in order."""
        unwanted = f"\nAvoid: {request.negative}" if request.negative else ""
        inputs: Inputs = {
            "prompt": request.prompt + unwanted,
            "size": picture_size(request.width, request.height),
            "n": 1,
            "output_format": "jpeg",
            "output_compression": 95,
        }
        given = self._given(request)
        if given:
            told: Inputs = {"prompt": f"{inputs['prompt']}\n{told_pictures(given)}"}
            told |= {"image": list(roles_of(given)), "input_fidelity": "low"}
            return checked_inputs(inputs | told, self.row)
        return checked_inputs(inputs | {"moderation": "auto"}, self.row)

    def _given(self, request: ImageRequest) -> tuple[PictureInput, ...]:
        return taken_pictures(self.row, request.pictures)

    def send(self, request: ImageRequest, work: Work) -> ImageReply:
        with preparing():
            inputs: dict[str, Any] = self.inputs(request)
            given = self._given(request)
            shaped = [shaped_picture(item, request, number, work) for number, item in enumerate(given, 1)]
            if shaped:
                inputs["image"] = [(path.name, path.read_bytes(), "image/jpeg") for path in shaped]
            client = vendor_client(self.access, OPENAI)
        with client:
            raw = client.images.with_raw_response
            create: Any = raw.edit if shaped else raw.generate
            answer = asked(
                OPENAI, lambda: create(model=self.row.name, **inputs), model=self.row.label, fields={"prompt": "prompt"}
            )
        bill = _bill(answer)
        cost = self._cost(request, bill)
        try:
            data = base64.b64decode(answer["data"][0]["b64_json"], validate=True)
            path = work.folder / "output.img"
            path.write_bytes(data)
            return stored_picture(path, work, bill).model_copy(update={"pictures": roles_of(given)})
        except (KeyError, IndexError, TypeError, binascii.Error, MediaError) as error:
            raise unusable("OpenAI", "a picture", repr(error), cost_microusd=cost) from error

    def estimate(self, request: ImageRequest) -> int:
        given = self._given(request)
        words = len(request.prompt + request.negative + told_pictures(given))
        tokens = min(MAX_PROMPT_TOKENS, words + 64) + PICTURE_TOKENS * len(given)
        size = picture_size(request.width, request.height)
        return price_of(self.row, size) + -(-self.row.prices.get("input", 0) * tokens // 1_000_000)

    def cost(self, request: ImageRequest, reply: ImageReply) -> int:
        return self._cost(request, reply.bill)

    def _cost(self, request: ImageRequest, bill: Bill) -> int:
        prices = self.row.prices
        if not bill.output_tokens or "output" not in prices:
            return self.estimate(request)
        return -(-(prices.get("input", 0) * bill.input_tokens + prices["output"] * bill.output_tokens) // 1_000_000)


def _bill(answer: dict[str, Any]) -> Bill:
    found = answer.get("usage")
    usage: dict[str, Any] = found if isinstance(found, dict) else {}
    counts = [usage.get(name) for name in ("input_tokens", "output_tokens")]
    taken, made = (count if isinstance(count, int) and count >= 0 else 0 for count in counts)
    return Bill(input_tokens=taken, output_tokens=made, units=1)
