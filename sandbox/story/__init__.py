"""The story of September 2024, told in the sandbox: its lines, where it stands, and a player for the house's side.

`script` holds what is typed, `facts` reads where the story stands from the house's own rows, `acts` is the list of what
happens in it. `player` does the staff's acts through the portal's pages; the platform's side is played by the robot of
sandbox/platform, or by hand.
"""
