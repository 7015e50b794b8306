from django.urls import path

from takedowns.views import asking, contacts, follow_up, mail, replies, requests, thread, tray

app_name = "takedowns"
urlpatterns = [
    path("cases/<uuid:pk>/ask/", asking.ask, name="ask"),
    path("cases/<uuid:pk>/thread/", thread.of_case, name="thread"),
    path("approvals/", requests.approvals, name="approvals"),
    path("requests/<uuid:pk>/", requests.show, name="request"),
    path("requests/<uuid:pk>/letter/", asking.revise, name="revise"),
    path("requests/<uuid:pk>/submit/", asking.submit, name="submit"),
    path("requests/<uuid:pk>/withdraw/", asking.withdraw, name="withdraw"),
    path("requests/<uuid:pk>/close/", asking.close, name="close"),
    path("requests/<uuid:pk>/approve/", requests.approve, name="approve"),
    path("requests/<uuid:pk>/return/", requests.send_back, name="return"),
    path("requests/<uuid:pk>/follow-up/", follow_up.follow_up, name="follow_up"),
    path("requests/<uuid:pk>/resend/", follow_up.resend, name="resend"),
    path("requests/<uuid:pk>/confirm/", requests.confirm, name="confirm"),
    path("lines/<uuid:pk>/statement/", requests.on_statement, name="on_statement"),
    path("lines/<uuid:pk>/void/", requests.void, name="void"),
    path("replies/<uuid:pk>/", replies.show, name="reply"),
    path("replies/<uuid:pk>/finish/", replies.finish, name="finish_reply"),
    path("letters/<uuid:pk>/", thread.letter, name="letter"),
    path("letters/<uuid:pk>/uncertain/", replies.decide_letter, name="uncertain"),
    path("contacts/<uuid:pk>/offer/", contacts.offer, name="offer"),
    path("contacts/<uuid:pk>/test/", contacts.send_test, name="contact_test"),
    path("contacts/answers/<uuid:pk>/", contacts.test_answer, name="test_answer"),
    path("replies/<uuid:pk>/move/", tray.move_reply, name="move_reply"),
    path("mail/", mail.mail, name="mail"),
    path("mail/alarms/<uuid:pk>/close/", mail.close_alarm, name="close_alarm"),
    path("mail/domains/<uuid:pk>/release/", mail.release_domain, name="release_domain"),
    path("mail/unreadable/<uuid:pk>/again/", mail.try_again, name="try_again"),
    path("mail/unmatched/", tray.tray, name="tray"),
    path("mail/unmatched/<uuid:pk>/", tray.unmatched_mail, name="unmatched_mail"),
    path("mail/unmatched/<uuid:pk>/file/", tray.file_mail, name="file_mail"),
    path("mail/unmatched/<uuid:pk>/aside/", tray.set_aside, name="set_aside"),
    path("mail/unmatched/<uuid:pk>/back/", tray.bring_back, name="bring_back"),
]
