"""Addresses that a platform offers for further contact, read out of a reply's words.

Pure Python over text, like `takedowns.reading`, and as careful: what is found is only proposed, tested by a mail there
and back, and activated by a second person. Quoted words do not count, nor does an address that is only named, stands
in a signature, is withdrawn ("no longer use …"), meant for others ("users may appeal to …") or outside the domains of
the organisation's own contacts.
"""

from takedowns.offering.reader import Offer, offers_in

__all__ = ["Offer", "offers_in"]
