"""What is due: the one place that decides what next.

Work is due when its gate is open and this (project, subject, step, recipe, take) has no output, no live job and no
failure that nobody has answered. Free and unjudged outputs rebuild themselves; what a person chose is held.
"""

from __future__ import annotations

from collections.abc import Collection

from pipeline.models import Job
from pipeline.providers.capabilities import PromptAsk
from pipeline.recipes import digest
from pipeline.runner.submit import Order, retract, submit
from pipeline.states import LIVE
from pipeline.steps import write_prompts
from projects import paths
from projects.flow import ads, animatics, beds, exports, films, inputs, kinds, picture_inputs, standing
from projects.flow import board as boards
from projects.flow.board import Board
from projects.flow.subjects import animatic_subject, image_subject, shot_subject
from projects.models import Animatic, Clip, Content, Image, Pick, Project, Rendition, Scene, Song, Verdict


def advance(project: Project, scenes: Collection[int] | None = None) -> list[Job]:
    """Submit all that is due and retract what is no longer wanted, for the touched scenes (primary keys; None: all).

    Runs inside a transaction that holds the project's lock. Costs what was touched, not what exists.
    """
    if not project.is_active:
        return []
    opening = kinds.opening(project)
    jobs = submit(project.pk, paths.project_place(project), opening.orders)
    if not opening.scenes:
        return jobs
    board = boards.load(project, scenes)
    orders = _scene_orders(board, beds.standing_song(project))
    orders += _animatic_orders(board)
    jobs += submit(project.pk, paths.project_place(project), orders)
    return jobs + advance_films(project)


def _animatic_orders(board: Board) -> list[Order]:
    """An ad's first animatic comes by itself, once it is known what its pictures show, and further ones where pictures
    wait for drawings of other words; all else is asked for.
    """
    project = board.project
    if project.kind != Project.Kind.AD:
        return []
    if not board.undrawn:
        if Animatic.objects.filter(project=project).exists() or not ads.has_references(project):
            return []
        if any(standing.wants_prompt(project, scene.content) for scene in board.scenes):
            return []
        # pictures that come meanwhile change what it would show: where nobody judges it, it is not drawn twice for that
        drawing = Job.objects.filter(project=project, step=animatics.STEP, state__in=LIVE)
        if project.autopilot and drawing.exists():
            return []
    found = []
    for aspect in board.aspects[:1]:
        wanted = animatics.animatic_input(project, aspect)
        if wanted is not None:
            found += _unless_answered(board, Order(animatics.STEP, animatic_subject(project, aspect), wanted))
    return found


def advance_films(project: Project) -> list[Job]:
    """Submit the assembly of every rendition whose shots are all there."""
    if not project.is_active:
        return []
    jobs = submit(project.pk, paths.project_place(project), films.orders(project))
    return jobs + exports.advance(project)


def _scene_orders(board: Board, song: Song | None) -> list[Order]:
    orders: list[Order] = []
    asks = []
    aspects = board.aspects if ads.pictures_may_begin(board.project) else []
    for scene in board.scenes:
        if scene.pk not in board.touched or scene.pk in board.skipped:
            continue
        content = scene.content
        if standing.wants_prompt(board.project, content) and not _found_prompt(board.project, content):
            asks.append(inputs.prompt_ask(board.project, content))
            continue
        for aspect in aspects:
            orders += _content_orders(board, content, aspect)
    orders += _prompt_orders(board, asks)
    if song is not None:  # shots pulse with its beat
        orders += _shot_orders(board, song)
    return orders


def _found_prompt(project: Project, content: Content) -> bool:
    """Let the words that were once written for the very same wish stand again, if there are any."""
    recipe = digest(inputs.prompt_ask(project, content))
    earlier = content.prompts.filter(recipe=recipe, edited=False).order_by("-take").first()
    if earlier is not None:
        content.prompt = earlier
        content.save(update_fields=["prompt"])
    return earlier is not None


def _prompt_orders(board: Board, asks: list[PromptAsk]) -> list[Order]:
    """One job writes all prompts that are wanted. One that is under way and asks for other words is replaced, with its
    asks.
    """
    alive = [job for job in board.jobs.get(("write_prompts", ""), []) if job.state in LIVE]
    if not asks:
        return []
    wanted = {ask.content: ask for ask in asks}
    for job in Job.objects.filter(pk__in=[job.pk for job in alive]):
        for ask in write_prompts.Input.model_validate(job.input).asks:
            content = (
                Content.objects.select_related("prompt").filter(code=ask.content, scene__project=board.project).first()
            )
            if content is not None and standing.wants_prompt(board.project, content):
                wanted.setdefault(ask.content, inputs.prompt_ask(board.project, content))
    order = Order("write_prompts", "", inputs.prompts_input(board.project, (wanted[code] for code in sorted(wanted))))
    return _unless_answered(board, order)


def _unless_answered(board: Board, order: Order) -> list[Order]:
    recipe = order.recipe
    outdated = board.outdated(order.step, order.subject, recipe, order.take)
    if outdated:
        retract(Job.objects.filter(pk__in=outdated))
    return [] if board.answered(order.step, order.subject, recipe, order.take) else [order]


