from django.urls import path

from accounts.views import account, people, session

app_name = "accounts"

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("language/", session.language, name="language"),
    path("account/", account.account, name="account"),
    path("account/name/", account.name, name="name"),
    path("account/sessions/end/", account.end_sessions, name="sessions_end"),
    path("account/password/", account.password, name="password"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add, name="person_add"),
    path("people/teams/add/", people.add_team, name="team_add"),
    path("people/<uuid:pk>/", people.person, name="person"),
    path("people/<uuid:pk>/password/", people.one_time_password, name="person_password"),
    path("people/<uuid:pk>/release/", people.release, name="person_release"),
    path("people/<uuid:pk>/close/", people.close, name="person_close"),
    path("people/<uuid:pk>/reopen/", people.reopen, name="person_reopen"),
]
