"""Three neutral rooms for a newcomer to play with."""

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

ROOMS = (
    (Room("portal_demo_room", "Portal demo room", "Sample videos of abstract shapes."), range(101, 141)),
    (Room("hillside_library_room", "Hillside library", "Notes and clips from the reading room."), range(201, 221)),
    (Room("riverside_park_room", "Riverside park", "Short clips from a walk along the river."), range(301, 321)),
)


def seed(store: Store) -> None:
    """Fill an empty store; one that has rooms already is left as it is."""
    if store.rooms():
        return
    for room, ids in ROOMS:
        store.publish(room=room, ids=ids, captions=CAPTIONS)
