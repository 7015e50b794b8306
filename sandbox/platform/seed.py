"""Neutral rooms: two for the story that plays by itself, three for a newcomer to play with."""

from .store import Room, Store

CAPTIONS = (
    "Blue shapes, slow movement",
    "Circles over a quiet field",
    "Colour study, afternoon light",
    "Squares that drift to the left",
    "A test card with soft edges",
    "Lines and arcs, second take",
    "Green into grey",
)

# Where the platform takes mail. The first is the portal's contact from the start; any of them answers a test mail.
ADDRESSES = ("dmca@telegram.test", "abuse@telegram.test", "korea@telegram.test")

ROOMS = (
    (Room("portal_demo_school_room", "Portal demo school", "Sample videos of abstract shapes."), range(1, 26)),
    (Room("lakeside_library_room", "Lakeside library", "Clips from the reading room by the lake."), range(1, 4)),
    (Room("portal_demo_room", "Portal demo room", "Sample videos of abstract shapes."), range(101, 141)),
    (Room("hillside_library_room", "Hillside library", "Notes and clips from the reading room."), range(201, 221)),
    (Room("riverside_park_room", "Riverside park", "Short clips from a walk along the river."), range(301, 321)),
)


def seed(store: Store) -> None:
    """Make the rooms that are missing; one that is there is left as it is."""
    for room, ids in ROOMS:
        if store.room(room.name) is None:
            store.publish(room=room, ids=ids, captions=CAPTIONS)
