"""The person behind a session, with the number on the bell: no page needs a query of its own for it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from notices.models import Notice


class PeopleWithNotices(ModelBackend):
    """Django's own; whom it reads for a session has `unread_notices`."""

    def get_user(self, user_id: Any) -> User | None:
        user = with_unread(User.objects.filter(pk=user_id)).first()
        return user if user and self.user_can_authenticate(user) else None


def with_unread(people: QuerySet[User]) -> QuerySet[User]:
    unread = Notice.objects.unread().filter(person=OuterRef("pk")).order_by().values("person")
    return people.annotate(unread_notices=Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0))
