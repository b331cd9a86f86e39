"""A colleague or requester as pages show them: initials on sand, a name in words."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User


@dataclass(frozen=True, slots=True)
class Face:
    """`initials` has one or two letters; `is_me` puts it in ink."""

    name: str
    initials: str
    is_me: bool = False


def face_of(user: AbstractBaseUser | AnonymousUser | None, *, me: AbstractBaseUser) -> Face | None:
    """A colleague's face; None for nobody."""
    if not isinstance(user, User):
        return None
    name = user.get_full_name() or user.get_username()
    return Face(name, initials(name), is_me=user.pk == me.pk)


def initials(name: str) -> str:
    """The first letters of the first and last word: Maren Okafor is MO."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()
