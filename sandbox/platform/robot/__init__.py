"""The platform's liaison as a robot: it reads each letter that comes, removes, and answers by mail on a story clock.

What a letter asks is read in `understanding`, what is done about it stands in `manner` (which items) and `schedule`
(which steps, after how many story hours), the words in `texts`. `plans` keeps all of it, so that a restart changes
nothing; `runner` does one step after the other. A person who acts on a letter at the desk has it: its plans are
dropped, and nothing of the thread is touched again.
"""