def _content_orders(board: Board, content: Content, aspect: str) -> list[Order]:
    """The picture, or once it stands and its gate is open, the clip."""
    pick = board.picks.get((content.pk, aspect))
    if pick is None:
        pick, _ = Pick.objects.select_related("image", "clip").get_or_create(content=content, aspect=aspect)
        board.picks[content.pk, aspect] = pick
    size = inputs.picture_size(board.renditions, aspect)
    if _wants_image(board, pick, size):
        return _picture_orders(board, pick, size)
    image = pick.image
    if image is None or not standing.passed(board.project, image):
        _take_back(board, "generate_clip", image_subject(content, aspect))
        return []
    if not _wants_clip(board, pick, image) or _becomes_larger(board, image_subject(content, aspect)):
        return []
    clip = inputs.clip_input(board.project, content, image, pick.clip_take, pick)
    return _unless_answered(board, Order("generate_clip", image_subject(content, aspect), clip, pick.clip_take))


def _picture_orders(board: Board, pick: Pick, size: tuple[int, int]) -> list[Order]:
    """The picture; where its maker begins with the scene's drawing, that first."""
    content, aspect, subject = pick.content, pick.aspect, image_subject(pick.content, pick.aspect)
    wanted = picture_inputs.image_input(board.guides, content, aspect, size, pick.image_take, pick.image_style)
    order = Order("generate_image", subject, wanted, pick.image_take)
    under_way = board.answered(order.step, subject, order.recipe, order.take)
    if not under_way and picture_inputs.waits_for_drawing(board.guides, content, aspect):
        _take_back(board, order.step, subject)
        board.undrawn = True
        return []
    return _unless_answered(board, order)


def _wants_image(board: Board, pick: Pick, size: tuple[int, int]) -> bool:
    """Whether a take is to be made. A free, unjudged picture that is out of date is replaced, by an earlier take if
    one fits; a bought one stays until somebody asks for another.
    """
    image = pick.image
    if image is None or (image.take < pick.image_take and not pick.image_chosen):
        return True
    if standing.is_kept(pick, image):
        return False
    recipe = standing.remade_recipe(board.guides, pick.content, image, size)
    if image.fits(recipe):
        return False
    takes = Image.objects.filter(content=pick.content, aspect=pick.aspect).order_by("-take")
    earlier = takes.filter(recipe=recipe).exclude(verdict=Verdict.REJECTED).first()
    pick.image = earlier or image
    pick.image_take = earlier.take if earlier is not None else takes[0].take + 1
    pick.image_style = image.style
    pick.save(update_fields=["image", "image_take", "image_style"])
    return earlier is None


def _wants_clip(board: Board, pick: Pick, image: Image) -> bool:
    """As `_wants_image`, for the clip that hangs on the standing picture. A verdict holds a clip as long as the picture
    stands that it was made from.
    """
    clip = pick.clip
    if clip is None or (clip.take < pick.clip_take and not pick.clip_chosen):
        return True
    if pick.clip_chosen or standing.is_held_clip(clip, image):
        return False
    recipe = digest(inputs.clip_input(board.project, pick.content, image, clip.take, pick))
    if clip.fits(recipe):
        return False
    takes = Clip.objects.filter(content=pick.content, aspect=pick.aspect).order_by("-take")
    earlier = takes.filter(recipe=recipe).exclude(verdict=Verdict.REJECTED).first()
    pick.clip = earlier or clip
    pick.clip_take = earlier.take if earlier is not None else takes[0].take + 1
    pick.save(update_fields=["clip", "clip_take"])
    return earlier is None


def _becomes_larger(board: Board, subject: str) -> bool:
    """Whether a larger picture is on its way, of which the clip is to be made: it is not bought twice."""
    return any(job.state in LIVE for job in board.jobs.get(("enlarge_image", subject), []))


def _shot_orders(board: Board, song: Song) -> list[Order]:
    maker = inputs.ShotMaker(board.project, song, board.project.lyrics())
    orders = []
    for index in board.to_render():
        for rendition in board.renditions:
            orders += _shot_order(board, maker, index, rendition)
    return orders


def _shot_order(board: Board, maker: inputs.ShotMaker, index: int, rendition: Rendition) -> list[Order]:
    scene = board.scenes[index]
    source = standing.shown(board, scene, rendition.aspect)
    if source is None:
        _take_back(board, "render_shot", shot_subject(scene, rendition))
        return []
    left, right = board.around(index)
    order = Order(
        "render_shot",
        shot_subject(scene, rendition),
        maker.shot(rendition, scene, left, right, *source),
        priority=shot_priority(scene),
    )
    if (scene.pk, rendition.pk, order.recipe) in board.shots:
        retract(Job.objects.filter(pk__in=board.outdated(order.step, order.subject, order.recipe, 1)))
        return []
    return _unless_answered(board, order)


def _take_back(board: Board, step: str, subject: str) -> None:
    """Retract work whose gate has closed meanwhile, or whose picture is about to be another one."""
    alive = [job.pk for job in board.jobs.get((step, subject), []) if job.state in LIVE]
    if alive:
        retract(Job.objects.filter(pk__in=alive))


def shot_priority(scene: Scene) -> int:
    """Earlier scenes first, and all of them after what can still open more work."""
    return 80 + min(scene.start_frame // 3000, 60)
