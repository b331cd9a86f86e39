"""What stands above a letter whose mail wants images fetched from elsewhere."""

from dataclasses import dataclass

from triage.web.pages.remote_images import Images

# Stands for images that are there and were not counted.
_SOME = Images(total=-1)


@dataclass(frozen=True, slots=True)
class ImageNotice:
    """`is_shown`: the frame fetches what can be seen, once or always for the sender.

    `can_trust`: its sender can be trusted for ever; `trusted` is the trust that stands.
    """

    headline: str
    words: str
    is_shown: bool = False
    can_show: bool = False
    can_trust: bool = False
    trusted: int | None = None


def notice_of(images: Images | None, *, has_sender: bool, trusted: int | None,
              once: bool) -> ImageNotice | None:  # fmt: skip
    """None where the mail wants nothing from elsewhere. `images` None: nobody counted them."""
    images = _SOME if images is None else images
    if not images.total:
        return None
    is_shown = bool(images.visible) and (once or trusted is not None)
    return ImageNotice(
        headline=_headline(images, is_shown=is_shown),
        words=_words(images, is_shown=is_shown),
        is_shown=is_shown,
        can_show=bool(images.visible) and not is_shown,
        can_trust=bool(images.visible) and has_sender and trusted is None,
        trusted=trusted if images.visible else None,
    )


def _headline(images: Images, *, is_shown: bool) -> str:
    if not is_shown:
        return f"{_counted(images.total)} blocked."
    return f"{_counted(images.visible)} shown."


def _words(images: Images, *, is_shown: bool) -> str:
    if is_shown:
        return _kept_out(images.tracking) if images.tracking else ""
    if not images.tracking:
        return f"{'It reports' if images.total == 1 else 'They report'} that you read this."
    if not images.visible:
        return "It tracks you." if images.total == 1 else "All of them track you."
    tracks = "tracks" if images.tracking == 1 else "track"
    return f"They report that you read this; {images.tracking} of them {tracks} you."


def _kept_out(tracking: int) -> str:
    if tracking == 1:
        return "1 that only tracks you stays blocked."
    return f"{tracking} that only track you stay blocked."


def _counted(number: int) -> str:
    if number == _SOME.total:
        return "Remote images"
    return "1 remote image" if number == 1 else f"{number} remote images"
