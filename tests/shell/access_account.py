"""Who may open the sign-in library's pages: everybody their own, nobody another's."""

from tests.access import LOGIN, ROLES, Route, everybody, signed_in

SIGNED_IN = ROLES[1:]


def _visitor_and_rest(visitor: int, rest: int) -> dict[str, int]:
    return {"visitor": visitor, **dict.fromkeys(SIGNED_IN, rest)}


_entrance = Route(get=_visitor_and_rest(200, 302), post=_visitor_and_rest(200, 302))  # nothing to enter once inside
_elsewhere = Route(get=everybody(302), post=everybody(302))  # a step of signing in, outside of it
_page = Route(get=signed_in())
_form = Route(get=signed_in(), post=signed_in())
_absent = Route(get=_visitor_and_rest(LOGIN, 404), post=_visitor_and_rest(LOGIN, 404))  # no second factor set up
_unneeded = Route(get=_visitor_and_rest(LOGIN, 403), post=_visitor_and_rest(LOGIN, 403))  # nothing to confirm with
_public = Route(get=everybody(), post=everybody(405))

ROUTES = {
    "account_login": _entrance,
    "account_signup": _entrance,
    "account_logout": Route(get=_visitor_and_rest(302, 200), post=everybody(302)),
    "account_inactive": _public,
    "account_reauthenticate": _unneeded,
    "account_email": Route(get=signed_in(), post=signed_in(302)),
    "account_email_verification_sent": _elsewhere,
    "account_change_password": Route(get=everybody(302), post=everybody(302)),  # people of the tests have none: set one
    "account_set_password": _form,
    "account_reset_password": Route(get=everybody(), post=everybody()),
    "account_reset_password_done": _public,
    "account_reset_password_from_key": Route(
        get=everybody(), post=everybody(), kwargs=lambda world: {"uidb36": "1", "key": "bad-key"}
    ),
    "account_reset_password_from_key_done": _public,
    "account_confirm_login_code": _elsewhere,
    "mfa_index": _page,
    "mfa_authenticate": _elsewhere,
    "mfa_reauthenticate": _unneeded,
    "mfa_activate_totp": _form,
    "mfa_deactivate_totp": _absent,
    "mfa_view_recovery_codes": Route(get=_visitor_and_rest(LOGIN, 404)),
    "mfa_generate_recovery_codes": _form,
    "mfa_download_recovery_codes": _absent,
    "mfa_list_webauthn": _page,
    "mfa_add_webauthn": _form,
    "mfa_remove_webauthn": Route(get=_absent.get, post=_absent.post, kwargs=lambda world: {"pk": 1}),
    "mfa_edit_webauthn": Route(get=_absent.get, post=_absent.post, kwargs=lambda world: {"pk": 1}),
    "mfa_reauthenticate_webauthn": _unneeded,
    "mfa_login_webauthn": _elsewhere,
    "usersessions_list": Route(get=signed_in(), post=signed_in(302)),
}
