"""Pictures that go in beside the words: each model gets what its row says, in the shape that is wanted."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.media.run import MediaError
from pipeline.providers import PROVIDERS
from pipeline.providers.base import JobProvider, ModelRow, Pictures
from pipeline.providers.capabilities import ImageReply, ImageRequest, PictureInput, Role
from pipeline.providers.catalogue import shipped_model, shipped_models
from pipeline.providers.openai.images import OpenAIImage
from pipeline.providers.pictures import MOST_PIXELS, taken_pictures
from pipeline.providers.replicate.inputs import PICTURES
from pipeline.recipes import Stored, digest
from pipeline.steps import generate_image
from pipeline.tests.providing import Desk, contract, mark, openai_access, replicate_access, with_contracts
from tests.vendor import Vendor

ROLES: tuple[Role, ...] = ("composition", "style", "product")
ROWS = [row for row in shipped_models() if row.capability == "image" and row.pictures.composition]
ONE = {"black-forest-labs/flux-dev", "stability-ai/sdxl", "black-forest-labs/flux-1.1-pro"}
# the vendor's table of FLUX 1.1 pro is on no record
RECORDED = {"black-forest-labs/flux-dev", "stability-ai/sdxl", "black-forest-labs/flux-2-klein-4b"}


def request(desk: Desk, *roles: Role, width: int = 1280, height: int = 720) -> ImageRequest:
    pictures = tuple(PictureInput(role=role, file=desk.picture(854, 480)) for role in roles)
    return ImageRequest(prompt="a bottle on a pier", width=width, height=height, seed=7, pictures=pictures)


def sent(vendor: Vendor) -> dict[str, Any]:
    inputs: dict[str, Any] = vendor.posts("/v1/predictions")[-1].json["input"]
    return inputs


def opened(address: str) -> Image.Image:
    head, _, body = address.partition(",")
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def ordered(vendor: Vendor, desk: Desk, row: ModelRow, asked: ImageRequest) -> tuple[Any, ImageReply]:
    provider = PROVIDERS["image", "replicate"](replicate_access(vendor), row)
    assert isinstance(provider, JobProvider)
    reply = provider.poll(provider.submit(asked, desk.work, mark()), asked, desk.work)
    assert isinstance(reply, ImageReply)
    return provider, reply


def test_what_a_row_names_are_inputs_of_its_model() -> None:
    assert {row.name for row in ROWS if row.provider == "replicate"} == set(PICTURES)
    for row in ROWS:
        for name in (row.pictures.composition, row.pictures.reference):
            assert not name or name in row.inputs, row.key
        assert row.pictures.most == 1 or row.inputs[row.pictures.composition]["type"] == "list"  # type: ignore[index,call-overload]
    assert not shipped_model("replicate", "black-forest-labs/flux-schnell").pictures.composition


@with_contracts
@pytest.mark.parametrize("row", [row for row in ROWS if row.name in RECORDED], ids=lambda row: row.name)
def test_what_is_sent_with_pictures_fits_the_vendors_own_table(vendor: Vendor, desk: Desk, row: ModelRow) -> None:
    table = contract("models/replicate_model_inputs.json")["models"][row.name]["input"]
    ordered(vendor, desk, row, request(desk, *ROLES))
    inputs = sent(vendor)
    assert set(inputs) <= set(table)
    name = row.pictures.composition
    assert isinstance(inputs[name], list if table[name]["type"] == "list" else str)
    strength = inputs.get("prompt_strength", 0.5)
    assert 0 <= strength <= 1


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in ONE], ids=lambda row: row.name)
def test_a_model_of_one_picture_begins_with_the_composition(vendor: Vendor, desk: Desk, row: ModelRow) -> None:
    provider, reply = ordered(vendor, desk, row, request(desk, *ROLES, width=720, height=1280))
    given = opened(sent(vendor)[row.pictures.composition])
    assert given.width * given.height <= MOST_PIXELS
    assert given.width / given.height == pytest.approx(9 / 16, rel=0.03)  # it answers in the shape it is handed
    assert reply.pictures == ("composition",)
    assert "Picture 1" not in sent(vendor)["prompt"]
    cost = provider.cost(request(desk, *ROLES), reply)
    assert cost == vendor.bill.total_microusd <= provider.estimate(request(desk, *ROLES))


def test_a_picture_to_go_by_is_left_less_of(vendor: Vendor, desk: Desk) -> None:
    row = shipped_model("replicate", "black-forest-labs/flux-dev")
    ordered(vendor, desk, row, request(desk, "composition"))
    kept = sent(vendor)["prompt_strength"]
    ordered(vendor, desk, row, request(desk, "reference"))
    assert kept < sent(vendor)["prompt_strength"] < 1
    ordered(vendor, desk, row, request(desk))
    assert not {"image", "prompt_strength"} & set(sent(vendor))


def test_a_model_of_many_pictures_is_told_which_is_what_and_paid_for_each(vendor: Vendor, desk: Desk) -> None:
    row = shipped_model("replicate", "black-forest-labs/flux-2-klein-4b")
    asked = request(desk, *ROLES)
    provider, reply = ordered(vendor, desk, row, asked)
    inputs = sent(vendor)
    assert len(inputs["images"]) == 3
    words = inputs["prompt"]
    assert words.index("Picture 1 is a rough drawing") < words.index("Picture 2 is the look")
    assert "Picture 3 is the product" in words
    assert reply.pictures == ROLES
    assert provider.cost(asked, reply) == provider.estimate(asked) == vendor.bill.total_microusd == 4000
    assert provider.estimate(request(desk)) == 1000


def test_a_product_is_shown_whole_and_on_white(vendor: Vendor, desk: Desk) -> None:
    path = desk.root / "bottle.png"
    pixels = np.zeros((400, 100, 4), np.uint8)
    pixels[100:300, 20:80] = (200, 30, 30, 255)
    Image.fromarray(pixels).save(path)
    asked = request(desk).model_copy(update={"pictures": (PictureInput(role="product", file=desk.kept(path)),)})
    ordered(vendor, desk, shipped_model("replicate", "black-forest-labs/flux-2-klein-4b"), asked)
    shown = np.asarray(opened(sent(vendor)["images"][0]).convert("RGB"))
    assert shown.shape[:2] == (400, 100)
    assert shown[5, 5].min() > 250
    assert shown[200, 50][0] > 150 > shown[200, 50][2]


def test_a_large_picture_is_put_up_first(vendor: Vendor, desk: Desk) -> None:
    noisy = PictureInput(role="composition", file=desk.picture(1600, 900, noisy=True))
    asked = request(desk).model_copy(update={"pictures": (noisy,)})
    ordered(vendor, desk, shipped_model("replicate", "black-forest-labs/flux-dev"), asked)
    assert sent(vendor)["image"].startswith(vendor.url)
    assert len(vendor.replicate.files) == 1


def test_a_model_that_takes_none_is_given_words_alone(vendor: Vendor, desk: Desk) -> None:
    row = shipped_model("replicate", "black-forest-labs/flux-schnell")
    _, reply = ordered(vendor, desk, row, request(desk, *ROLES))
    assert reply.pictures == ()
    assert not {"image", "images", "image_prompt"} & set(sent(vendor))


@pytest.mark.parametrize("row", [row for row in ROWS if row.provider == "openai"], ids=lambda row: row.key)
def test_openai_is_asked_for_an_edit_and_its_tokens_are_paid(vendor: Vendor, desk: Desk, row: ModelRow) -> None:
    provider, asked = OpenAIImage(openai_access(vendor), row), request(desk, *ROLES)
    reply = provider.send(asked, desk.work)
    assert [item.path for item in vendor.asked] == ["/openai/v1/images/edits"]
    assert vendor.asked[-1].body.count(b"image/jpeg") == 3
    assert b"Picture 3 is the product" in vendor.asked[-1].body
    assert reply.pictures == ROLES
    plain = OpenAIImage(openai_access(vendor), row)
    assert provider.cost(asked, reply) == vendor.bill.total_microusd <= provider.estimate(asked)
    assert plain.estimate(request(desk)) < provider.estimate(asked)
    assert plain.send(request(desk), desk.work).pictures == ()
    assert vendor.asked[-1].path.endswith("/images/generations")


def test_a_picture_that_cannot_be_read_buys_nothing(vendor: Vendor, desk: Desk) -> None:
    path = desk.root / "broken.jpg"
    path.write_bytes(b"not a picture")
    asked = request(desk).model_copy(update={"pictures": (PictureInput(role="style", file=desk.kept(path)),)})
    row = shipped_model("replicate", "black-forest-labs/flux-dev")
    with pytest.raises(MediaError):  # which the engine books as nothing sent
        ordered(vendor, desk, row, asked)
    assert not vendor.posts("/v1/predictions")


def test_a_row_takes_no_more_than_it_says() -> None:
    row = ModelRow(provider="x", name="y", capability="image", pictures=Pictures(composition="a", reference="b"))
    offered = tuple(PictureInput(role=role, file=Stored(sha256=role)) for role in ROLES)
    assert [item.role for item in taken_pictures(row, offered)] == ["composition", "style"]
    assert taken_pictures(row.model_copy(update={"pictures": Pictures(reference="b")}), offered[:1]) == ()


def test_another_picture_is_another_recipe() -> None:
    def recipe(*pictures: PictureInput) -> str:
        return digest(generate_image.Input(prompt="x", width=1280, height=720, pictures=pictures))

    first = PictureInput(role="composition", file=Stored(sha256="a", key="one"))
    moved = PictureInput(role="composition", file=Stored(sha256="a", key="two"))
    other = PictureInput(role="composition", file=Stored(sha256="b", key="one"))
    assert recipe(first) == recipe(moved)
    assert len({recipe(), recipe(first), recipe(other)}) == 3
    assert recipe() == digest(generate_image.Input(prompt="x", width=1280, height=720))
