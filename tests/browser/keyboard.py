"""A page by keyboard alone: where Tab leads, whether one sees where one is, the dialog that lists the keys."""

from playwright.sync_api import Page

MOST = 120  # presses a page; what comes after so many rows is more of the same

# Everything that Tab should stop at, in the order of the page: of a group of radios one.
PREPARE = """() => {
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert], dialog:not([open])");
  const groups = new Set();
  const stops = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((e) => {
      if (e.disabled || e.tabIndex < 0 || !shown(e)) return false;
      if (!e.matches("[type=radio]")) return true;
      const group = [...document.getElementsByName(e.name)].filter((r) => r.form === e.form && !r.disabled);
      return e === (group.find((r) => r.checked) || group[0]);
    });
  // Where the focus is drawn: on the control itself, on what stands for it, or around it.
  const drawn = (e) => [e, e.nextElementSibling, e.parentElement].filter(Boolean).map((each) => {
    const { outline, outlineOffset, boxShadow, borderColor, backgroundColor, top } = getComputedStyle(each);
    return [outline, outlineOffset, boxShadow, borderColor, backgroundColor, top].join();
  }).join(";");
  const isCovered = (e) => {
    const place = e.matches(".sr-only, [type=radio], [type=checkbox]") ? e.parentElement : e;
    const { x, y, width, height } = place.getClientRects()[0] || place.getBoundingClientRect();
    // Of a box for many lines the first one, where the caret stands: the browser brings no more than that into sight.
    const high = e.matches("textarea") ? Math.min(height, 40) : height;
    const over = document.elementFromPoint(x + width / 2, y + high / 2);
    return !over || !(place.contains(over) || over.contains(place) || over.closest("label")?.contains(place));
  };
  const words = (e) => e.outerHTML.slice(0, 160);
  const seen = { stops, reached: [], unmarked: [], covered: [] };
  // Tab goes on from where the focus was last, even when it is nowhere: start at the top.
  const top = document.createElement("span");
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
  top.remove();
  window.scrollTo(0, 0);
  addEventListener("focusin", ({ target }) => {
    if (!seen.reached.includes(target)) seen.reached.push(target);
    const marked = drawn(target);
    target.addEventListener("focusout", () => {
      requestAnimationFrame(() => { if (drawn(target) === marked) seen.unmarked.push(words(target)); });
    }, { once: true });
  });
  addEventListener("keydown", () => {
    const now = document.activeElement;
    if (seen.reached.includes(now) && isCovered(now)) seen.covered.push(words(now));
  }, true);
  window.keyboardSeen = seen;
  // A moment has several fields in one: year, month, day, hour, minute and the calendar.
  const moments = stops.filter((e) => e.matches("[type=datetime-local], [type=date], [type=time]")).length;
  return { stops: stops.length, presses: stops.length + 7 * moments };
}"""
FOUND = """() => new Promise((tell) => requestAnimationFrame(() => {
  const { stops, reached, unmarked, covered } = window.keyboardSeen;
  const order = reached.filter((e) => stops.includes(e));
  const back = order.find((e, n) => n && stops.indexOf(e) < stops.indexOf(order[n - 1]));
  tell({ missed: stops.slice(0, Math.max(...order.map((e) => stops.indexOf(e)), 0))
           .filter((e) => !reached.includes(e)).map((e) => e.outerHTML.slice(0, 160)),
         reached: order.length, back: back?.outerHTML.slice(0, 160), unmarked, covered });
}))"""


def by_keyboard(page: Page) -> list[str]:
    """Tab through the page from its top."""
    page.bring_to_front()
    ahead = page.evaluate(PREPARE)
    for _ in range(min(ahead["presses"], MOST)):
        page.keyboard.press("Tab")
    found = page.evaluate(FOUND)
    troubles = [f"Tab leaves out {each}" for each in found["missed"]]
    troubles += [f"one does not see that the focus is on {each}" for each in found["unmarked"]]
    troubles += [f"what has the focus is covered: {each}" for each in found["covered"]]
    if found["reached"] < min(ahead["stops"], MOST - ahead["presses"] + ahead["stops"]):
        troubles.append(f"Tab reaches {found['reached']} of {ahead['stops']} stops")
    if found["back"]:
        troubles.append(f"Tab goes back to {found['back']}")
    return troubles


def keys_dialog(page: Page) -> list[str]:
    """`?` opens the list of keys, Esc closes it."""
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("?")
    opened = page.locator("dialog#keys[open]").count() == 1
    page.keyboard.press("Escape")
    closed = page.locator("dialog[open]").count() == 0
    return [
        words
        for words, fine in (("? does not list the keys", opened), ("Esc leaves the keys open", closed))
        if not fine
    ]
