"""The story as a list: who does what, in which order, and the words for it. Data, nothing else.

Some acts are needed only as the story is usually played (a follow-up letter, when something is still there); played
otherwise, they count as done.
"""

from django.utils.translation import gettext_lazy as _

from sandbox.story import pages, questions, script
from sandbox.story.acts import Act, Chapter, Step, Who
from sandbox.story.aside import ASIDE
from takedowns.states import LEFT_THE_HOUSE, RequestStatus

REPORTS = Step(
    _("Two reports come in"),
    [
        Act(
            "police",
            Who.INTAKE,
            _("Intake records the report of the police"),
            _("Intake recorded the report of the police."),
            lambda facts: bool(facts.items),
            pages.report,
        ),
        Act(
            "centre",
            Who.INTAKE,
            _("Intake records the report of the victim-support centre"),
            _("Intake recorded the report of the victim-support centre; five of its links were known already."),
            questions.all_known,
            pages.report,
        ),
    ],
)
GROUP = Step(
    _("The reports become one case"),
    [
        Act(
            "group",
            Who.ANALYST,
            _("The analyst puts both reports into one case"),
            _("The analyst put both reports into one case: 25 items."),
            questions.in_a_case,
            pages.triage,
        )
    ],
)
LETTER = Step(
    _("The letter is written"),
    [
        Act(
            "draft",
            Who.ANALYST,
            _("The analyst writes the letter to Telegram"),
            _("The analyst wrote the letter to Telegram."),
            lambda facts: facts.request is not None,
            pages.ask,
        ),
        Act(
            "submit",
            Who.ANALYST,
            _("The analyst submits the letter for approval"),
            _("The analyst submitted the letter for approval."),
            questions.status_is(RequestStatus.AWAITING_APPROVAL, *LEFT_THE_HOUSE),
            pages.request,
        ),
    ],
)
APPROVAL = Step(
    _("The letter is approved and leaves"),
    [
        Act(
            "approve",
            Who.SUPERVISOR,
            _("The supervisor approves the letter"),
            _("The supervisor approved the letter."),
            questions.status_is(*LEFT_THE_HOUSE),
            pages.request,
        ),
        Act(
            "leave",
            Who.HOUSE,
            _("The letter leaves by e-mail"),
            _("The letter left by e-mail."),
            questions.left,
            pages.request,
        ),
    ],
)
SILENCE = Step(
    _("Telegram is silent, and the items are checked"),
    [
        Act(
            "heard",
            Who.PLATFORM,
            _("Telegram’s mailbox receives the letter"),
            _("Telegram’s mailbox replied by itself: out of office."),
            questions.heard,
            pages.request,
            skip=questions.answered(1),
        ),
        Act(
            "put_away",
            Who.ANALYST,
            _("The analyst marks the out-of-office reply as read"),
            _("The analyst marked the out-of-office reply as read; it says nothing about any item."),
            questions.put_away,
            pages.reply,
            skip=questions.answered_at_once,
        ),
        Act(
            "look",
            Who.ANALYST,
            _("The analyst has the items checked while Telegram is silent"),
            _("The items were checked; some are gone without a word."),
            questions.silently_gone,
            pages.case,
            skip=questions.looked_at_all,
        ),
    ],
)
ANSWER = Step(
    _("Telegram answers in part"),
    [
        Act(
            "answer_1",
            Who.PLATFORM,
            _("Telegram’s liaison answers"),
            _("Telegram’s reply came in: a part is removed, the rest is under review."),
            questions.answered(1),
            pages.request,
            skip=questions.over,
        ),
        Act(
            "read_1",
            Who.ANALYST,
            _("The analyst reads the reply and accepts what it says"),
            _("The analyst accepted what the reply says."),
            questions.read(1),
            pages.reply,
            skip=questions.over,
        ),
        Act(
            "check_1",
            Who.HOUSE,
            _("The portal checks what Telegram calls removed"),
            _("The portal checked what Telegram calls removed."),
            questions.checked,
            pages.case,
            skip=questions.went_on,
        ),
    ],
)
FOLLOW_UP = Step(
    _("A follow-up asks for what is still there"),
    [
        Act(
            "follow_up",
            Who.ANALYST,
            _("The analyst asks again about the video that is still there"),
            _("The analyst asked again about the video that is still there."),
            questions.asked_again,
            pages.follow_up,
            skip=questions.nothing_contradicted,
        )
    ],
)
THE_REST = Step(
    _("Telegram removes the rest"),
    [
        Act(
            "answer_2",
            Who.PLATFORM,
            _("Telegram’s liaison explains the misunderstanding"),
            _("Telegram explained the misunderstanding."),
            questions.answered(2),
            pages.request,
            skip=questions.over,
        ),
        Act(
            "read_2",
            Who.ANALYST,
            _("The analyst reads the second reply and accepts what it says"),
            _("The analyst accepted the second reply."),
            questions.read(2),
            pages.reply,
            skip=questions.over,
        ),
        Act(
            "answer_3",
            Who.PLATFORM,
            _("Telegram’s liaison answers about the rest"),
            _("Telegram says that the rest is removed too, apologises and offers a dedicated address."),
            questions.answered(3),
            pages.request,
            skip=questions.over,
        ),
        Act(
            "read_3",
            Who.ANALYST,
            _("The analyst reads the last reply and accepts what it says"),
            _("The analyst accepted the last reply."),
            questions.all_read,
            pages.reply,
            skip=questions.over,
        ),
        Act(
            "check_2",
            Who.HOUSE,
            _("The portal checks the rest"),
            _("The portal checked the rest."),
            questions.all_checked,
            pages.case,
        ),
        Act(
            "look_2",
            Who.ANALYST,
            _("What is not gone yet is checked once more"),
            _("The portal found everything gone."),
            questions.settled,
            pages.case,
        ),
    ],
)
CONFIRM = Step(
    _("The removals are confirmed"),
    [
        Act(
            "confirm",
            Who.ANALYST,
            _("The analyst confirms the 25 removals"),
            _("The analyst confirmed the removals, each with its basis."),
            questions.confirmed,
            pages.request,
        )
    ],
)
CLOSE = Step(
    _("The case is closed"),
    [
        Act(
            "close",
            Who.ANALYST,
            _("The analyst closes the case"),
            _("The analyst closed the case."),
            questions.closed,
            pages.case,
        )
    ],
)

OFFER = Step(
    _("The new contact address is tested and put to use"),
    [
        Act(
            "offer_test",
            Who.ANALYST,
            _("The analyst sends a test mail to the address that Telegram offered"),
            _("The analyst sent a test mail to the address that Telegram offered."),
            questions.test_sent,
            pages.offer,
            skip=questions.nothing_offered,
            after_closing=True,
        ),
        Act(
            "offer_answer",
            Who.PLATFORM,
            _("Telegram’s liaison answers the test mail"),
            _("The test mail was answered."),
            questions.test_answered,
            pages.offer,
            skip=questions.nothing_offered,
            after_closing=True,
        ),
        Act(
            "offer_activate",
            Who.SUPERVISOR,
            _("The supervisor activates the address"),
            _("The supervisor activated the address: letters may go there now."),
            questions.offer_active,
            pages.offer,
            skip=questions.nothing_offered,
            after_closing=True,
        ),
    ],
)

MAIN = Chapter(
    script.SCHOOL,
    _("The 25 videos"),
    [REPORTS, GROUP, LETTER, APPROVAL, SILENCE, ANSWER, FOLLOW_UP, THE_REST, CONFIRM, CLOSE, OFFER],
)
CHAPTERS = (MAIN, ASIDE)
