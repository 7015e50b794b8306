"""The story's second, little case: three links, a letter in Korean that comes back, and goes out again. Data.

It begins while the first case waits, and is left open: its last answer is for whoever tries the portal to read.
"""

from django.utils.translation import gettext_lazy as _

from sandbox.story import pages, questions, script
from sandbox.story.acts import Act, Chapter, Step, Who
from takedowns.states import LEFT_THE_HOUSE, RequestStatus

CASE = Step(
    _("A library reports three links"),
    [
        Act(
            "aside_report",
            Who.INTAKE,
            _("Intake records the report of a library"),
            _("Intake recorded the report of a library: three links."),
            lambda facts: bool(facts.items),
            pages.report,
        ),
        Act(
            "aside_group",
            Who.ANALYST,
            _("The analyst opens a case for the library"),
            _("The analyst opened a case for the library."),
            questions.in_a_case,
            pages.triage,
        ),
    ],
)
LETTER = Step(
    _("The letter goes to an outdated address"),
    [
        Act(
            "aside_draft",
            Who.ANALYST,
            _("The analyst writes a letter in Korean, to an address that is outdated"),
            _("The analyst wrote a letter in Korean, to an address that is outdated."),
            lambda facts: facts.request is not None,
            pages.ask,
        ),
        Act(
            "aside_submit",
            Who.ANALYST,
            _("The analyst submits the letter for approval"),
            _("The analyst submitted the library’s letter for approval."),
            questions.status_is(RequestStatus.AWAITING_APPROVAL, *LEFT_THE_HOUSE),
            pages.request,
        ),
        Act(
            "aside_approve",
            Who.SUPERVISOR,
            _("The supervisor approves the letter"),
            _("The supervisor approved the library’s letter."),
            questions.status_is(*LEFT_THE_HOUSE),
            pages.request,
        ),
        Act(
            "aside_leave",
            Who.HOUSE,
            _("The letter leaves by e-mail"),
            _("The library’s letter left by e-mail."),
            questions.left,
            pages.request,
        ),
    ],
)
RETURN = Step(
    _("It comes back, and goes to another address"),
    [
        Act(
            "aside_bounce",
            Who.HOUSE,
            _("A mail server gives the letter back"),
            _("The library’s letter came back: there is no such address any more."),
            questions.lost,
            pages.request,
            skip=questions.arrived,
        ),
        Act(
            "aside_resend",
            Who.ANALYST,
            _("The analyst sends the letter again, to the address that is in use"),
            _("The analyst sent the library’s letter again, to the address that is in use."),
            questions.sent_again,
            pages.request,
            skip=questions.nothing_lost,
        ),
    ],
)
ANSWER = Step(
    _("Telegram answers in Korean"),
    [
        Act(
            "aside_heard",
            Who.PLATFORM,
            _("Telegram’s mailbox receives the letter"),
            _("Telegram’s mailbox replied by itself about the library: out of office."),
            questions.heard,
            pages.request,
            skip=questions.answered(1),
        ),
        Act(
            "aside_put_away",
            Who.ANALYST,
            _("The analyst marks the out-of-office reply as read"),
            _("The analyst marked the out-of-office reply about the library as read."),
            questions.put_away,
            pages.reply,
            skip=questions.answered_at_once,
        ),
        Act(
            "aside_answer",
            Who.PLATFORM,
            _("Telegram’s liaison answers in Korean"),
            _("Telegram answered in Korean: one removed, one not found, one under review."),
            questions.answered(1),
            pages.request,
            skip=questions.over,
        ),
        Act(
            "aside_read",
            Who.ANALYST,
            _("The analyst reads the reply and accepts what it says"),
            _("The analyst accepted what the reply about the library says."),
            questions.read(1),
            pages.reply,
            skip=questions.over,
        ),
        Act(
            "aside_check",
            Who.HOUSE,
            _("The portal checks what Telegram calls removed"),
            _("The portal checked the library’s items. The case stays open: the rest is yours to play."),
            questions.all_checked,
            pages.case,
        ),
    ],
)

ASIDE = Chapter(
    script.LIBRARY,
    _("A letter that comes back"),
    [CASE, LETTER, RETURN, ANSWER],
    after=script.ASIDE_AFTER,
    code="library",
)
