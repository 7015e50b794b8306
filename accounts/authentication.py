"""Partners' programs at the API: `Authorization: Token …`."""

import hmac

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.permissions import Permission
from accounts.rules import can


class TokenAuthentication(BaseAuthentication):
    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword.lower().encode():
            return None
        try:
            (given,) = (part.decode("ascii") for part in parts[1:])
        except ValueError:
            raise AuthenticationFailed(_("The Authorization header has to be: Token, a blank, the token.")) from None
        return self._by_token(given)

    def authenticate_header(self, request: Request) -> str:
        return self.keyword

    def _by_token(self, given: str) -> tuple[User, ApiToken]:
        digest = ApiToken.digest_of(given)
        row = ApiToken.objects.standing().select_related("user").filter(digest=digest).first()
        if row is None or not hmac.compare_digest(row.digest, digest) or not can(row.user, Permission.USE_API):
            raise AuthenticationFailed(_("This token is not valid."))
        return row.user, row
