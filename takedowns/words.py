"""The reader's sentences in the reader's language: `reading` knows no Django, and a test holds that they agree."""

from django.utils.translation import gettext_lazy as _

# Why nothing, or not everything, was read from a mail: the sentences of takedowns.reading.REASONS.
READING_REASONS = {
    "no_claim": _("The reply says nothing about the outcome of any item."),
    "too_long": _("The reply is too long to be read by rule."),
    "no_items": _("The letter lists no item that the reply could be read against."),
    "unclear_status": _("Words about an outcome could not be understood for certain."),
    "unclear_items": _("Words about an outcome could not be tied to items for certain."),
    "unclear_number": _("A number could be an item, a count or something else."),
    "out_of_range": _("The reply names an item that the letter does not list."),
    "unknown_link": _("The reply names a link that the letter does not list."),
    "count_disagrees": _("A count in the reply does not agree with the letter."),
    "conflicting": _("The reply says different things about the same item."),
    "label_link_disagree": _("A number and a link that stand together belong to different items."),
    "question_or_condition": _("The reply asks, or sets a condition, about an outcome."),
    "partial": _("The reply speaks of some items without saying which."),
    "other_measure": _(
        "The reply names a measure that is not a removal: hidden, private, account closed, or the like."
    ),
    "scope_unclear": _("The reply speaks of blocking without saying for whom."),
    "foreign_quote": _("The reply quotes words about an outcome that are not from our letter."),
    "partial_quote": _("The reply answers below a part of our list, and it is unclear for which items."),
    "parts_disagree": _("The plain text and the HTML of the reply do not say the same."),
    "csv_unclear": _("The attached table could not be read for certain."),
}
